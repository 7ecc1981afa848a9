"""A configured Modbus unit on its open line: who it is, and what its points show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from drivers.identity import recognised
from drivers.line.line import OpenLine
from drivers.modbus.points import Image, Span
from drivers.modbus.settings import ModbusSettings
from drivers.modbus.unit import ModbusUnit


class Opened:
    """Opens the line; to be closed by `close`. Its verbs raise what `ModbusUnit` raises."""

    def __init__(
        self, settings: ModbusSettings, open_line: OpenLine, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._line = open_line()
        self.unit = ModbusUnit(self._line, settings.unit, settings.timing, clock, framing=settings.framing)

    def identify(self, what: str) -> str:
        """What the technician's page calls it.

        Raises:
            Misbehaved: it has another serial number than the configuration wants.
            Unsupported: it has no such registers.
        """
        named = f"{what}, unit {self._settings.unit}"
        where = self._settings.serial
        if where is None:
            return named
        words = self.unit.read(where.table, where.address, where.registers)
        return recognised(named, "".join(f"{word:04X}" for word in words), where.wanted)

    def look(self, at: Iterable[Span]) -> Image:
        """Read these spans."""
        return {
            (span.table, span.first + i): int(word)
            for span in at
            for i, word in enumerate(self.unit.read(span.table, span.first, span.count))
        }

    def close(self) -> None:
        self._line.close()
