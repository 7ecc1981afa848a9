"""The line as libosdp sees it: what it writes begins a turn of the bus, which the whole reply ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.card.osdp.frames import FMT, code_of, is_right, reply_in, who
from drivers.errors import Gone
from drivers.line.shared import SharedLine

REPLY_S = 0.2
"""A reader answers within that, or not (OSDP 2.2, 5.7)."""
MAX_DRAINS = 8
"""A line that babbles on is not waited for."""
MAX_HEARD = 512
"""Octets kept of an answer: libosdp's own buffer."""


class Channel:
    """One reader's, for life: libosdp never lets go of it. No error may leave through its C code: it is kept
    for who called that.
    """

    def __init__(self, address: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.address = address
        self._clock = clock
        self._line: SharedLine | None = None
        self._asked_at: float | None = None
        self._begin()

    def open(self, line: SharedLine) -> None:
        """Begin on this line."""
        self._line = line
        self._begin()

    def close(self) -> None:
        """Let go of the line, which the caller closes."""
        self.end()
        self._line = None

    def _begin(self) -> None:
        """Nothing was asked or heard."""
        self.broke: Gone | None = None
        self._ended_at = self._clock()
        self.frames = 0
        """Whole replies, whatever is in them."""
        self.strange = b""
        """What came last instead of a reply."""
        self.missed = False
        """A question has had no reply."""
        self.turn_s = 0.0
        """From the last question to the end of its reply."""
        self.formatted = False
        """The last reply is a card told as characters, which libosdp drops."""
        self._unread = bytearray()

    @property
    def asking(self) -> bool:
        """A question waits for its reply."""
        return self._asked_at is not None

    @property
    def resting_s(self) -> float:
        """Since the end of the last question and its reply."""
        return self._clock() - self._ended_at

    def knock(self) -> bool:
        """Ask who is there, once and in the clear; whether the reader's address answers at all.

        Raises:
            Gone: the line broke.
        """
        self.write(who(self.address))
        self.listen()
        if self.broke is not None:
            raise self.broke
        answered, self._unread = bool(self._unread), bytearray()
        return answered

    def write(self, octets: bytes) -> int:
        self.end()
        if self._line is not None and self.broke is None:
            try:
                alone = self._line.take()
                self._asked_at = self._clock()
                self._unread.clear()
                if not (alone and self.frames):
                    self._drain(self._line)
                self._line.write(octets)
            except Gone as cause:
                self._break(cause)
        return len(octets)

    @staticmethod
    def _drain(line: SharedLine) -> None:
        """Throw away what others have left on the line."""
        for _ in range(MAX_DRAINS):
            if not line.read(0):
                break

    def read(self, most: int) -> bytes:
        octets = bytes(self._unread[:most])
        del self._unread[:most]
        return octets

    def flush(self) -> None:
        self._unread.clear()

    def listen(self) -> None:
        """Wait for the reply, where one is due. libosdp is given it whole: it loses one that comes in pieces."""
        if self._line is None or self._asked_at is None:
            return
        heard = frame = b""
        while not self._unread and (left_s := self._asked_at + REPLY_S - self._clock()) > 0:
            try:
                octets = self._line.read(left_s)
            except Gone as cause:
                self._break(cause)
                return
            if not octets:
                break
            heard = (heard + octets)[-MAX_HEARD:]
            frame = reply_in(heard, self.address)
            self._unread += frame
        if self._unread:
            self.frames += 1
            self.turn_s = self._clock() - self._asked_at
            self.formatted = code_of(frame) == FMT and is_right(frame)
        else:
            self.missed, self.strange = True, heard or self.strange
        self.end()

    def end(self) -> None:
        """The turn is over."""
        if self._asked_at is not None:
            self._asked_at, self._ended_at = None, self._clock()
            assert self._line is not None
            self._line.give()

    def _break(self, cause: Gone) -> None:
        self.broke = cause
        self.end()
