"""What of a room's settings cannot be, each in one line that ends with its place. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.configured import Configured
from kiosk.room.settings import Room


def contradictions(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """What is wrong with `[room]`, given the devices that are plugged in."""
    return (
        _lock(room, devices)
        + _lock_relays(devices)
        + _environment(room, devices)
        + _signals(room, devices)
        + _counting(room, devices)
    )


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


def _lock_relays(devices: Mapping[str, Configured]) -> list[str]:
    """No output is a relay that the lock hangs on, whatever it is called: what is switched must not move the door."""
    wrong = []
    for name, door in devices.items():
        for board, outputs in devices.items():
            if door.kind != "door" or outputs.kind != "outputs" or _unit(door) != _unit(outputs):
                continue
            relays = [getattr(door.settings, part, None) for part in ("release", "heartbeat")]
            locks = {relay.at for relay in relays if relay}
            for output, relay in getattr(outputs.settings, "outputs", {}).items():
                if not locks or relay.at in locks:
                    where = f"`$.devices.{board}.outputs.{output}`"
                    wrong.append(f"the lock of {name} hangs on that relay - at {where}")
    return wrong


def _unit(device: Configured) -> tuple[object, object]:
    """The line and the unit on it. A device without them is no other's."""
    settings = device.settings
    return getattr(settings, "port", device), getattr(settings, "unit", None)


def _signals(room: Room, devices: Mapping[str, Configured]) -> list[str]:
    """Light and siren hang on outputs that are there, and on none that something else switches."""
    wrong = []
    circuits = {(one.device, one.output) for one in room.environment.circuits.values()}
    for name, output in (("light", room.alarms.light), ("siren", room.alarms.siren)):
        if output is None:
            continue
        where, board = f"`$.room.alarms.{name}`", devices.get(output.device)
        if board is None or board.kind != "outputs":
            wrong.append(f"{output.device} is no board of outputs - at {where}")
        elif output.output not in getattr(board.settings, "outputs", {output.output}):
            wrong.append(f"{output.device} has no output {output.output} - at {where}")
        if (output.device, output.output) in circuits:
            wrong.append(f"{output.output} is a circuit of `environment` too - at {where}")
    wrong += [
        f"low must be below high - at `$.room.alarms.limits.{name}`"
        for name, limit in room.alarms.limits.items()
        if limit.low is not None and limit.high is not None and limit.low >= limit.high
    ]
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
