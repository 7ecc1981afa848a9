"""Octets in, frames out: where one message ends and the next begins."""

from __future__ import annotations

import re

from wire.sip2.dialect import Dialect

MAX_FRAME_OCTETS = 64 * 1024
"""A 64 that lists 80 loans by titles of 255 three-octet characters fits; no request reaches 4 KiB."""

_CR = re.compile(rb"\r")
_CR_OR_LF = re.compile(rb"[\r\n]")


class Framer:
    """Cuts a stream at its terminators. Empty frames (the LF of a CR LF, a doubled CR) are dropped."""

    def __init__(self, dialect: Dialect) -> None:
        self._rest = bytearray()
        self.speak(dialect)

    def speak(self, dialect: Dialect) -> None:
        """Cut as this dialect does from here on."""
        self._end = _CR_OR_LF if dialect.lf_ends or dialect.terminator == "\n" else _CR

    def frames(self, octets: bytes) -> list[bytes]:
        """The frames that these octets complete, without their terminators."""
        if octets.find(b"\r") == len(octets) - 1 and not self._rest and b"\n" not in octets:
            return [octets[:-1]] if octets.strip() else []  # one message at once, as nearly all come
        fresh, start, found = len(self._rest), 0, []
        self._rest += octets
        for end in self._end.finditer(self._rest, fresh):  # what came before holds no terminator
            found.append(bytes(self._rest[start : end.start()]))
            start = end.end()
        del self._rest[:start]
        return [frame for frame in found if frame.strip()]

    def overflowed(self) -> bool:
        """True where the unfinished frame is longer than any message may be; it is dropped then."""
        if len(self._rest) <= MAX_FRAME_OCTETS:
            return False
        self._rest.clear()
        return True
