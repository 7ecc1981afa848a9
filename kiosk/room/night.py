"""In the night somebody who has been inside for very long is gently reminded (`kiosk.room.speaking`). A part of the room. Pure.

A counter does not know people apart: whoever came first is taken to have left first, so that the time which is left
over is one that somebody has surely been inside for. Cards that are shown on the way out tell it exactly. Nobody is
sent out by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.events import AnyEvent
from kiosk.room.closing_settings import Night as Rules
from kiosk.room.closing_state import Night
from kiosk.room.hours import MINUTE_MS, clock_minute
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings, until_min
from wire import facts
from wire.hours import DAY_MIN

if TYPE_CHECKING:
    from kiosk.core import Kiosk

HOUR_MS = 60 * MINUTE_MS


# ---------------------------------------------------------------- the part
def attend(_came: Kiosk, kiosk: Kiosk, _event: AnyEvent, _told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room, rules = kiosk.room, around.rules.night
    assert room is not None, "parts are stepped where there is a room"
    since_ms = _since_ms(room, around) if rules else None
    if rules is None or since_ms is None or around.now.mono_ms < _due_ms(room.night, rules, since_ms):
        return room, ()
    if until_min(clock_minute(rules.begin), _length_min(rules), around) != 0:
        return room, ()
    again_ms = around.now.mono_ms + rules.remind_min * MINUTE_MS
    stayed = facts.StayReminded((around.now.mono_ms - since_ms) // MINUTE_MS)
    return replace(room, night=Night(again_ms)), (Record(stayed),)


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    rules = around.rules.night
    since_ms = _since_ms(kiosk.room, around) if rules else None
    if rules is None or since_ms is None:
        return None
    left_min = until_min(clock_minute(rules.begin), _length_min(rules), around)
    if left_min is None:
        return None
    return max(_due_ms(kiosk.room.night, rules, since_ms), around.now.mono_ms + left_min * MINUTE_MS)


# ---------------------------------------------------------------- who has been there for how long
def _since_ms(room: Room, around: Surroundings) -> int | None:
    """Since when somebody has surely been inside (monotonic); None: nobody is, or nobody knows."""
    counting = room.counting
    if not counting.inside:
        return None
    if counting.came_ms:
        return counting.came_ms[0]
    stayed = [around.rule.memory.time_ms(around.now) - one.since_ms for one in counting.present]
    return around.now.mono_ms - max(stayed) if stayed else None


def _due_ms(night: Night, rules: Rules, since_ms: int) -> int:
    """When a reminder is due, if it is night then (monotonic)."""
    return max(since_ms + int(rules.stay_h * HOUR_MS), night.remind_ms)


def _length_min(rules: Rules) -> int:
    return (clock_minute(rules.end) - clock_minute(rules.begin)) % DAY_MIN
