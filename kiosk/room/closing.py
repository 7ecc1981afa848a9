"""A room opens and closes by its hours: what is told of it, and what is spoken before. A part of the room. Pure.

    15, 10, 5 min before   `room.closing`, spoken (`kiosk.room.speaking`)
    last entry             nobody else is admitted (`Moment.admits`)
    5 min before           the desk begins nothing new (`Rule.closes_desk`); what runs is finished
    the end                `room.closed`, spoken too
    the next opening       `room.opened`

Where the clock is set back an hour, or the kiosk starts anew, nothing is announced twice: what was announced is remembered
by its closing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from kiosk.effects import Record, Remember
from kiosk.events import AnyEvent
from kiosk.room import counting
from kiosk.room.closing_settings import Closing as Settings
from kiosk.room.closing_state import Closing
from kiosk.room.hours import MINUTE_MS, Moment, State
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk

ANNOUNCED = "room.announced"
"""Name under which it is remembered what was announced last: `closes_ms minutes`."""
LATE_MS = 90_000
"""An announcement that comes later than this names a wrong number of minutes."""
LEFT: dict[State, Literal["hours", "cleaning", "self_test"]] = {
    State.CLOSED: "hours",
    State.CLEANING: "cleaning",
    State.SELF_TEST: "self_test",
}


# ---------------------------------------------------------------- the part
def attend(_came: Kiosk, kiosk: Kiosk, _event: AnyEvent, _told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    before, at_ms = room.closing, around.rule.memory.time_ms(around.now)
    listed = around.rule.lists.by_name.get("hours")
    version = listed.body.version if listed else 0
    holds = not listed or before.from_ms <= at_ms < before.until_ms
    if version == before.version and holds:
        return room, ()
    closing = _looked(before, version, at_ms, around)
    effects: Effects = ()
    if closing.moment is not before.moment:
        effects = _turned(before.moment, closing.moment, kiosk)
    if closing.moment is not None and closing.moment.closes_ms is not None:
        closing, more = _announce(closing, closing.moment.closes_ms, kiosk, around)
        effects += more
    return (room, ()) if closing is before else (replace(room, closing=closing), effects)


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Lasting.recall`: what was announced before a start is not announced after it."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    closes_ms, _, minutes = (remembered(ANNOUNCED) or "").partition(" ")
    if not (closes_ms.isdecimal() and minutes.isdecimal()):
        return kiosk
    closing = replace(kiosk.room.closing, announced=(int(closes_ms), int(minutes)))
    return replace(kiosk, room=replace(kiosk.room, closing=closing))


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    closing = kiosk.room.closing
    if closing.moment is None:
        return None
    return around.now.mono_ms + max(closing.until_ms - around.rule.memory.time_ms(around.now), 0)


def is_dim(kiosk: Kiosk, around: Surroundings) -> bool:
    """Whether the room is about to close: lights that can be dimmed are."""
    moment = kiosk.room.closing.moment if kiosk.room else None
    if moment is None or moment.closes_ms is None or moment.next is State.SELF_TEST:
        return False
    left_ms = moment.closes_ms - around.rule.memory.time_ms(around.now)
    return left_ms <= around.rules.closing.dim_min * MINUTE_MS


# ---------------------------------------------------------------- by the hours
def _looked(closing: Closing, version: int, at_ms: int, around: Surroundings) -> Closing:
    """With how the room stands now, and for how long; the same where nobody knows, as before."""
    moment = closing.moment
    if version != closing.version or moment is None or not moment.holds(at_ms):
        moment = around.rule.moment()
    if moment is None:
        same = closing.moment is None and version == closing.version
        return closing if same else Closing(version=version, announced=closing.announced)
    from_ms, until_ms = _span(moment, at_ms, around.rules.closing)
    return Closing(moment, version, closing.announced, from_ms, until_ms)


def _span(moment: Moment, at_ms: int, rules: Settings) -> tuple[int, int]:
    """From when and until when the room stands so, and nothing more of its last minutes is due."""
    edges = [moment.from_ms, moment.until_ms]
    if moment.closes_ms is not None:
        before = (*rules.announce_min, rules.desk_min, rules.dim_min)
        edges += [moment.closes_ms - minutes * MINUTE_MS for minutes in before]
    return max(ms for ms in edges if ms <= at_ms), min(ms for ms in edges if ms > at_ms)


def _turned(before: Moment | None, now: Moment | None, kiosk: Kiosk) -> Effects:
    """What is told where the room has opened or closed; a start tells nothing of what it finds."""
    assert kiosk.room is not None, "the caller looked"
    if before is None or now is None:
        return ()
    shut = LEFT.get(now.state)
    told: Effects = ()
    if before.state is State.SELF_TEST and now.state is not State.SELF_TEST:
        told = (Record(_tested(kiosk)),)
    if shut and before.state not in LEFT:
        return (*told, Record(facts.RoomClosed(shut, counting.inside(kiosk.room))))
    if not shut and before.state in LEFT:
        return (*told, Record(facts.RoomOpened(now.staffed)))
    return told


def _tested(kiosk: Kiosk) -> facts.RoomTested:
    """A self-test is over: who answers."""
    health = kiosk.station
    silent = sorted(health.fittings.by_name.keys() - health.identities.keys())
    return facts.RoomTested(len(health.identities), tuple(silent[:8]))


# ---------------------------------------------------------------- announcements
def _announce(
    closing: Closing, closes_ms: int, kiosk: Kiosk, around: Surroundings
) -> tuple[Closing, Effects]:
    """Tell that the room closes, each of its times once; of several that have passed the last."""
    assert closing.moment is not None, "the caller looked"
    if closing.moment.next is State.SELF_TEST:
        return closing, ()
    left_ms = closes_ms - around.rule.memory.time_ms(around.now)
    due = [minutes for minutes in around.rules.closing.announce_min if left_ms <= minutes * MINUTE_MS]
    told_of, least = closing.announced
    if not due or (told_of == closes_ms and least <= min(due)):
        return closing, ()
    minutes = min(due)
    closing = replace(closing, announced=(closes_ms, minutes))
    if minutes * MINUTE_MS - left_ms > LATE_MS:
        return closing, ()
    assert kiosk.room is not None, "the caller looked"
    return closing, (
        Record(facts.RoomClosing(minutes, counting.inside(kiosk.room))),
        Remember(ANNOUNCED, f"{closes_ms} {minutes}"),
    )
