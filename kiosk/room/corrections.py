"""How many are inside, set right. A part of the room (`kiosk.room.rounds`), behind the one that arms it. Pure.

at night   the room is closed, nothing has moved, and it is armed: nobody is inside, whatever was counted;
           or it is open, and at the hour that is set nothing has moved for very long: nobody is, but whose card came in
           within a day and was not shown on the way out
by order   somebody at central has looked (`room.count`)
by staff   at the machine, one more, one less, or nobody

When the room opens, whoever came in while it was closed is a visitor like all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace

from kiosk.central_events import CountOrdered
from kiosk.effects import ClearFault, Record, of_kinds
from kiosk.events import AnyEvent
from kiosk.fittings import DOOR
from kiosk.memory import DAY_MS
from kiosk.room import counting_state, occupancy, stirring
from kiosk.room.counting_state import Counting
from kiosk.room.hours import MINUTE_MS, State, clock_minute
from kiosk.room.occupancy import Counted
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings, until_min
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk

Why = facts.RoomArmed | facts.RoomOpened | facts.ServiceActed
WHY: tuple[type[Why], ...] = get_args(Why)
KINDS = frozenset(WHY)
CORRECTED_MIN = 120
"""From `[room.counting] correct_at` on, the time in which the number of an open room is set right."""
BY_STAFF = {"one_more": 1, "one_less": -1}
"""What staff do at the machine → persons more than were counted."""


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if type(event) is CountOrdered:
        counting, effects = occupancy.corrected(room.counting, event.persons, "order", around, event.number)
        effects += (Record(facts.OrderDone(event.number, "room.count")),)
    elif told and (fact := _why(told)) is not None:
        counting, effects = _corrected(room.counting, fact, around)
    elif _is_due(room, around) and _left_over(kiosk, around):
        counting, effects = occupancy.corrected(room.counting, _carded(room, around), "night", around)
    else:
        return room, ()
    if counting is room.counting:
        return room, effects
    return replace(room, counting=counting), (*effects, *counting_state.remembered(room.counting, counting))


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    room = kiosk.room
    assert room is not None, "parts are asked where there is a room"
    return _due_ms(room, around) if _may_come(room, around) and _left_over(kiosk, around) else None


def _why(told: Effects) -> Why | None:
    fact = next(of_kinds(told, KINDS), None)
    return fact if isinstance(fact, WHY) else None


def _corrected(counting: Counting, fact: Why, around: Surroundings) -> Counted:
    if isinstance(fact, facts.RoomOpened):
        return counting, (ClearFault(occupancy.ENTRY_WHILE_CLOSED, DOOR),)
    if isinstance(fact, facts.RoomArmed):
        drifted = counting.inside or counting.by_counter or counting.present
        return occupancy.corrected(counting, 0, "night", around) if drifted else (counting, ())
    if fact.act == "nobody_inside":
        return occupancy.corrected(counting, 0, "service", around)
    if fact.act in BY_STAFF:
        inside = max(counting.inside + BY_STAFF[fact.act], 0)
        return occupancy.corrected(counting, inside, "service", around)
    return counting, ()


# ---------------------------------------------------------------- a room that is open at night
def _left_over(kiosk: Kiosk, around: Surroundings) -> bool:
    """More are counted inside than cards tell, and all that would see somebody is heard and sees nobody."""
    room = kiosk.room
    assert room is not None, "parts are asked where there is a room"
    moment, counting = room.closing.moment, room.counting
    if not counting.inside or moment is None or moment.state is State.CLOSED:
        return False
    heard = counting.followed or not counting.counter
    if not (heard and stirring.is_shut(room)) or stirring.is_deaf(kiosk):
        return False
    return counting.inside > _carded(room, around)


def _carded(room: Room, around: Surroundings) -> int:
    """Persons whose cards came in within a day and were not shown on the way out; 0 where none are shown there."""
    day_ago_ms = around.rule.memory.time_ms(around.now) - DAY_MS
    return sum(one.persons for one in room.counting.present if one.since_ms > day_ago_ms)


def _is_due(room: Room, around: Surroundings) -> bool:
    """Nothing has moved for so long, and the hour is there; asked after every event, so the civil time comes last."""
    return stirring.still_from_ms(room, around) <= around.now.mono_ms and _left_min(around) == 0


def _may_come(room: Room, around: Surroundings) -> bool:
    """Whether the room is still for long enough before its hours are looked at, after which this is reckoned again."""
    looked_ms = room.closing.until_ms - around.rule.memory.time_ms(around.now) + around.now.mono_ms
    return stirring.still_from_ms(room, around) < looked_ms


def _due_ms(room: Room, around: Surroundings) -> int | None:
    """When the number is to be set right, if nothing moves until then (monotonic); None: at no time."""
    left_min = _left_min(around)
    if left_min is None:
        return None
    return max(stirring.still_from_ms(room, around), around.now.mono_ms + left_min * MINUTE_MS)


def _left_min(around: Surroundings) -> int | None:
    """Minutes until the hour that is set, 0 within it; None where none is, or nobody knows the civil time."""
    at = around.rules.counting.correct_at
    return until_min(clock_minute(at), CORRECTED_MIN, around) if at else None
