"""What a people counter's totals become, and what of it outlives a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from drivers.errors import Gone
from drivers.events import Crossed, DeviceLost
from kiosk.effects import ClearFault, RaiseFault, Record, Remember
from kiosk.room import counting, counting_state
from kiosk.room.counting_state import Counting, Kept
from tests.kiosk.room.door import Door
from wire import facts
from wire.faults import number

JUMPED = number("counter_jumped")


def journal(**values: str) -> Callable[[str], str | None]:
    """What the journal remembers, by the last word of its name."""
    return {f"room.{name}": value for name, value in values.items()}.get


def remembered(door: Door) -> Counting:
    """What a start would know, from what was remembered last."""
    kept = [e for e in door.effects if isinstance(e, Remember) and e.name == counting_state.COUNTING]
    return counting_state.recall(journal(counting=kept[-1].value or ""))


def restarted(door: Door) -> None:
    door.room = structs.replace(door.room, counting=remembered(door))


def persons(effects: list, kind: type[facts.Fact]) -> int:
    """How many came, or went, in one step."""
    told = [e.fact for e in effects if isinstance(e, Record) and isinstance(e.fact, kind)]
    return sum(fact.persons for fact in told)


def jumps(effects: list) -> bool:
    return any(isinstance(effect, RaiseFault) and effect.fault == JUMPED for effect in effects)


def test_visits_are_what_the_counter_has_grown_by():
    door = Door()
    effects = door.happen(Crossed("door", entered=103, left=91))
    assert effects[:2] == [
        Record(facts.VisitEntered(3, "counter")),
        Record(facts.VisitLeft(1, "counter")),
    ]
    assert counting.inside(door.room) == 12
    kept = {name: getattr(door.room.counting, name) for name in Kept.__struct_fields__}
    assert remembered(door) == Counting(**kept)


def test_visits_while_the_kiosk_was_off_are_counted_at_the_next_start():
    door = Door()
    door.room = structs.replace(door.room, counting=counting_state.recall(journal(counts="100 90 10 10")))
    assert persons(door.happen(Crossed("door", 405, 395)), facts.VisitEntered) == 305


def test_the_first_totals_ever_are_where_counting_begins():
    door = Door()
    door.room = structs.replace(door.room, counting=Counting())
    door.happen(Crossed("door", 5000, 4990))
    assert door.facts() == []
    assert remembered(door).entered == 5000


def test_totals_wrap():
    door = Door()
    door.room = structs.replace(door.room, counting=Counting(2**32 - 1, 90, "door"))
    assert persons(door.happen(Crossed("door", 1, 90)), facts.VisitEntered) == 2


@pytest.mark.parametrize(
    ("looks", "visits"),
    [
        ([(65636, 90), (101, 90)], 1),  # one look was torn
        ([(900_000, 90), (900_001, 90)], 1),  # it stays where it jumped to
        ([(5, 4), (6, 4)], 1),  # it was reset
        ([(5, 4), (900_000, 4), (900_002, 4)], 2),  # and jumped again
        ([(100, 5000), (100, 5001)], 0),
    ],
)
def test_a_counter_that_jumps_is_a_fault_until_it_goes_on_from_anywhere(
    looks: list[tuple[int, int]], visits: int
):
    door = Door()
    *odd, last = looks
    assert all(jumps(door.happen(Crossed("door", *totals))) for totals in odd)
    assert door.facts() == []
    effects = door.happen(Crossed("door", *last))
    assert persons(effects, facts.VisitEntered) == visits
    assert ClearFault(JUMPED, "door") in effects


def test_a_restart_goes_on_from_where_the_counter_jumped_to():
    door = Door()
    door.happen(Crossed("door", 5, 4))
    restarted(door)
    assert persons(door.happen(Crossed("door", 7, 4)), facts.VisitEntered) == 2


def test_as_many_at_once_as_no_door_lets_in_are_none_unless_nobody_looked():
    door = Door()
    door.happen(Crossed("door", 100, 90))
    assert jumps(door.happen(Crossed("door", 160, 90)))
    door.happen(Crossed("door", 101, 90))
    door.happen(DeviceLost("door", Gone("unplugged")))
    assert persons(door.happen(Crossed("door", 161, 90)), facts.VisitEntered) == 60


def test_more_left_than_came_and_nobody_is_less_than_none():
    door = Door()
    door.happen(Crossed("door", entered=100, left=95))
    assert counting.inside(door.room) == 5
    door.happen(Crossed("door", entered=100, left=115))
    assert counting.inside(door.room) == 0


@pytest.mark.parametrize("spoilt", ["", "[]", '{"entered":"9x"}', '{"inside":1'])
def test_what_the_disk_has_spoilt_is_learnt_anew(spoilt: str):
    assert counting_state.recall(journal(counting=spoilt)) == Counting()


@pytest.mark.parametrize(
    ("older", "known"),
    [
        ("103 91 10 12 door", Counting(103, 91, "door", 12, known=True, by_counter=12)),
        ("103 91 10 12", Counting(103, 91, "", 12, by_counter=12)),
        ("- - 10 0 -", Counting()),
        ("100 90", Counting()),
        ("100 9x 10 10", Counting()),
    ],
)
def test_what_an_older_version_remembered_is_still_read(older: str, known: Counting):
    assert counting_state.recall(journal(counts=older)) == known
