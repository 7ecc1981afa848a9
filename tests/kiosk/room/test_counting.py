"""What a people counter's totals become, and who is inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from drivers.events import Crossed
from kiosk.effects import ClearFault, RaiseFault, Record, Remember
from kiosk.room import counting, counting_state
from kiosk.room.counting_state import Counting
from tests.kiosk.room.door import Door
from wire import facts
from wire.faults import number


def journal(**values: str) -> Callable[[str], str | None]:
    """What the journal remembers, by the last word of its name."""
    return {f"room.{name}": value for name, value in values.items()}.get


def recalled(door: Door) -> Counting:
    """What a start would know, from what was remembered last."""
    kept = [e for e in door.effects if isinstance(e, Remember) and e.name == counting_state.COUNTING]
    return counting_state.recall(journal(counting=kept[-1].value or ""))


def test_visits_are_what_the_counter_has_grown_by():
    door = Door()
    effects = door.happen(Crossed("door", entered=103, left=91))
    assert effects[:2] == [
        Record(facts.VisitEntered(3, "counter")),
        Record(facts.VisitLeft(1, "counter")),
    ]
    assert counting.inside(door.room) == 12
    assert recalled(door) == door.room.counting


def test_visits_while_the_kiosk_was_off_are_counted_at_the_next_start():
    door = Door()
    door.room = structs.replace(door.room, counting=counting_state.recall(journal(counts="100 90 10 10")))
    assert Record(facts.VisitEntered(5, "counter")) in door.happen(Crossed("door", 105, 95))


def test_the_first_totals_ever_are_where_counting_begins():
    door = Door()
    door.room = structs.replace(door.room, counting=Counting())
    (remembered,) = door.happen(Crossed("door", 5000, 4990))
    assert isinstance(remembered, Remember)
    assert door.room.counting.entered == 5000


def test_a_counter_that_wraps_goes_on_and_one_that_jumps_is_a_fault():
    door = Door()
    door.room = structs.replace(door.room, counting=Counting(2**32 - 1, 90, "door", 10))
    assert Record(facts.VisitEntered(2, "counter")) in door.happen(Crossed("door", 1, 90))
    effects = door.happen(Crossed("door", 900_000, 90))
    assert isinstance(effects[0], RaiseFault)
    assert effects[0].fault == number("device_misbehaved")


def test_a_jump_is_over_when_the_counter_counts_on():
    door = Door()
    effects = door.happen(Crossed("door", 5, 4))
    assert isinstance(effects[0], RaiseFault)
    assert (recalled(door).entered, recalled(door).inside) == (5, 10)
    effects = door.happen(Crossed("door", 6, 4))
    assert Record(facts.VisitEntered(1, "counter")) in effects
    assert ClearFault(number("device_misbehaved"), "door") in effects


def test_more_left_than_came_and_nobody_is_less_than_none():
    door = Door()
    door.happen(Crossed("door", entered=100, left=95))
    assert counting.inside(door.room) == 5
    door.happen(Crossed("door", entered=100, left=115))
    assert counting.inside(door.room) == 0


def test_a_count_of_those_who_left_that_jumps_is_a_fault_too():
    door = Door()
    effects = door.happen(Crossed("door", entered=100, left=5_000))
    assert isinstance(effects[0], RaiseFault)
    assert door.facts() == []


@pytest.mark.parametrize("spoilt", ["", "[]", '{"entered":"9x"}', '{"inside":1'])
def test_what_the_disk_has_spoilt_is_learnt_anew(spoilt: str):
    assert counting_state.recall(journal(counting=spoilt)) == Counting()


@pytest.mark.parametrize(
    ("older", "known"),
    [
        ("103 91 10 12 door", Counting(103, 91, "door", 12)),
        ("103 91 10 12", Counting(103, 91, "", 12)),
        ("- - 10 0 -", Counting()),
        ("100 90", Counting()),
        ("100 9x 10 10", Counting()),
    ],
)
def test_what_an_older_version_remembered_is_still_read(older: str, known: Counting):
    assert counting_state.recall(journal(counts=older)) == known
