r"""What the octets of an answer show of how a system writes, before anything is believed. Pure.

121NNY20220223    185512AO|AAP001|…|AY4AZFDD5|\r\n
identifier, fixed     delimiter ↑      ↑  ↑    ↑ after   ↑ end
sequence  checksum
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from wire.sip2.codec import checksum, decode
from wire.sip2.declare import Message
from wire.sip2.dialect import Charset, Checksum, Dialect
from wire.sip2.errors import BadFrame
from wire.sip2.forms import DATE

Sum = Literal["none", "spec", "dp2", "wrong"]

_FRAME = re.compile(rb"([^\r\n]+)(\r\n|\r|\n|\Z)")
_TRAILER = re.compile(rb"(?:AY([0-9]))?AZ([0-9A-Fa-f]{4})([^0-9A-Za-z]*)\Z|AY([0-9])([^0-9A-Za-z]*)\Z")
_CODE = re.compile(rb"([!-/:-@\[-`{-~])(?=A[A-X]|B[A-Z]|C[A-Z])")
_DAY, _TIME = 8, 6
"""Characters of a date before its zone and behind it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame of an answer."""

    octets: bytes
    """Without its line end."""
    end: str
    """CR, CR LF, LF, or nothing."""
    message: Message | None
    """None where it is none of SIP2's."""
    sequence: int | None
    checksum: Sum
    before: str
    """What stands between a message without variable fields and its AY."""
    after: str
    """What stands between the checksum and the line end."""
    delimiter: str
    """Empty where the frame has too few fields to tell."""
    zone: str | None
    """ZZZZ of its date; None where it has none."""


def frames(octets: bytes, charset: Charset) -> list[Seen]:
    """Each frame of what came, read in this charset."""
    return [_seen(match[1], match[2], charset) for match in _FRAME.finditer(octets) if match[1].strip()]


def _seen(octets: bytes, end: bytes, charset: Charset) -> Seen:
    trailer = _TRAILER.search(octets)
    digit = (trailer[1] or trailer[4]) if trailer else None
    delimiter = _delimiter(octets)
    message = _message(octets, charset, delimiter)
    return Seen(
        octets,
        end.decode(),
        message,
        None if digit is None else int(digit),
        _sum(octets, trailer, charset, delimiter) if trailer and trailer[2] else "none",
        "|" if re.match(rb"[0-9]{2}[0-9A-Z]{1,4}\|A[YZ]", octets) else "",
        (trailer[3] or trailer[5] or b"").decode("ascii", "replace").strip() if trailer else "",
        delimiter,
        _zone(message, octets) if message else None,
    )


def _delimiter(octets: bytes) -> str:
    """The sign that stands before most codes."""
    found = Counter(match[1] for match in _CODE.finditer(octets))
    return max(found, key=lambda sign: found[sign]).decode() if found else ""


def reading(charset: Charset, delimiter: str = "|") -> Dialect:
    """The most tolerant way to read."""
    return Dialect(
        title="reading",
        charset=charset,
        delimiter=delimiter or "|",
        lf_ends=True,
        checksum=Checksum(verify="off"),
        faults=True,
    )


def _message(octets: bytes, charset: Charset, delimiter: str) -> Message | None:
    try:
        return decode(octets, reading(charset, delimiter)).message
    except BadFrame:
        return None


def _zone(message: Message, octets: bytes) -> str | None:
    """Of the first date in the fixed part."""
    start = octets.index(message.layout.id.encode())
    found = message.layout.pattern.match(octets[start:].decode("latin-1"), len(message.layout.id))
    parts = zip(message.layout.fixed, found.groups() if found else (), strict=False)
    dates = (text[_DAY:-_TIME] for field, text in parts if field.form is DATE and text.strip())
    return next(dates, None)


def _sum(octets: bytes, trailer: re.Match[bytes], charset: Charset, delimiter: str) -> Sum:
    given = trailer[2].upper()
    if given == checksum(octets[: trailer.start(2)]):
        return "spec"
    text = octets[: trailer.start()].decode(charset, "replace").removesuffix(delimiter or "|")
    units = text.encode("utf-16-be", "replace")
    total = -(256 * sum(units[0::2]) + sum(units[1::2])) & 0xFFFF
    return "dp2" if given == b"%04X" % total else "wrong"
