"""The board as configuration knows it: `driver = "modbus-board"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.device import Door
from drivers.door.board.settings import BoardSettings
from drivers.errors import DriverError
from drivers.kit import Driver, Found

if TYPE_CHECKING:  # pymodbus, only where a board is plugged in or looked for
    from drivers.modbus.unit import ModbusUnit


def _make(name: str, settings: BoardSettings) -> Door:
    from drivers.door.board.board import BoardDoor  # pymodbus, only where a board is plugged in

    return BoardDoor(name, settings, settings.opener())


def _probe(port: str) -> Found | None:
    """Any unit with inputs or registers that is no door unit: a board, sensors, outputs, a counter."""
    from drivers.modbus.finding import find

    found = find(port, _answers)
    if found is None:
        return None
    warning = (
        "a board, sensors, lights or a counter: choose the driver, and write its registers from its manual"
    )
    return Found("modbus-board", port, "Modbus unit 1", found[0].settings, (warning,))


def _answers(unit: ModbusUnit) -> bool | None:
    """True: something with this address speaks Modbus. None: a door unit, which has a driver of its own.

    Raises:
        Gone: nothing answers.
        Misbehaved: what answers is no Modbus.
    """
    from drivers.door.driver import identity

    try:
        unit.read("discrete", 0, 1)
    except DriverError as refused:
        if refused.status is None:
            raise
    try:
        identity(unit)
    except DriverError:
        return True
    return None


DRIVER = Driver(
    "modbus-board", "door", "Relay and input board as a door, over Modbus", BoardSettings, _make, _probe
)
