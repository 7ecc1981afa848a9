"""What a room's voice was asked to play: the log of `drivers.emulators.player`, its last lines."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

TAIL_OCTETS = 4096
"""A line has 80."""
SHOWN = 8


class HeardState(Struct, frozen=True):
    """One sound."""

    prompt: str
    language: str


class Heard:
    """Looks at the file when it has grown. A file that is not there is a voice that has said nothing."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._lock = Lock()
        self._size = -1
        self._lines: tuple[HeardState, ...] = ()

    def lines(self) -> tuple[HeardState, ...]:
        """The last sounds, oldest first."""
        with self._lock:
            try:
                size = self._log.stat().st_size
                if size != self._size:
                    self._lines, self._size = self._read(size), size
            except OSError:
                self._lines, self._size = (), -1
            return self._lines

    def _read(self, size: int) -> tuple[HeardState, ...]:
        with self._log.open("rb") as file:
            file.seek(max(size - TAIL_OCTETS, 0))
            lines = file.read(TAIL_OCTETS).splitlines()
        found = []
        for line in lines[-SHOWN - 1 :]:
            try:
                found.append(msgspec.json.decode(line, type=HeardState))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # half a line: the first of the tail, or one that is being written
        return tuple(found[-SHOWN:])
