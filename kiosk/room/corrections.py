"""How many are inside, set right. A part of the room (`kiosk.room.rounds`), behind the one that arms it. Pure.

at night   the room is closed, nothing has moved, and it is armed: nobody is inside, whatever was counted
by order   somebody at central has looked (`room.count`)
by staff   at the machine, one more, one less, or nobody

When the room opens, whoever came in while it was closed is a visitor like all others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.central_events import CountOrdered
from kiosk.effects import ClearFault, Record
from kiosk.events import AnyEvent
from kiosk.fittings import DOOR
from kiosk.room import counting_state, occupancy
from kiosk.room.counting_state import Counting
from kiosk.room.occupancy import Counted
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk

Why = facts.RoomArmed | facts.RoomOpened | facts.ServiceActed
BY_STAFF = {"one_more": 1, "one_less": -1}
"""What staff do at the machine → persons more than were counted."""


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if type(event) is CountOrdered:
        counting, effects = occupancy.corrected(room.counting, event.persons, "order", around, event.number)
        effects += (Record(facts.OrderDone(event.number, "room.count")),)
    elif (fact := _why(told)) is not None:
        counting, effects = _corrected(room.counting, fact, around)
    else:
        return room, ()
    if counting is room.counting:
        return room, effects
    return replace(room, counting=counting), (*effects, *counting_state.remembered(room.counting, counting))


def deadline_ms(_kiosk: Kiosk, _around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Part.deadline_ms`: time itself changes nothing."""
    return None


def recall(kiosk: Kiosk, _remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Part.recall`: `kiosk.room.counting` recalls."""
    return kiosk


def _why(told: Effects) -> Why | None:
    for effect in told:
        if type(effect) is Record and isinstance(effect.fact, Why):
            return effect.fact
    return None


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
