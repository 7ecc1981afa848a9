"""What the unit's count of openings becomes, and units that were lost, replaced or new."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from drivers.errors import Gone
from drivers.events import DeviceLost
from kiosk.clock import Now
from kiosk.effects import RaiseFault, Record, Remember
from kiosk.room import moves, table
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.room.surroundings import Surroundings
from tests.kiosk.room.door import SHUT, Door
from tests.kiosk.ruling import rule
from wire import facts
from wire.faults import number


def test_an_opening_that_only_the_unit_saw_becomes_a_fact():
    door = Door(heard=False)
    door.sense(openings=12)
    assert door.facts() == [facts.DoorOpened(11, recovered=True), facts.DoorOpened(12, recovered=True)]


def test_a_replaced_unit_counts_from_its_own_total():
    door = Door(heard=False)
    jumped = [RaiseFault(number("device_misbehaved"), "door", "openings 10 to 3")]
    assert [effect for effect in door.sense(openings=3) if isinstance(effect, RaiseFault)] == jumped
    assert door.room.openings == 3
    assert Record(facts.DoorOpened(4)) in door.sense(openings=4, open=True, released=True)


def test_the_first_openings_ever_are_where_counting_begins():
    room, effects = table.step(Room(), SHUT, Surroundings(Now(0, 0), RoomSettings(), rule(Now(0, 0))))
    assert not any(isinstance(effect, Record) for effect in effects)
    (remembered,) = [effect for effect in effects if isinstance(effect, Remember)]
    kept = {remembered.name: remembered.value}
    assert moves.recall(Room(), kept.get).openings == room.openings == 10


def test_openings_that_an_older_version_remembered_are_still_read_and_spoilt_ones_are_not():
    for text, openings in (("100 90 10 10 door", 10), ("- - - 0 -", None), ("100 90", None), ("", None)):
        assert moves.recall(Room(), {"room.counts": text}.get).openings == openings


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


def test_openings_of_a_unit_that_does_not_count_are_those_that_were_seen():
    door = Door()
    uncounted = replace(SHUT, openings=None, released=True)
    door.happen(uncounted)
    assert Record(facts.DoorOpened(11)) in door.happen(replace(uncounted, open=True))
    door.happen(uncounted)
    assert Record(facts.DoorOpened(12)) in door.happen(replace(uncounted, open=True))
    assert not [effect for effect in door.happen(uncounted) if isinstance(effect, RaiseFault)]
