"""In the night somebody who has been inside for very long is gently reminded (`kiosk.room.speaking`). A part of the room. Pure.

A counter does not know people apart. Whoever came first is taken to have left first, so that the time which is left
over is one that somebody has surely been inside for. Nobody is sent out by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.events import AnyEvent
from kiosk.room import counting
from kiosk.room.closing_settings import Night as Rules
from kiosk.room.closing_state import Night
from kiosk.room.hours import MINUTE_MS, civil
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.hours import DAY_MIN

if TYPE_CHECKING:
    from kiosk.core import Kiosk

HOUR_MS = 60 * MINUTE_MS
MAX_INSIDE = 500
"""Of more than these the earliest are not kept apart."""


# ---------------------------------------------------------------- the part
def attend(_came: Kiosk, kiosk: Kiosk, _event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room, rules = kiosk.room, around.rules.night
    assert room is not None, "parts are stepped where there is a room"
    if rules is None:
        return room, ()
    night = _counted(room.night, told, counting.inside(room), around.now.mono_ms) if told else room.night
    effects: Effects = ()
    due_ms = _due_ms(night, rules)
    if due_ms is not None and around.now.mono_ms >= due_ms and _until_night(rules, around) == 0:
        minutes = (around.now.mono_ms - night.entered[0]) // MINUTE_MS
        night = replace(night, remind_ms=around.now.mono_ms + rules.remind_min * MINUTE_MS)
        effects = (Record(facts.StayReminded(minutes)),)
    return (room, ()) if night is room.night else (replace(room, night=night), effects)


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Part.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    rules = around.rules.night
    due_ms = _due_ms(kiosk.room.night, rules) if rules else None
    if rules is None or due_ms is None:
        return None
    until = _until_night(rules, around)
    if until is None:
        return None
    return max(due_ms, around.now.mono_ms + until * MINUTE_MS)


def recall(kiosk: Kiosk, _remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Part.recall`: after a start nobody is known to have been there for long."""
    return kiosk


# ---------------------------------------------------------------- who has been there for how long
def _counted(night: Night, told: Effects, inside: int, now_ms: int) -> Night:
    """With those who came in and without those who went, in this step; never more than are inside."""
    entered = night.entered
    for effect in told:
        match effect:
            case Record(fact=facts.VisitEntered(persons=persons)):
                entered += (now_ms,) * min(persons, MAX_INSIDE)
            case Record(fact=facts.VisitLeft(persons=persons)):
                entered = entered[persons:]
    if entered is night.entered:
        return night
    return replace(night, entered=entered[max(len(entered) - min(inside, MAX_INSIDE), 0) :])


def _due_ms(night: Night, rules: Rules) -> int | None:
    """When a reminder is due, if it is night then (monotonic)."""
    if not night.entered:
        return None
    return max(night.entered[0] + int(rules.stay_h * HOUR_MS), night.remind_ms)


def _until_night(rules: Rules, around: Surroundings) -> int | None:
    """Minutes until the night begins, 0 within it; None where nobody knows the civil time."""
    listed = around.rule.lists.hours
    if listed is None or not around.rule.memory.clock_set(around.now):
        return None
    at = civil(ZoneInfo(listed.zone), around.rule.memory.time_ms(around.now))
    minute, begin, end = at.hour * 60 + at.minute, _minute(rules.begin), _minute(rules.end)
    length = (end - begin) % DAY_MIN
    return 0 if (minute - begin) % DAY_MIN < length else (begin - minute) % DAY_MIN


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
