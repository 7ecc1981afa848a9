"""What the unit's totals become: visits, openings, and units that were lost, replaced or new."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from drivers.errors import Gone
from drivers.events import Crossed, DeviceLost
from kiosk.clock import Now
from kiosk.effects import ClearFault, RaiseFault, Record, Remember
from kiosk.room import moves, table
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.room.surroundings import Surroundings
from tests.kiosk.room.door import SHUT, Door
from tests.kiosk.ruling import rule
from wire import facts
from wire.faults import number


def test_visits_are_what_the_counter_has_grown_by():
    door = Door()
    effects = door.happen(Crossed("door", entered=103, left=91))
    assert effects[:2] == [
        Record(facts.VisitEntered(3, "counter")),
        Record(facts.VisitLeft(1, "counter")),
    ]
    assert door.room.inside == 12
    remembered = effects[-1]
    assert isinstance(remembered, Remember)
    assert moves.recall(Room(), remembered.value) == Room(
        entered=103, left=91, openings=10, counter="door", inside=12
    )


def test_visits_while_the_kiosk_was_off_are_counted_at_the_next_start():
    room = moves.recall(Room(), "100 90 10 10")
    room, effects = table.step(
        room, Crossed("door", 105, 95), Surroundings(Now(0, 0), RoomSettings(), rule(Now(0, 0)))
    )
    assert Record(facts.VisitEntered(5, "counter")) in effects


def test_the_first_totals_ever_are_where_counting_begins():
    room, effects = table.step(
        Room(), Crossed("door", 5000, 4990), Surroundings(Now(0, 0), RoomSettings(), rule(Now(0, 0)))
    )
    assert [type(effect).__name__ for effect in effects] == ["Remember"]
    assert room.entered == 5000


def test_a_counter_that_wraps_goes_on_and_one_that_jumps_is_a_fault():
    door = Door()
    door.room = structs.replace(door.room, entered=2**32 - 1, left=90)
    assert Record(facts.VisitEntered(2, "counter")) in door.happen(Crossed("door", 1, 90))
    effects = door.happen(Crossed("door", 900_000, 90))
    assert isinstance(effects[0], RaiseFault)
    assert effects[0].fault == number("device_misbehaved")


def test_an_opening_that_only_the_unit_saw_becomes_a_fact():
    door = Door(heard=False)
    door.sense(openings=12)
    assert door.facts() == [facts.DoorOpened(11, recovered=True), facts.DoorOpened(12, recovered=True)]


def test_a_replaced_unit_counts_from_its_own_totals_and_its_jump_is_over_when_it_counts_on():
    door = Door(heard=False)
    jumped = [RaiseFault(number("device_misbehaved"), "door", "openings 10 to 3")]
    assert [effect for effect in door.sense(openings=3) if isinstance(effect, RaiseFault)] == jumped
    effects = door.happen(Crossed("door", 5, 4))
    assert isinstance(effects[0], RaiseFault)
    assert moves.recall(Room(), effects[1].value) == Room(
        entered=5, left=4, openings=3, counter="door", inside=10
    )
    effects = door.happen(Crossed("door", 6, 4))
    assert Record(facts.VisitEntered(1, "counter")) in effects
    assert ClearFault(number("device_misbehaved"), "door") in effects


def test_the_first_openings_ever_are_where_counting_begins():
    room, effects = table.step(Room(), SHUT, Surroundings(Now(0, 0), RoomSettings(), rule(Now(0, 0))))
    assert not any(isinstance(effect, Record) for effect in effects)
    (remembered,) = [effect for effect in effects if isinstance(effect, Remember)]
    assert moves.recall(Room(), remembered.value).openings == room.openings == 10


def test_a_unit_that_was_lost_and_is_back_tells_what_was_missed_as_recovered():
    door = Door()
    door.happen(DeviceLost("door", Gone("unplugged")))
    door.sense(open=True, openings=12)
    assert door.facts() == [facts.DoorOpened(11, recovered=True), facts.DoorOpened(12, recovered=True)]


def test_openings_wrap_as_the_units_do():
    door = Door()
    door.sense(openings=2**32 - 1)
    door.room = structs.replace(door.room, openings=2**32 - 1)
    door.effects.clear()
    door.sense(openings=1)
    assert door.facts() == [facts.DoorOpened(0), facts.DoorOpened(1)]


def test_more_left_than_came_and_nobody_is_less_than_none():
    door = Door()
    door.happen(Crossed("door", entered=100, left=95))
    assert door.room.inside == 5
    door.happen(Crossed("door", entered=100, left=115))
    assert door.room.inside == 0


def test_a_count_of_those_who_left_that_jumps_is_a_fault_too():
    door = Door()
    effects = door.happen(Crossed("door", entered=100, left=5_000))
    assert isinstance(effects[0], RaiseFault)
    assert door.facts() == []


def test_totals_that_the_disk_has_spoilt_are_learnt_anew():
    for spoilt in ("", "100 90", "100 9x 10 10"):
        assert moves.recall(Room(), spoilt) == Room()


def test_openings_of_a_unit_that_does_not_count_are_those_that_were_seen():
    door = Door()
    uncounted = replace(SHUT, openings=None, released=True)
    door.happen(uncounted)
    assert Record(facts.DoorOpened(11)) in door.happen(replace(uncounted, open=True))
    door.happen(uncounted)
    assert Record(facts.DoorOpened(12)) in door.happen(replace(uncounted, open=True))
    assert not [effect for effect in door.happen(uncounted) if isinstance(effect, RaiseFault)]
