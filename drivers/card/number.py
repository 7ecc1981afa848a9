"""The number that a site's cards carry: which octets it is made of, and how they are written. Pure.

UID of 4 octets        A1 B2 C3 04
hex                    A1B2C304
hex, reversed          04C3B2A1
decimal                2712847108        as many Chinese sites print it, of the octets in this order
decimal, reversed      79934113          … or the other; `digits = 10`: 0079934113
bcd                    20 11 00 47 FF    201100 47: trailing F are padding
text                   32 31 31 30 00    2110: GB 18030, up to the first 00 or FF, without spaces around it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.errors import Misbehaved

Encoding = Literal["hex", "decimal", "bcd", "text"]

MAX_OCTETS = 48
"""A sector of MIFARE Classic holds three blocks of 16; no UID or ATS is longer."""
MAX_DIGITS = 40

BLANK = (b"\x00", b"\xff")
"""What a block holds that was never written."""


class Numbering(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How octets become a card's number."""

    offset: Annotated[int, Meta(ge=0, lt=MAX_OCTETS)] = 0
    """Octets before the number."""
    length: Annotated[int, Meta(ge=0, le=MAX_OCTETS)] = 0
    """Octets of the number; 0: to the end."""
    encoding: Encoding = "hex"
    """`hex`, `decimal`, `bcd`, or `text` in GB 18030."""
    reversed: bool = False
    """The last octet is the most significant."""
    digits: Annotated[int, Meta(ge=0, le=MAX_DIGITS)] = 0
    """A shorter number gets zeros before it."""


def number_of(octets: bytes, numbering: Numbering) -> str:
    """The number that these octets hold.

    Raises:
        Misbehaved: too few octets, none of them written, or not in this encoding. Without evidence: it may be
            half of somebody's number.
    """
    end = numbering.offset + numbering.length if numbering.length else len(octets)
    cut = octets[numbering.offset : end]
    if not cut or len(octets) < end:
        raise Misbehaved(f"{len(octets)} octets hold no number at {numbering.offset} to {end}")
    if any(cut == blank * len(cut) for blank in BLANK):
        raise Misbehaved("the card's number was never written")
    number = _READ[numbering.encoding](cut[::-1] if numbering.reversed else cut)
    if not number:
        raise Misbehaved(f"no {numbering.encoding} number on the card")
    return number.zfill(numbering.digits)


def _bcd(octets: bytes) -> str:
    digits = octets.hex().rstrip("f")
    return digits if digits.isdecimal() else ""


def _text(octets: bytes) -> str:
    for blank in BLANK:
        octets = octets.partition(blank)[0]
    text = octets.decode("gb18030", errors="replace").strip()
    return text if text.isprintable() and "\ufffd" not in text else ""


_READ: Mapping[Encoding, Callable[[bytes], str]] = {
    "hex": lambda octets: octets.hex().upper(),
    "decimal": lambda octets: str(int.from_bytes(octets)),
    "bcd": _bcd,
    "text": _text,
}
