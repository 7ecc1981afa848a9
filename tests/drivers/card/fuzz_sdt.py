"""Any octets to the parsers of identity cards."""

from __future__ import annotations

from contextlib import suppress

from drivers.card.sdt.codec import Decoder, Frame, encode
from drivers.card.sdt.layout import parse
from drivers.card.sdt.messages import KEPT_OCTETS, Request, Status, reply, sam_number, text_of
from drivers.emulators.sdt import PHOTO, SAM_NUMBER
from drivers.emulators.sdt import text_of as text_on
from drivers.errors import Misbehaved, Unsupported
from tests.drivers.card.people import GARCIA, LEE, SMITH, ZHANG

SEEDS = tuple(
    octets
    for card in (ZHANG, LEE, SMITH, GARCIA)
    for octets in (
        text_on(card),
        encode(bytes.fromhex("00 00 90 01 00 04 00") + text_on(card) + PHOTO),
        encode(bytes.fromhex("00 00 90") + SAM_NUMBER) + encode(bytes.fromhex("00 00 9F 00 00 00 00")),
    )
)
_STREAM = Decoder(KEPT_OCTETS)
"""One line for all inputs: what one leaves behind is the beginning of the next."""


def feed(octets: bytes) -> None:
    """As what comes on the line, as the body of a right frame, and as a text."""
    for piece in (octets, encode(b"\0\0" + octets[:2000])):
        _STREAM.feed(piece)
        while isinstance(frame := _STREAM.next(), Frame):
            with suppress(Misbehaved):
                told = reply(frame)
                for request in Request:
                    if told.answers(request) and told.status == Status.OK:
                        _ = text_of(told) if request is Request.READ else sam_number(told)
    with suppress(Misbehaved, Unsupported):
        parse(octets[:256].ljust(256, b"\0"))
