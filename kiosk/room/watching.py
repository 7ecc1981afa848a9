"""What nobody tells by itself: a lock that holds, a door left open at closing, a value out of its limits.

A part of the room. Pure. It only says so: neither the lock nor the way out is touched.

    released, and the unit still shows power after SHOWS_MS       `lock_not_released`
    released UNOPENED times, and nobody could open                `lock_not_released`, until somebody does
    closed, and the door open for left_open_s                     `door_left_open`, until it is shut or the room opens
    measured, and beyond [room.alarms.limits]                     `climate_off`, until it is well within them again
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from drivers.events import DeviceLost, DoorSensed, Measured
from kiosk import points
from kiosk.clock import earliest
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, Ticked
from kiosk.fittings import DOOR
from kiosk.room.alarm_settings import Limit
from kiosk.room.alarm_state import Watching
from kiosk.room.hours import State
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

LOCK_NOT_RELEASED: Final = number("lock_not_released")
DOOR_LEFT_OPEN: Final = number("door_left_open")
CLIMATE_OFF: Final = number("climate_off")
LOCK: Final = "lock"
"""How the fault names the lock itself, whatever its unit says of it."""
SHOWS_MS: Final = 3_000
"""A unit that is polled once a second, and its relay, take less."""
UNOPENED: Final = 3
"""Who was let in and turns away happens; three times in a row the door is stuck."""
HEARD: Final = frozenset({DoorSensed, DeviceLost, Measured, Ticked})
AT_REST: Final = Watching()
"""Nothing is waited for."""
Watched = tuple[Watching, Effects]


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if not told and type(event) not in HEARD:
        return room, ()
    if isinstance(event, Measured):
        return room, _measured(kiosk, event, around)
    watching, effects = _released(room.watching, room, told, around)
    watching, more = _door(watching, room, event, around)
    watching, most = _closed(watching, room, around)
    return (room if watching is room.watching else replace(room, watching=watching)), effects + more + most


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    watching = kiosk.room.watching
    if watching == AT_REST:
        return None
    open_ms, left_ms = watching.open_ms, int(around.rules.alarms.left_open_s * 1000)
    due_ms = open_ms + left_ms if open_ms is not None and open_ms + left_ms > around.now.mono_ms else None
    return earliest(watching.due_ms, watching.ends_ms, due_ms)


# ---------------------------------------------------------------- the lock
def _released(watching: Watching, room: Room, told: Effects, around: Surroundings) -> Watched:
    """The lock was asked to let go."""
    if not told or room.contacts is None or room.contacts.open or not any(map(_lets_go, told)):
        return watching, ()
    now_ms = around.now.mono_ms
    due_ms = watching.due_ms or (None if room.contacts.released else now_ms + SHOWS_MS)
    return replace(watching, due_ms=due_ms, ends_ms=around.after_ms(around.rules.release_s + 1)), ()


def _lets_go(told: AnyEffect) -> bool:
    return (
        type(told) is Record and type(told.fact) is facts.DoorReleased and told.fact.why in {"card", "order"}
    )


def _door(watching: Watching, room: Room, event: AnyEvent, around: Surroundings) -> Watched:
    contacts, now_ms = room.contacts, around.now.mono_ms
    if contacts is None:
        fresh = watching.due_ms is None and watching.ends_ms is None
        return (watching if fresh else replace(watching, due_ms=None, ends_ms=None)), ()
    if isinstance(event, DoorSensed):
        if contacts.open:
            return _opened(watching)
        if contacts.released and watching.due_ms is not None:
            return replace(watching, due_ms=None), ()
    if watching.due_ms is not None and now_ms >= watching.due_ms:
        watching = replace(watching, due_ms=None, ends_ms=None, unopened=UNOPENED)
        return watching, (RaiseFault(LOCK_NOT_RELEASED, LOCK, "released, and it still has power"),)
    if watching.ends_ms is not None and now_ms >= watching.ends_ms:
        watching = replace(watching, ends_ms=None, unopened=watching.unopened + 1)
        if watching.unopened >= UNOPENED:
            cause = f"released {watching.unopened} times, and nobody opened"
            return watching, (RaiseFault(LOCK_NOT_RELEASED, LOCK, cause),)
    return watching, ()


def _opened(watching: Watching) -> Watched:
    """Whatever was the matter with the lock, the door opens."""
    if watching.due_ms is None and watching.ends_ms is None and not watching.unopened:
        return watching, ()
    opened = replace(watching, due_ms=None, ends_ms=None, unopened=0)
    return opened, (ClearFault(LOCK_NOT_RELEASED, LOCK),)


# ---------------------------------------------------------------- closing
def _closed(watching: Watching, room: Room, around: Surroundings) -> Watched:
    """The door of a closed room is shut."""
    moment = room.closing.moment
    stands_open = (
        room.contacts is not None
        and room.contacts.open
        and moment is not None
        and moment.state is State.CLOSED
    )
    if not stands_open:
        if watching.open_ms is None or room.contacts is None:
            return watching, ()
        return replace(watching, open_ms=None), (ClearFault(DOOR_LEFT_OPEN, DOOR),)
    if watching.open_ms is None:
        return replace(watching, open_ms=around.now.mono_ms), ()
    left_ms = around.now.mono_ms - watching.open_ms
    if left_ms < around.rules.alarms.left_open_s * 1000:
        return watching, ()
    return watching, (RaiseFault(DOOR_LEFT_OPEN, DOOR),)


# ---------------------------------------------------------------- measured values
def _measured(kiosk: Kiosk, event: Measured, around: Surroundings) -> Effects:
    limits = around.rules.alarms.limits
    if not limits:
        return ()
    point = points.called(event, kiosk.station.fittings)
    limit = limits.get(point)
    if limit is None:
        return ()
    beyond = _beyond(event.value, limit, 0)
    if beyond:
        cause = f"{event.value:g} {event.unit}, {beyond}"
        return (RaiseFault(CLIMATE_OFF, point, cause),)
    if (CLIMATE_OFF, point) in kiosk.station.troubles and not _beyond(event.value, limit, limit.back):
        return (ClearFault(CLIMATE_OFF, point),)
    return ()


def _beyond(value: float, limit: Limit, back: float) -> str:
    """What a value is beyond, the limits drawn in by `back`; empty: it is well."""
    if limit.low is not None and value < limit.low + back:
        return f"below {limit.low:g}"
    if limit.high is not None and value > limit.high - back:
        return f"above {limit.high:g}"
    return ""
