"""Octets to lines, sans I/O: feed what has come, take what is whole."""

from __future__ import annotations

from drivers.errors import Misbehaved
from tests.drivers.example.messages import END, MAX_LINE, Identity, Totals, parse


class Lines:
    """Puts the pieces of a line together. After an error it goes on behind the next CR."""

    def __init__(self) -> None:
        self._piece = bytearray()

    def feed(self, octets: bytes) -> list[Totals | Identity]:
        """What the octets complete, in order.

        Raises:
            Misbehaved: a line too long, or one that `parse` does not take. What came with it is dropped.
        """
        self._piece += octets
        *whole, rest = self._piece.split(END)
        self._piece = rest
        if len(rest) > MAX_LINE:
            self._piece = bytearray()
            raise Misbehaved("no end of line", frame=bytes(rest[:MAX_LINE]))
        return [parse(bytes(line)) for line in whole]
