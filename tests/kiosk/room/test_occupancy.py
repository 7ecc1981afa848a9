"""How many are inside, how many may be, and how that number is set right."""

from __future__ import annotations

import pytest
from msgspec import structs

from drivers.events import Crossed
from kiosk.central_events import CountOrdered, ListsChanged
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.events import Ticked
from kiosk.fittings import DOOR
from kiosk.room import counting
from kiosk.room.counting_settings import Counting as Settings
from kiosk.room.settings import Room as RoomSettings
from tests.kiosk.room.door import LI, Door
from tests.kiosk.room.test_visits import WANG, Room
from tests.kiosk.ruling import lists
from wire import facts
from wire.admission import Admission, Limit
from wire.faults import number
from wire.lists import Body

OVER_CAPACITY = number("over_capacity")


def limited(door: Door, maximum: int | None, listed: Admission | None = None) -> Door:
    door.rules = RoomSettings(counting=Settings(maximum=maximum))
    door.lists = lists(Body("room", 1, room=listed)) if listed else lists()
    door.happen(ListsChanged(door.lists))
    return door


EPIDEMIC = Limit("2026-09-01", "2026-09-30", 11)


@pytest.mark.parametrize(
    ("maximum", "listed", "most"),
    [
        (None, None, None),
        (12, None, 12),
        (None, Admission(persons=12), 12),
        (12, Admission(persons=80), 12),
        (80, Admission(persons=40, limits=(EPIDEMIC,)), 11),
        (80, Admission(persons=40, limits=(structs.replace(EPIDEMIC, last="2026-09-02"),)), 40),
    ],
)
def test_the_strictest_limit_of_the_day_holds_and_no_list_raises_the_fire_plans(
    maximum: int | None, listed: Admission | None, most: int | None
):
    assert limited(Door(), maximum, listed).room.counting.limit == most


def test_more_than_may_be_inside_is_an_alarm_until_enough_have_gone():
    door = limited(Door(), 11)
    door.happen(Crossed("door", 101, 90))
    assert not [e for e in door.effects if isinstance(e, RaiseFault)]
    assert RaiseFault(OVER_CAPACITY, DOOR, "12 of 11") in door.happen(Crossed("door", 102, 90))
    assert ClearFault(OVER_CAPACITY, DOOR) in door.happen(Crossed("door", 102, 91))


def test_a_stricter_list_may_find_too_many_inside():
    door = Door()
    limited(door, None, Admission(persons=9))
    assert RaiseFault(OVER_CAPACITY, DOOR, "10 of 9") in door.effects


@pytest.mark.parametrize(
    ("act", "inside"), [("one_more", 11), ("one_less", 9), ("nobody_inside", 0), ("sign_on", 10)]
)
def test_staff_set_the_number_at_the_machine(act: str, inside: int):
    door = Door()
    door.happen(Ticked(), Record(facts.ServiceActed(LI.pseudonym, act)))  # type: ignore[arg-type] - from the table
    told = [facts.OccupancyCorrected(10, inside, "service")] if inside != 10 else []
    assert (counting.inside(door.room), door.facts()) == (inside, told)


def test_an_order_sets_the_number_and_is_answered():
    door = Door()
    door.happen(CountOrdered(7, 4))
    assert counting.inside(door.room) == 4
    assert door.facts() == [
        facts.OccupancyCorrected(10, 4, "order", 7),
        facts.OrderDone(7, "room.count"),
    ]
    door.happen(Crossed("door", 101, 90))
    assert counting.inside(door.room) == 5, "it is counted on from there"


def test_at_night_nobody_is_inside_a_room_that_is_armed():
    door = Door()
    armed = Record(facts.RoomArmed(10))
    door.happen(Ticked(), armed)
    assert door.facts() == [facts.OccupancyCorrected(10, 0, "night")]
    door.happen(Ticked(), armed)
    assert len(door.facts()) == 1, "nothing has drifted since"


def test_cards_that_went_unseen_are_forgotten_and_persons_without_one_are_remembered():
    room = Room(exit_readers=("out",), occupancy="card")
    for reader in (LI.pseudonym, WANG):
        room.grant(reader)
    room.push()
    room.happen(CountOrdered(1, 1))
    assert [one.reader for one in room.room.counting.present] == [WANG]
    room.happen(CountOrdered(2, 4))
    assert [(one.reader, one.persons) for one in room.room.counting.present] == [(WANG, 1), ("", 3)]
    room.happen(Crossed("door", 100, 90))
    assert counting.inside(room.room) == 4


def test_the_most_of_a_day_is_told_when_it_is_over():
    door = Door()
    for totals in ((102, 90), (102, 93), (104, 93)):
        door.happen(Crossed("door", *totals))
    assert not [fact for fact in door.facts() if isinstance(fact, facts.OccupancyPeaked)]
    door.pass_s(86_400)
    door.happen(Crossed("door", 104, 103))
    assert door.facts()[-1] == facts.OccupancyPeaked("2026-09-21", 12)
    assert door.room.counting.peak == 11, "so many were inside at midnight"
