"""Whether a Modbus unit answers at a port, and at which baud rate and parity. Reads only; the usual address, 1.

Modbus does not say what a unit is: who knows a map of its own looks closer by `closer`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from drivers.errors import DriverError
from drivers.line.serial_line import Parity, open_serial
from drivers.modbus.settings import ModbusTiming
from drivers.modbus.unit import ModbusUnit

LINES: tuple[tuple[int, Parity], ...] = ((9600, "N"), (115200, "E"), (19200, "E"), (9600, "E"), (38400, "N"))
"""The usual one first: boards leave the maker with 9600 8N1, the standard wants 19200 8E1."""
UNIT = 1
LONGEST_S = 2.5
"""A line that babbles is not listened to for longer."""
TIMING = ModbusTiming(timeout_s=0.15, tries=1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answering:
    """The line at which a unit answers."""

    port: str
    baud: int
    parity: Parity

    @property
    def settings(self) -> dict[str, object]:
        """As the configuration has it; a socket knows no baud rate."""
        told: dict[str, object] = {"port": self.port}
        return told if self.port.startswith("socket:") else told | {"baud": self.baud, "parity": self.parity}


def find(port: str, closer: Callable[[ModbusUnit], T | None]) -> tuple[Answering, T] | None:
    """The first line at which `closer` makes something of the unit; None where nothing does.

    Args:
        port: device path or `socket://host:port`.
        closer: asks the unit; what it raises counts as no answer.
    """
    give_up = time.monotonic() + LONGEST_S
    for baud, parity in LINES[:1] if port.startswith("socket:") else LINES:
        if time.monotonic() > give_up:
            return None
        seen = _ask(Answering(port, baud, parity), closer)
        if seen is not None:
            return Answering(port, baud, parity), seen
    return None


def _ask(at: Answering, closer: Callable[[ModbusUnit], T | None]) -> T | None:
    try:
        line = open_serial(at.port, at.baud, at.parity)
    except DriverError:
        return None
    try:
        return closer(ModbusUnit(line, UNIT, TIMING))
    except DriverError:
        return None
    finally:
        line.close()
