"""Whether a Modbus unit answers at a port, at which baud rate and parity, and who else is on its bus. Reads only.

Modbus does not say what a unit is: who knows a map of its own looks closer by `closer`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from drivers.errors import DriverError
from drivers.line.serial_line import Parity, open_serial
from drivers.modbus.settings import Framing, ModbusTiming
from drivers.modbus.unit import ModbusUnit

LINES: tuple[tuple[int, Parity], ...] = ((9600, "N"), (115200, "E"), (19200, "E"), (9600, "E"), (38400, "N"))
"""The usual one first: boards leave the maker with 9600 8N1, the standard wants 19200 8E1."""
UNIT = 1
"""The address with which units leave the maker …"""
OTHERS = range(2, 9)
"""… and those to which they are set on a bus of several."""
LONGEST_S = 1.9
"""A line that babbles is not listened to for longer."""
TIMING = ModbusTiming(timeout_s=0.15, tries=1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answering:
    """The line at which a unit answers."""

    port: str
    baud: int
    parity: Parity
    framing: Framing = "rtu"

    @property
    def settings(self) -> dict[str, object]:
        """As the configuration has it; a socket knows no baud rate."""
        told: dict[str, object] = {"port": self.port}
        if not self.port.startswith("socket:"):
            return told | {"baud": self.baud, "parity": self.parity}
        return told | ({"framing": self.framing} if self.framing == "tcp" else {})


def find(
    port: str, closer: Callable[[ModbusUnit], T | None], framings: Sequence[Framing] = ("rtu",)
) -> tuple[Answering, T] | None:
    """The first line at which `closer` makes something of the unit; None where nothing does.

    Args:
        port: device path or `socket://host:port`.
        closer: asks the unit; what it raises counts as no answer.
        framings: what may be spoken over a socket.
    """
    give_up = time.monotonic() + LONGEST_S
    lines = [Answering(port, baud, parity) for baud, parity in LINES]
    if port.startswith("socket:"):
        lines = [Answering(port, *LINES[0], framing) for framing in framings]
    for at in lines:
        if time.monotonic() > give_up:
            return None
        seen = _ask(at, (UNIT,), closer)
        if seen:
            return at, seen[0][1]
    return None


def others(at: Answering) -> tuple[str, ...]:
    """A remark on who else answers on this bus; none where it is alone.

    Over TCP a unit without a bus behind it answers to whatever address is asked for.
    """
    found = [unit for unit, _ in _ask(at, OTHERS, speaks)]
    if not found or (at.framing == "tcp" and len(found) == len(OTHERS)):
        return ()
    named = ", ".join(map(str, found))
    return (f"on this bus there answer units {named}, too: each a table of its own",)


def speaks(unit: ModbusUnit) -> bool:
    """True: something with this address speaks Modbus.

    Raises:
        Gone: nothing answers.
        Misbehaved: what answers is no Modbus.
    """
    try:
        unit.read("discrete", 0, 1)
    except DriverError as refused:
        if refused.status is None:
            raise
    return True


def _ask(
    at: Answering, units: Iterable[int], closer: Callable[[ModbusUnit], T | None]
) -> list[tuple[int, T]]:
    """What `closer` makes of each of these units; who does not answer is left out."""
    told: list[tuple[int, T]] = []
    with suppress(DriverError):
        line = open_serial(at.port, at.baud, at.parity)
        try:
            for unit in units:
                with suppress(DriverError):
                    seen = closer(ModbusUnit(line, unit, TIMING, framing=at.framing))
                    told += [] if seen is None else [(unit, seen)]
        finally:
            line.close()
    return told
