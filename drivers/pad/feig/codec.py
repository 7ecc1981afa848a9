"""FEIG frames, both kinds, in both directions.

    standard   +-----+---------+---------+--------+------+----------+
               | LEN | COM-ADR | CONTROL | STATUS | DATA | CRC16 lo |      LEN 5 (a reply: 6) to 255
               +-----+---------+---------+--------+------+----------+
    advanced   +----+-----------+---------+---------+--------+------+
               | 02 | LEN hi lo | COM-ADR | CONTROL | STATUS | DATA | …    LEN 7 (a reply: 8) and more
               +----+-----------+---------+---------+--------+------+

LEN counts the whole frame. A request has no STATUS. The CRC (polynomial 8408 reflected, from FFFF)
covers all octets before it and travels low octet first. A standard frame is never 2 octets long, so
the first octet tells the kinds apart: "If the host application chose the Standard Protocol frame …
the Reader will choose the advanced protocol frame [for a] response with more than 255 Byte".

There is no start mark and no escape: a frame is what its length and its CRC agree on. A candidate
that can still become one is waited for, even where noise made it; only silence gives it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Literal

from drivers.errors import Misuse

FrameKind = Literal["standard", "advanced"]

STX = 0x02
CRC_OCTETS = 2
STANDARD_HEAD = 3
ADVANCED_HEAD = 5
MAX_STANDARD = 255
MAX_ADVANCED = 2600
"""255 data sets of 10 octets in one inventory reply are the most that one octet can count."""
ANY_ADDRESS = 0xFF
"""Heard by every reader; the reply carries the reader's own address."""


class Wait(Enum):
    """The answer of a decoder that has no frame."""

    NOT_YET = "not yet"


NOT_YET = Wait.NOT_YET


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame carries."""

    address: int
    command: int
    body: bytes = b""
    """A request's data; a reply's status and data."""
    kind: FrameKind = "advanced"


def _crc_row(index: int) -> int:
    for _ in range(8):
        index = index >> 1 ^ (0x8408 if index & 1 else 0)
    return index


_CRC_TABLE = tuple(_crc_row(index) for index in range(256))


def crc16(octets: bytes) -> int:
    """CRC16 of all octets; 0 over a frame with its CRC behind it."""
    crc = 0xFFFF
    for octet in octets:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ octet) & 0xFF]
    return crc


@lru_cache(maxsize=8)
def _parsed(octets: bytes, head: int) -> Frame | None:
    """The frame that a candidate is; None where its CRC says that it is none. A reader at rest always says the same."""
    if crc16(octets):
        return None
    kind: FrameKind = "standard" if head == STANDARD_HEAD else "advanced"
    return Frame(octets[head - 2], octets[head - 1], octets[head:-CRC_OCTETS], kind)


def size_of(frame: Frame) -> int:
    """Octets of a whole frame."""
    return (STANDARD_HEAD if frame.kind == "standard" else ADVANCED_HEAD) + len(frame.body) + CRC_OCTETS


def encode(frame: Frame) -> bytes:
    """The octets of a frame.

    Raises:
        Misuse: the body is too long for the kind.
    """
    size = size_of(frame)
    if size > (MAX_STANDARD if frame.kind == "standard" else MAX_ADVANCED):
        raise Misuse(f"a body of {len(frame.body)} octets is too long for a {frame.kind} frame")
    length = bytes([size]) if frame.kind == "standard" else bytes([STX]) + size.to_bytes(2)
    octets = length + bytes([frame.address, frame.command]) + frame.body
    return octets + crc16(octets).to_bytes(CRC_OCTETS, "little")


class Decoder:
    """Octets in, frames out."""

    def __init__(self, shortest_body: int) -> None:
        """`shortest_body` is 1 for replies (a status), 0 for requests."""
        self._shortest_body = shortest_body
        self._octets = bytearray()
        self.skipped = 0
        """Octets of noise so far."""

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._octets)

    def feed(self, octets: bytes) -> None:
        """Take octets in. What is older than the longest frame is noise."""
        self._octets += octets
        if len(self._octets) > MAX_ADVANCED:
            self._skip(len(self._octets) - MAX_ADVANCED)

    def next(self) -> Frame | Wait:
        """The next frame, or NOT_YET."""
        while self._octets:
            head, size = self._measure()
            if size > len(self._octets):
                return NOT_YET
            if size >= head + self._shortest_body + CRC_OCTETS:
                frame = _parsed(bytes(self._octets[:size]), head)
                if frame is not None:
                    del self._octets[:size]
                    return frame
            self._skip(1)
        return NOT_YET

    def silence(self) -> Frame | Wait:
        """No more octets come for what has begun: give it up and look for a frame behind its beginning."""
        while self._octets:
            self._skip(1)
            frame = self.next()
            if frame is not NOT_YET:
                return frame
        return NOT_YET

    def clear(self) -> None:
        """Forget what has begun."""
        if self._octets:
            self._skip(len(self._octets))

    def _measure(self) -> tuple[int, int]:
        """Octets of the head and of the whole candidate; a length that cannot be is 0."""
        if self._octets[0] != STX:
            return STANDARD_HEAD, self._octets[0]
        if len(self._octets) < STANDARD_HEAD:
            return ADVANCED_HEAD, MAX_ADVANCED
        size = int.from_bytes(self._octets[1:STANDARD_HEAD])
        return ADVANCED_HEAD, size if size <= MAX_ADVANCED else 0

    def _skip(self, count: int) -> None:
        del self._octets[:count]
        self.skipped += count
