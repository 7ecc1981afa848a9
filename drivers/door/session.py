"""What one may ask of a door unit on an open line: the map's points become verbs and a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.door.registers import RegisterMap, words
from drivers.errors import DriverError
from drivers.modbus.unit import ModbusUnit


@dataclass(frozen=True, slots=True)
class Contacts:
    """The discrete inputs."""

    open: bool
    bolted: bool
    exit: bool
    fire: bool
    powered: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """The input registers; each total wraps at 2**32."""

    openings: int
    entered: int
    left: int
    firmware: int

    @property
    def named(self) -> str:
        """What the unit is, in words."""
        version, revision = divmod(self.firmware, 0x100)
        return f"Modbus door unit, firmware {version}.{revision}"


class DoorSession:
    """The verbs; each is one request (`release` and `secure` two where the map has no `command`).

    All raise what `ModbusUnit` raises.
    """

    def __init__(self, unit: ModbusUnit, registers: RegisterMap) -> None:
        self._unit = unit
        self._map = registers
        self._contacts_at, self._counters_at = registers.contacts, registers.counters
        self._bits: Sequence[int] = ()
        self._contacts: Contacts | None = None
        """What the bits say that were read last: a door at rest says the same over and over."""
        self._beats = 0

    def contacts(self) -> Contacts:
        """How the door stands now."""
        block = self._contacts_at
        bits = self._unit.read("discrete", block.first, block.count)
        if self._contacts is None or bits != self._bits:
            self._bits, self._contacts = bits, self._shown(bits)
        return self._contacts

    def _shown(self, bits: Sequence[int]) -> Contacts:
        block = self._contacts_at
        return Contacts(
            open=block.bit(self._map.open, bits),
            bolted=block.bit(self._map.bolted, bits),
            exit=block.bit(self._map.exit, bits),
            fire=block.bit(self._map.fire, bits),
            powered=block.bit(self._map.powered, bits),
        )

    def counters(self) -> Counters:
        """What the unit has counted since it was made."""
        block = self._counters_at
        values = self._unit.read("input", block.first, block.count)
        return Counters(
            openings=block.value(self._map.openings, values),
            entered=block.value(self._map.entered, values),
            left=block.value(self._map.left, values),
            firmware=block.value(self._map.firmware, values),
        )

    def serial(self) -> str:
        """Which of its kind the unit is, 8 hexadecimal digits; empty where it does not say."""
        point = self._map.serial
        if point is None:
            return ""
        try:
            values = self._unit.read("input", point.address, point.registers)
        except DriverError as refused:
            if refused.status is None:
                raise
            return ""
        return "".join(f"{value:04X}" for value in values)

    def release(self, limit_ms: int) -> None:
        """Release for at most `limit_ms`, counted by the unit from now."""
        self._command(limit_ms, released=True)

    def secure(self) -> None:
        """End the release. Fire and exit keep the lock released in hardware all the same."""
        self._command(0, released=False)

    def beat(self) -> None:
        """Say that the controller lives."""
        self._beats = (self._beats + 1) & 0xFFFF
        self._unit.set_registers(self._map.heartbeat.address, words(self._beats, self._map.heartbeat))

    def _command(self, limit_ms: int, *, released: bool) -> None:
        limit = words(limit_ms, self._map.limit_ms)
        if self._map.command is not None:
            command = words(int(released), self._map.command)
            self._unit.set_registers(self._map.limit_ms.address, limit + command)
            return
        if released:
            self._unit.set_registers(self._map.limit_ms.address, limit)
        self._unit.set_coil(self._map.release.address, released)
