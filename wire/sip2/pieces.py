r"""A message that line ends within its texts have cut is put together again.

    64 … |AFPlease ask \r for the \r\n new card|AY1AZB2F0 \r
         cut here ─────┘          └─────── and here

A system that writes a note as somebody typed it sends line ends in the middle of a message (Koha did, bug 40675). Its
checksum was summed over them, so that it says which pieces belong together. Only for a peer that writes checksums
and is held to them; where no sum fits the pieces stay what they are: damaged.
"""

from __future__ import annotations

import re

from wire.sip2.codec import checksum
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import MESSAGES

_TRAILER = re.compile(rb"AZ([0-9A-Fa-f]{4})")
_TRAILER_OCTETS = 6
_CUTS = (b"\r", b"\r\r", b"\r\n\r")
"""What may have stood between two pieces: the framer drops empty lines."""
_BEGINNINGS = tuple(identifier.encode() for identifier in MESSAGES)


class Pieces:
    """The beginning of a message whose end has not come."""

    def __init__(self) -> None:
        self._begun = b""
        self._told = False
        """It was handed on already, as the damaged frame that it is."""

    def joined(self, frames: list[bytes]) -> list[bytes]:
        """The frames of one reading, with what belongs together put together."""
        if not self._begun and len(frames) == 1 and _trailer(frames[0]):
            return frames
        whole = [one for frame in frames for one in self._take(frame)]
        if self._begun and not self._told:
            self._told = True
            whole.append(self._begun)
        return whole

    def _take(self, frame: bytes) -> list[bytes]:
        found = next((one for one in self._candidates(frame) if _is_right(one)), frame)
        if _trailer(found):
            self._begun = b""
            return [found]
        goes_on = self._begun and not frame.lstrip(b"\n").startswith(_BEGINNINGS)
        left = [] if goes_on or not self._begun or self._told else [self._begun]
        begun = self._begun + _CUTS[0] + frame if goes_on else frame
        self._told = self._told if goes_on else False
        self._begun = begun if len(begun) <= MAX_FRAME_OCTETS else b""
        return left

    def _candidates(self, frame: bytes) -> list[bytes]:
        return [self._begun + cut + frame for cut in _CUTS] if self._begun else []


def _trailer(frame: bytes) -> re.Match[bytes] | None:
    return _TRAILER.fullmatch(frame, max(0, len(frame) - _TRAILER_OCTETS))


def _is_right(frame: bytes) -> bool:
    trailer = _trailer(frame)
    return trailer is not None and checksum(frame[: trailer.start(1)]) == trailer.group(1).upper()
