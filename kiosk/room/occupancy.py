"""How many are inside, and how many may be. Pure.

| `[room.counting] occupancy` | inside are                                                                        |
| --------------------------- | --------------------------------------------------------------------------------- |
| counter                     | those who came in less those who went out, by the counter                         |
| card                        | whose cards came in and were not shown on the way out, with who came along        |
| both                        | the larger of the two; where they differ by more than `disagree` it is a fault    |
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.fittings import DOOR, Fittings
from kiosk.room.counting_settings import Counting as Settings
from kiosk.room.counting_state import Counting, Present
from kiosk.room.surroundings import Effects, Surroundings
from wire import facts
from wire.faults import number

OVER_CAPACITY = number("over_capacity")
COUNTS_DISAGREE = number("counts_disagree")
ENTRY_WHILE_CLOSED = number("entry_while_closed")
ROOM_ENOUGH: Effects = (ClearFault(OVER_CAPACITY, DOOR),)
NOBODY_INSIDE: Effects = (ClearFault(ENTRY_WHILE_CLOSED, DOOR),)
Basis = Literal["counter", "card", "both"]
Counted = tuple[Counting, Effects]


def counts(counting: Counting, fittings: Fittings) -> bool:
    """Whether a counter counts here: one has been heard, and is still fitted."""
    return bool(counting.counter) and fittings.counts(counting.counter)


def basis(counting: Counting, fittings: Fittings, rules: Settings) -> Basis | None:
    """Who says how many are inside; None: nobody can."""
    if rules.occupancy or counts(counting, fittings):
        return rules.occupancy or "counter"
    return "card" if rules.exit_readers else None


def limit(around: Surroundings) -> int | None:
    """How many may be inside today; None: as many as come. The fire plan's maximum is above every list."""
    listed = around.rule.lists.admission.limit(around.rule.today())
    limits = [bound for bound in (around.rules.counting.maximum, listed) if bound is not None]
    return min(limits, default=None)


def by_card(counting: Counting) -> int:
    """Persons inside by cards."""
    return sum(one.persons for one in counting.present)


def passing(counting: Counting, around: Surroundings) -> int:
    """Persons inside, with those in the doorway: the counter has not seen them yet, cards have."""
    by_card_alone = around.rules.counting.occupancy == "card" or not counting.counter
    if by_card_alone or around.now.mono_ms >= counting.due_until_ms:
        return counting.inside
    return max(counting.inside, counting.by_counter + counting.due)


def reckoned(counting: Counting, fittings: Fittings, around: Surroundings) -> Counted:
    """With how many are inside now, and the faults that follow from it."""
    cards, counter = by_card(counting), counting.by_counter
    by = basis(counting, fittings, around.rules.counting)
    inside = {"counter": counter, "card": cards, "both": max(counter, cards), None: 0}[by]
    effects: Effects = ()
    if by == "both":
        apart = abs(counter - cards) > around.rules.counting.disagree
        cause = f"counter {counter}, cards {cards}"
        effects += (RaiseFault(COUNTS_DISAGREE, cause=cause),) if apart else (ClearFault(COUNTS_DISAGREE),)
    if (by is not None) is not counting.known:
        counting = replace(counting, known=by is not None)
    if inside != counting.inside:
        counting, more = bounded(replace(counting, inside=inside), around)
        effects += more
    return counting, effects


def bounded(counting: Counting, around: Surroundings) -> Counted:
    """With how many may be inside now. More than that is an alarm; where nobody is, nobody came in while closed."""
    inside, most = counting.inside, limit(around)
    few = around.rules.counting.shown_from
    if (most, few) != (counting.limit, counting.few):
        counting = replace(counting, limit=most, few=few)
    over = most is not None and inside > most
    effects: Effects = (RaiseFault(OVER_CAPACITY, DOOR, f"{inside} of {most}"),) if over else ROOM_ENOUGH
    return counting, effects if inside else effects + NOBODY_INSIDE


def corrected(
    counting: Counting,
    inside: int,
    why: Literal["night", "order", "service"],
    around: Surroundings,
    order: int = 0,
) -> Counted:
    """So many are inside, whatever was counted.

    Cards of more persons than that have gone unseen, the first first; more persons than cards have none.
    """
    was, present = counting.inside, counting.present
    while sum(one.persons for one in present) > inside:
        present = present[1:]
    strangers = inside - sum(one.persons for one in present)
    if strangers and around.rules.counting.exit_readers:
        present += (Present("", "", strangers, around.rule.memory.time_ms(around.now)),)
    counting = replace(
        counting,
        inside=inside,
        by_counter=inside,
        present=present,
        came_ms=counting.came_ms[-inside:] if inside else (),
    )
    counting, effects = bounded(counting, around)
    told = Record(facts.OccupancyCorrected(was, inside, why, order))
    return counting, (told, ClearFault(COUNTS_DISAGREE), *effects)
