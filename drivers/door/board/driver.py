"""The board as configuration knows it: `driver = "modbus-board"`."""

from __future__ import annotations

from drivers.device import Door
from drivers.door.board.settings import BoardSettings
from drivers.kit import Driver


def _make(name: str, settings: BoardSettings) -> Door:
    from drivers.door.board.board import BoardDoor  # pymodbus, only where a board is plugged in

    return BoardDoor(name, settings, settings.opener())


DRIVER = Driver("modbus-board", "door", "Relay and input board as a door, over Modbus", BoardSettings, _make)
