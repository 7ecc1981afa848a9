"""SDT frames in both directions. Pure.

    request    AA AA AA 96 69   LEN hi lo   CMD PARA [data]        XOR
    reply      AA AA AA 96 69   LEN hi lo   SW1 SW2 SW3 [data]     XOR

LEN counts the octets behind it; XOR is that of all octets from LEN to the last before it, so that over a whole
frame behind its mark it is 0. An identity card's photo is 1024 of the longest reply's 1295 octets: of each frame
only the first `kept` octets of its body stay, the others go through the XOR and are gone.

A length that noise made swallows what follows, up to LONGEST octets; silence gives it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import xor

from drivers.errors import Misuse

MARK = bytes.fromhex("AA AA AA 96 69")
LENGTH_OCTETS = 2
XOR_OCTETS = 1
SHORTEST = 3
"""CMD, PARA, XOR."""
LONGEST = 2316
"""SW, three lengths, text, photo and two fingerprints of 512 octets: a reader that sends the most there is."""


class Wait(Enum):
    """The answer of a decoder that has no frame."""

    NOT_YET = "not yet"


NOT_YET = Wait.NOT_YET


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose XOR is right."""

    body: bytes
    """At most the first `kept` octets between LEN and XOR. No repr shows them: there may be a person in them."""
    length: int
    """Octets between LEN and XOR."""

    def __repr__(self) -> str:
        return f"Frame({self.body[:3].hex(' ')}, {self.length} octets)"


def encode(body: bytes) -> bytes:
    """The frame around a body.

    Raises:
        Misuse: too short or too long for a frame.
    """
    size = len(body) + XOR_OCTETS
    if not SHORTEST <= size <= LONGEST:
        raise Misuse(f"a body of {len(body)} octets")
    octets = size.to_bytes(LENGTH_OCTETS) + body
    return MARK + octets + bytes((reduce(xor, octets),))


class Decoder:
    """Octets in, frames out."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._octets = bytearray()
        """What has come and was not looked at: less than a mark and a length between two calls."""
        self._body = bytearray()
        self._length = 0
        """Octets of the frame that has begun, its XOR with them; 0: none has."""
        self._seen = 0
        self._xor = 0
        self.noise = 0
        """Octets outside of frames, and frames with a wrong XOR, so far."""

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._length or self._octets)

    def feed(self, octets: bytes) -> None:
        """Take octets in."""
        self._octets += octets

    def next(self) -> Frame | Wait:
        """The next frame, or NOT_YET."""
        while self._length or self._begin():
            piece = self._octets[: self._length - self._seen]
            del self._octets[: len(piece)]
            self._body += piece[: max(0, self._kept - self._seen)]
            self._seen += len(piece)
            self._xor = reduce(xor, piece, self._xor)
            if self._seen < self._length:
                return NOT_YET
            frame = Frame(bytes(self._body[: self._length - XOR_OCTETS]), self._length - XOR_OCTETS)
            right = self._xor == 0
            self.noise += 0 if right else self._length
            self._end()
            if right:
                return frame
        return NOT_YET

    def clear(self) -> None:
        """Forget what has begun."""
        self.noise += self._seen + len(self._octets)
        self._octets.clear()
        self._end()

    def _begin(self) -> bool:
        """Look for a mark and a length that can be."""
        while (at := self._octets.find(MARK)) >= 0:
            self._skip(at)
            head = len(MARK) + LENGTH_OCTETS
            if len(self._octets) < head:
                return False
            length = int.from_bytes(self._octets[len(MARK) : head])
            if SHORTEST <= length <= LONGEST:
                self._length = length
                self._xor = reduce(xor, self._octets[len(MARK) : head])
                del self._octets[:head]
                return True
            self._skip(1)
        self._skip(max(0, len(self._octets) - len(MARK) + 1))
        return False

    def _skip(self, count: int) -> None:
        del self._octets[:count]
        self.noise += count

    def _end(self) -> None:
        self._body.clear()
        self._length = self._seen = self._xor = 0
