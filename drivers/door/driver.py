"""The door unit as configuration knows it: `driver = "modbus-door"`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.door.registers import RegisterMap
from drivers.door.session import DoorSession
from drivers.door.unit import DoorSettings, DoorUnit
from drivers.identity import recognised
from drivers.kit import Driver, Found, Settings
from drivers.line.shared import Port, bus
from drivers.modbus.finding import find, others
from drivers.modbus.unit import ModbusUnit


class DoorUnitSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`; other Modbus devices may share it."""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 115200
    """Bits per second; a socket ignores it."""
    parity: Literal["N", "E", "O"] = "E"
    """Even, unless the unit is set otherwise."""
    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    """Modbus address."""
    serial: Annotated[str, Meta(pattern=r"\A([0-9A-Fa-f]{8})?\Z")] = ""
    """Its serial number, 8 hexadecimal digits: another unit is refused. Empty: any is good."""

    @property
    def seat(self) -> str:
        """Other Modbus devices may share the line."""
        return ""


LOOKS_LIKE_IT = (
    "a board or a sensor that has registers at these addresses looks the same: try it with shuwu-probe test"
)


def _make(name: str, settings: DoorUnitSettings) -> DoorUnit:
    port = Port(settings.port, settings.baud, settings.parity)
    return DoorUnit(DoorSettings(name, settings.unit, settings.serial), bus(port).open)


def identity(unit: ModbusUnit) -> tuple[str, str]:
    """What a unit with the door's own map says of itself, and its serial number; another one refuses these registers.

    Raises:
        DriverError: it is no door unit.
    """
    session = DoorSession(unit, RegisterMap())
    session.contacts()
    return session.counters().named, session.serial()


def _probe(port: str) -> Found | None:
    found = find(port, identity)
    if found is None:
        return None
    at, (named, serial) = found
    settings = at.settings | ({"serial": serial} if serial else {})
    return Found("modbus-door", port, recognised(named, serial, ""), settings, (LOOKS_LIKE_IT, *others(at)))


DRIVER = Driver(
    "modbus-door", "door", "Door unit with counters over Modbus RTU", DoorUnitSettings, _make, _probe
)
