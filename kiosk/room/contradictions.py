"""What of a room's settings cannot be, each in one line that ends with its place. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.configured import Configured
from kiosk.room.settings import Room


def contradictions(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """What is wrong with `[room]`, given the devices that are plugged in."""
    return _lock(room, devices) + _environment(room, devices) + _counting(room, devices)


def _lock(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """Leaving never depends on software: a lock that holds without power needs a handle inside."""
    wrong = []
    if room.lock == "fail-secure" and not room.mechanical_handle:
        wrong.append("a fail-secure lock needs a mechanical handle inside - at `$.room.mechanical_handle`")
    for name, device in devices.items():
        known = getattr(device.settings, "lock", "fail-safe")
        if device.kind == "door" and known != room.lock:
            wrong.append(f"the lock of {name} is {known}, not {room.lock} - at `$.room.lock`")
    return wrong


def _environment(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """Circuits hang on outputs that are there; a place has both of its numbers."""
    wrong = []
    for name, circuit in room.environment.circuits.items():
        where = f"`$.room.environment.circuits.{name}`"
        board = devices.get(circuit.device)
        if board is None or board.kind != "outputs":
            wrong.append(f"{circuit.device} is no board of outputs - at {where}")
        elif circuit.output not in getattr(board.settings, "outputs", {circuit.output}):
            wrong.append(f"{circuit.device} has no output {circuit.output} - at {where}")
    by = room.environment.daylight
    if (by.latitude is None) != (by.longitude is None):
        wrong.append("latitude and longitude come together - at `$.room.environment.daylight`")
    if by.dark_lux > by.bright_lux:
        wrong.append("must not be above bright_lux - at `$.room.environment.daylight.dark_lux`")
    return wrong


def _counting(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """Exit readers are card readers inside; whoever is to tell who is inside can."""
    counting, wrong = room.counting, []
    for name in counting.exit_readers:
        device = devices.get(name)
        if device is None or device.kind != "card" or device.place != "desk":
            wrong.append(f"{name} is no card reader inside - at `$.room.counting.exit_readers`")
    if counting.occupancy in {"card", "both"} and not counting.exit_readers:
        wrong.append("cards tell who is inside by an exit reader alone - at `$.room.counting.occupancy`")
    return wrong
