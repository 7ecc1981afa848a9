"""Releases and what the unit says to them."""

from __future__ import annotations

from drivers.errors import Gone
from drivers.events import DeviceLost, DoorAnswered
from kiosk.central_events import ReleaseOrdered
from kiosk.effects import ClearFault, RaiseFault, Record, ReleaseDoor
from kiosk.events import ReaderAnswered
from tests.kiosk.room.door import LI, Door
from wire import facts
from wire.faults import number


def test_an_order_is_answered_when_the_unit_has_answered():
    door = Door()
    effects = door.happen(ReleaseOrdered(7, 0))
    assert effects == [ReleaseDoor(8000), Record(facts.DoorReleased("order", 7))]
    assert Record(facts.OrderDone(7, "door.release")) in door.happen(DoorAnswered("door", "release"))


def test_an_order_that_the_unit_did_not_take_is_refused_and_the_lock_is_a_fault():
    door = Door()
    door.happen(ReleaseOrdered(7, 5))
    effects = door.happen(DoorAnswered("door", "release", Gone("no answer")))
    refused = facts.OrderRefused(7, "door.release", number("order_not_possible"))
    assert Record(refused) in effects
    assert effects[0] == RaiseFault(number("lock_not_released"), "door", "no answer")


def test_an_order_while_the_unit_is_unknown_is_refused():
    door = Door(heard=False)
    (refused,) = door.happen(ReleaseOrdered(7, 0))
    assert refused == Record(facts.OrderRefused(7, "door.release", number("order_not_possible")))


def test_each_release_is_answered_for_itself_in_the_order_in_which_they_were_asked():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.happen(ReleaseOrdered(7, 0))
    assert door.happen(ReleaseOrdered(8, 0))[1:] == [Record(facts.DoorReleased("order", 8))]
    assert not any(isinstance(f, facts.OrderDone) for f in door.answer("release"))
    assert door.answer("release") == [facts.OrderDone(7, "door.release")]
    refused = facts.OrderRefused(8, "door.release", number("order_not_possible"))
    assert door.answer("release", Gone("no answer")) == [refused]


def test_an_order_whose_unit_is_lost_before_it_answers_is_refused():
    door = Door()
    door.happen(ReleaseOrdered(7, 0))
    door.happen(DeviceLost("door", Gone("unplugged")))
    refused = facts.OrderRefused(7, "door.release", number("order_not_possible"))
    assert door.answer("release", Gone("the door is lost")) == [refused]


def test_the_end_of_a_release_answers_no_order():
    door = Door()
    door.happen(ReleaseOrdered(7, 0))
    assert door.answer("secure", Gone("fire or exit holds the door released")) == []
    assert door.answer("release") == [facts.OrderDone(7, "door.release")]


def test_a_reader_whose_door_was_not_released_after_all_is_told_so():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.answer("release", Gone("no answer"))
    assert door.room.notice
    assert door.room.notice.fault == number("lock_not_released")
    door.pass_s(door.rules.refuse_s)
    assert door.room.notice is None


def test_a_reader_whose_door_was_not_released_may_show_the_card_at_once_again():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.answer("release", Gone("no answer"))
    door.happen(ReaderAnswered(door.card(), LI))
    assert door.effects.count(ReleaseDoor(8000)) == 2


def test_an_opening_after_a_release_that_failed_has_no_reason():
    door = Door()
    door.happen(ReleaseOrdered(7, 100_000))
    door.answer("release", Gone("100000000 ms; 1 to 60000 allowed"))
    door.sense(open=True, openings=11)
    assert facts.DoorForced(11) in door.facts()


def test_an_order_may_say_for_how_long():
    door = Door()
    assert ReleaseDoor(20_000) in door.happen(ReleaseOrdered(7, 20))


def test_an_opening_after_an_order_has_a_reason_even_where_the_release_itself_was_not_seen():
    door = Door()
    door.happen(ReleaseOrdered(7, 5))
    door.sense(open=True, openings=11)
    assert facts.DoorForced(11) not in door.facts()


def test_an_opening_long_after_an_order_has_none():
    door = Door()
    door.happen(ReleaseOrdered(7, 5))
    door.pass_s(5)
    door.sense(open=True, openings=11)
    assert facts.DoorForced(11) in door.facts()


def test_a_lock_that_is_released_again_is_mended():
    door = Door()
    door.happen(ReleaseOrdered(7, 0))
    door.answer("release", Gone("no answer"))
    door.happen(ReleaseOrdered(8, 0))
    door.answer("release")
    assert ClearFault(number("lock_not_released"), "door") in door.effects
