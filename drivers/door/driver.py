"""The door unit as configuration knows it: `driver = "modbus-door"`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.door.unit import DoorSettings, DoorUnit
from drivers.kit import Driver, Settings
from drivers.line.shared import Port, bus


class DoorUnitSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`; other Modbus devices may share it."""
    baud: int = 115200
    """Bits per second; a socket ignores it."""
    parity: Literal["N", "E", "O"] = "E"
    """Even, unless the unit is set otherwise."""
    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    """Modbus address."""


def _make(name: str, settings: DoorUnitSettings) -> DoorUnit:
    port = Port(settings.port, settings.baud, settings.parity)
    return DoorUnit(DoorSettings(name, settings.unit), bus(port).open)


DRIVER = Driver("modbus-door", "door", "Door unit with counters over Modbus RTU", DoorUnitSettings, _make)
