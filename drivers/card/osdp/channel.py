"""The line as libosdp sees it: what it writes begins a turn of the bus, which the whole reply ends.

    53 | address, the highest bit set in a reply | length (2, low octet first) | control | … | CRC or checksum

Source: OSDP 2.2, 5.9.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.errors import Gone
from drivers.line.shared import SharedLine

REPLY_S = 0.2
"""A reader answers within that, or not (OSDP 2.2, 5.7)."""
SOM, REPLY = 0x53, 0x80
"""A frame's first octet; the bit of the address that says reply."""
HEAD_OCTETS = 4
MAX_HEARD = 512
"""Octets kept of an answer: libosdp's own buffer."""


class Channel:
    """The line as libosdp sees it. No error may leave through its C code: it is kept for who called that."""

    def __init__(self, address: int, clock: Callable[[], float]) -> None:
        self._answers = bytes((SOM, address | REPLY))
        self._clock = clock
        self.renew(None)

    def renew(self, line: SharedLine | None) -> None:
        """Another line, nothing heard on it."""
        self.line = line
        self.broke: Gone | None = None
        self.asked_at: float | None = None
        """When the question was written that waits for its reply; None: none does."""
        self.wrote_at = self.frame_at = self._clock()
        self.frames = 0
        """Whole replies, whatever is in them."""
        self.heard = b""
        """Since the last question."""
        self.strange = b""
        """The last answer without a reply in it."""
        self._unread = bytearray()

    def write(self, octets: bytes) -> int:
        self.end()
        if self.line is not None and self.broke is None:
            try:
                self.line.take()
                self.asked_at = self.wrote_at = self._clock()
                self.heard = b""
                self._unread.clear()
                while self.line.read(0):
                    pass
                self.line.write(octets)
            except Gone as cause:
                self._break(cause)
        return len(octets)

    def read(self, most: int) -> bytes:
        octets = bytes(self._unread[:most])
        del self._unread[:most]
        return octets

    def flush(self) -> None:
        self._unread.clear()

    def listen(self) -> None:
        """Wait for more of the reply; its end, or the end of patience, ends the turn."""
        if self.line is None or self.asked_at is None:
            return
        left_s = self.asked_at + REPLY_S - self._clock()
        try:
            octets = self.line.read(max(left_s, 0.0))
        except Gone as cause:
            self._break(cause)
            return
        self._unread += octets
        self.heard = (self.heard + octets)[-MAX_HEARD:]
        if self._is_whole():
            self.frames += 1
            self.frame_at = self._clock()
            self.end()
        elif not octets or left_s <= 0:
            self.strange = self.heard or self.strange
            self.end()

    def end(self) -> None:
        """The turn is over."""
        if self.asked_at is not None:
            self.asked_at = None
            assert self.line is not None
            self.line.give()

    def _is_whole(self) -> bool:
        start = self.heard.find(self._answers)
        frame = self.heard[start:] if start >= 0 else b""
        return len(frame) >= HEAD_OCTETS and len(frame) >= int.from_bytes(frame[2:4], "little")

    def _break(self, cause: Gone) -> None:
        self.broke = cause
        self.end()
