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
    """Any unit with inputs or registers that is no door unit: a board, sensors, outputs, a counter.

    Over a socket by TCP first: many units serve one connection at a time, and after octets that they cannot read they
    are deaf for half a second (libmodbus). A door unit speaks RTU, whatever a board shows at its addresses.
    """
    from drivers.modbus.finding import find, others, speaks

    found = find(port, speaks, ("tcp",)) if port.startswith("socket:") else None
    found = found or find(port, _answers)
    if found is None:
        return None
    warning = (
        "a board, sensors, lights or a counter: choose the driver, and write its registers from its manual"
    )
    return Found("modbus-board", port, "Modbus unit 1", found[0].settings, (warning, *others(found[0])))


def _answers(unit: ModbusUnit) -> bool | None:
    """True: something with this address speaks Modbus. None: a door unit, which has a driver of its own.

    Raises:
        Gone: nothing answers.
        Misbehaved: what answers is no Modbus.
    """
    from drivers.door.driver import identity
    from drivers.modbus.finding import speaks

    speaks(unit)
    try:
        identity(unit)
    except DriverError:
        return True
    return None


DRIVER = Driver(
    "modbus-board",
    "door",
    "Relay and input board as a door, over Modbus",
    BoardSettings,
    _make,
    _probe,
    asks_first=True,
)
