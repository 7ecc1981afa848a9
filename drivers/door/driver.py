"""The door unit as configuration knows it: `driver = "modbus-door"`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from msgspec import Meta

from drivers.door.unit import DoorSettings, DoorUnit
from drivers.kit import Driver, Settings
from drivers.line.serial_line import open_serial


class DoorUnitSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`."""
    baud: int = 115200
    parity: Literal["N", "E", "O"] = "E"
    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    """Modbus address."""


def _make(name: str, settings: DoorUnitSettings) -> DoorUnit:
    line = partial(open_serial, settings.port, settings.baud, settings.parity)
    return DoorUnit(DoorSettings(name, settings.unit), line)


DRIVER = Driver("modbus-door", "door", "Door unit with counters over Modbus RTU", DoorUnitSettings, _make)
