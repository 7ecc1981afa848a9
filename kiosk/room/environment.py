"""Lights and power by occupancy, daylight and hours; what the air is like; cabinets that disinfect.

A part of the room (`kiosk.room.rounds`). Pure.

| a circuit that is on …  | is on while                                                                     |
| ----------------------- | ------------------------------------------------------------------------------- |
| `occupied`              | somebody is inside, something moved within `linger_s`, or the door is not heard |
| `open`                  | the same, and while the room is open to readers                                 |
| `always`                | always                                                                          |
| … and `dark_only`       | and it is dark                                                                  |
| … and `dims`            | and the room is not about to close                                              |
| … and `escape`          | or the fire contact is active                                                   |

In doubt there is light: while no clock was ever set, no hours are listed, or nobody knows how bright it is.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import (
    CardShown,
    Crossed,
    DeviceBack,
    DeviceLost,
    DoorSensed,
    InputSensed,
    Measured,
    OutputSwitched,
    TagGone,
    TagSeen,
)
from kiosk import points
from kiosk.central_events import ListsChanged, WatermarkMoved
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, Ticked, Touched
from kiosk.room import cabinets, closing, daylight
from kiosk.room.counting import inside
from kiosk.room.environment_settings import Circuit
from kiosk.room.environment_state import Air, Environment, Sun
from kiosk.room.hours import MINUTE_MS
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from kiosk.room_effects import Switch
from wire import facts
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

CIRCUIT_NOT_SWITCHED = number("circuit_not_switched")
MOVES = frozenset({CardShown, Crossed, DoorSensed, TagGone, TagSeen, Touched})
"""Somebody is there."""
JUDGED = MOVES | {DeviceBack, DeviceLost, ListsChanged, Measured, Ticked, WatermarkMoved}
"""After these a circuit may be wanted otherwise."""
HEARD = JUDGED | {InputSensed, OutputSwitched}


def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, _told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if type(event) not in HEARD and not _differs(came.room, room):
        return room, ()
    before = room.environment
    now, effects = _hear(before, came, kiosk, event, around)
    if around.rules.environment.circuits and _is_due(now, came, kiosk, event, around):
        now, switched = _judge(now, kiosk, around)
        effects += switched
    return (room if now is before else replace(room, environment=now)), effects


def _hear(
    now: Environment, came: Kiosk, kiosk: Kiosk, event: AnyEvent, around: Surroundings
) -> tuple[Environment, Effects]:
    if type(event) in MOVES:
        return (replace(now, moved_ms=around.now.mono_ms) if around.rules.environment.circuits else now), ()
    match event:
        case Measured():
            return _measure(now, points.called(event, kiosk.station.fittings), event, around), ()
        case InputSensed():
            point = points.called(event, kiosk.station.fittings)
            return cabinets.sense(now, event, point, around, first=point not in came.station.readings)
        case OutputSwitched():
            return now, _answered(event, around)
        case DeviceLost(device=device):
            return _forget(now, device, around), ()
        case Ticked():
            return _log(now, around)
    return now, ()


# ---------------------------------------------------------------- circuits
def _is_due(now: Environment, came: Kiosk, kiosk: Kiosk, event: AnyEvent, around: Surroundings) -> bool:
    """Whether this event can make a circuit wanted otherwise; most change nothing."""
    assert came.room is not None, "the caller looked"
    assert kiosk.room is not None, "the caller looked"
    if _differs(came.room, kiosk.room):
        return True
    if type(event) not in JUDGED:
        return False
    match event:
        case Ticked():
            return now.look_at_ms is None or around.now.mono_ms >= now.look_at_ms
        case WatermarkMoved():
            return not now.judged_ms <= around.rule.memory.time_ms(around.now) < now.holds_ms
        case Measured():
            by = around.rules.environment.daylight.point
            return now.air.get(by) is not came.room.environment.air.get(by)
    return True


def _differs(came: Room | None, room: Room) -> bool:
    """Whether the room has opened or closed, or others are counted inside, whatever event has told so."""
    assert came is not None, "the caller looked"
    return came.closing.moment is not room.closing.moment or came.counting.inside != room.counting.inside


def _judge(now: Environment, kiosk: Kiosk, around: Surroundings) -> tuple[Environment, Effects]:
    """What each circuit should be, asked of its board where that is new; and when to look again."""
    room, at_ms = kiosk.room, around.rule.memory.time_ms(around.now)
    assert room is not None, "the caller looked"
    sun = _sun(now, at_ms, around)
    dark, holds_ms = _dark(now, sun, at_ms, around)
    dim, moment = closing.is_dim(kiosk, around), room.closing.moment
    if moment and moment.closes_ms:
        dims_ms = moment.closes_ms - around.rules.closing.dim_min * MINUTE_MS
        holds_ms = dims_ms if at_ms < dims_ms < holds_ms else holds_ms
    asked, effects = dict(now.asked), Effects()
    look_at_ms = [around.now.mono_ms + holds_ms - at_ms]
    for name, circuit in around.rules.environment.circuits.items():
        if circuit.device not in kiosk.station.identities:
            continue
        empty_ms = (now.moved_ms or 0) + int(circuit.linger_s * 1000)
        still = now.moved_ms is None or empty_ms <= around.now.mono_ms
        if not still:
            look_at_ms.append(empty_ms)
        wanted = _wanted(circuit, room, dark=dark, dim=dim, still=still)
        if asked.get(name) is not wanted:
            asked[name] = wanted
            effects += (Switch(circuit.device, circuit.output, wanted),)
    now = replace(now, dark=dark, sun=sun, look_at_ms=min(look_at_ms), judged_ms=at_ms, holds_ms=holds_ms)
    return (replace(now, asked=asked) if effects else now), effects


def _wanted(circuit: Circuit, room: Room, *, dark: bool, dim: bool, still: bool) -> bool:
    """The table at the head of this module."""
    moment, contacts = room.closing.moment, room.contacts
    if circuit.escape and contacts is not None and contacts.fire:
        return True
    if (circuit.dark_only and not dark) or (circuit.dims and dim):
        return False
    empty = contacts is not None and not inside(room) and still
    is_open = circuit.on == "open" and (moment is None or moment.inhabited)
    return circuit.on == "always" or is_open or not empty


def _dark(now: Environment, sun: Sun | None, at_ms: int, around: Surroundings) -> tuple[bool, int]:
    """Whether it is dark, and until when that holds at the longest (central's time)."""
    by = around.rules.environment.daylight
    if by.point in now.air:
        lux = now.air[by.point].last
        return lux < by.dark_lux or (now.dark and lux <= by.bright_lux), at_ms + daylight.DAY_MS
    return (sun.dark, sun.until_ms) if sun else (True, at_ms + daylight.DAY_MS)


def _sun(now: Environment, at_ms: int, around: Surroundings) -> Sun | None:
    """Where the sun stands; None: nobody has said where the room is, or what time it is."""
    by = around.rules.environment.daylight
    if by.latitude is None or by.longitude is None or not around.rule.memory.clock_set(around.now):
        return None
    if now.sun and now.sun.from_ms <= at_ms < now.sun.until_ms:
        return now.sun
    dark, until_ms = daylight.dark(at_ms, by.latitude, by.longitude)
    return Sun(dark, at_ms, until_ms)


def _answered(event: OutputSwitched, around: Surroundings) -> Effects:
    """The board switched it, or it did not: somebody sits in the dark, or a light burns for nobody."""
    circuits = around.rules.environment.circuits.items()
    mine = [name for name, c in circuits if (c.device, c.output) == (event.device, event.output)]
    if event.error is None:
        return tuple(ClearFault(CIRCUIT_NOT_SWITCHED, name) for name in mine)
    return tuple(RaiseFault(CIRCUIT_NOT_SWITCHED, name, event.error.text) for name in mine)


def _forget(now: Environment, device: str, around: Surroundings) -> Environment:
    """A device is lost: nothing that it said holds, and a board is asked again when it is back."""
    circuits = around.rules.environment.circuits
    asked = {name: on for name, on in now.asked.items() if circuits[name].device != device}
    air = {point: one for point, one in now.air.items() if one.device != device}
    runs = {name: run for name, run in now.runs.items() if run.device != device}
    return replace(now, asked=asked, air=air, runs=runs)


# ---------------------------------------------------------------- air
def _measure(now: Environment, point: str, event: Measured, around: Surroundings) -> Environment:
    """The point's last value, and the lowest and highest since its last fact."""
    value, was = event.value, now.air.get(point)
    if not isfinite(value):
        return now
    low, high = (min(was.low, value), max(was.high, value)) if was else (value, value)
    air = {**now.air, point: Air(event.device, event.unit, value, low, high)}
    log_at_ms = now.log_at_ms or around.after_ms(around.rules.environment.log_s)
    return replace(now, air=air, log_at_ms=log_at_ms)


def _log(now: Environment, around: Surroundings) -> tuple[Environment, Effects]:
    """Where it is time, a fact of each point that is measured."""
    if now.log_at_ms is None or around.now.mono_ms < now.log_at_ms:
        return now, ()
    told = tuple(
        Record(facts.RoomMeasured(point, one.unit, one.last, one.low, one.high))
        for point, one in sorted(now.air.items())
    )
    air = {point: replace(one, low=one.last, high=one.last) for point, one in now.air.items()}
    log_at_ms = around.after_ms(around.rules.environment.log_s) if air else None
    return replace(now, air=air, log_at_ms=log_at_ms), told
