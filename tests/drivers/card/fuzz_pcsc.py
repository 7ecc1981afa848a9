"""Any octets to the parsers of contactless cards."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from drivers.card.number import Numbering, number_of
from drivers.card.pcsc import session
from drivers.card.pcsc.settings import Sector
from drivers.errors import Misbehaved, Unsupported

SEEDS = tuple(bytes.fromhex(each) for each in ("04 A1 B2 C3", "20 11 00 47 FF", "B6 C1 D5 DF 30 31", "63 00"))
_PLACE = Sector(block=4, key_file=Path())
_NUMBERINGS = tuple(
    Numbering(offset=offset, encoding=encoding, reversed=last_first)
    for offset in (0, 3)
    for encoding in ("hex", "decimal", "bcd", "text")
    for last_first in (False, True)
)


class _Card:
    """Answers every command with the same octets."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def transmit(self, command: bytes) -> bytes:
        return self._octets

    def close(self, *, reset: bool = False) -> None:
        pass


def feed(octets: bytes) -> None:
    """As the answer of a card, as it is and well, and as the octets of a number."""
    for answer in (octets, octets + b"\x90\x00"):
        for ask in (session.uid, session.ats, lambda card: session.sector(card, _PLACE, bytes(6))):
            with suppress(Misbehaved, Unsupported):
                ask(_Card(answer))
    for numbering in _NUMBERINGS:
        with suppress(Misbehaved):
            number_of(octets, numbering)
