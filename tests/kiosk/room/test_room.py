"""The room's table: who comes in, what is counted, and that nothing keeps anybody in."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    Crossed,
    DeviceLost,
    DoorAnswered,
    DoorSensed,
    GateAlarmed,
    TagContent,
)
from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AnyEffect, AskReader, ClearFault, RaiseFault, Record, ReleaseDoor, SecureDoor
from kiosk.events import AnyEvent, IlsSilent, Reader, ReaderAnswered, ReleaseOrdered, Ticked
from kiosk.room import egress, moves, table
from kiosk.room.state import Contacts, Phase, Room
from wire import facts
from wire.faults import number

LI = Reader("R0001", "a" * 32, "李明", "adult")
SHUT = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=10)


class Door:
    """A room to play with: the real table and a clock moved by hand."""

    def __init__(self, *, heard: bool = True) -> None:
        self.now = Now(1_790_000_000_000, 1_000_000)
        self.rules = config.Room()
        self.room = Room(entered=100, left=90, openings=10, inside=10)
        self.effects: list[AnyEffect] = []
        if heard:
            self.sense()
            self.effects.clear()

    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        self.room, effects = table.step(self.room, event, moves.Surroundings(self.now, self.rules))
        self.effects += effects
        return list(effects)

    def sense(self, **changes: bool | int) -> list[AnyEffect]:
        return self.happen(replace(SHUT, **changes))

    def pass_s(self, seconds: float) -> None:
        ms = int(seconds * 1000)
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms + ms)
        self.happen(Ticked())

    def card(self) -> int:
        (asked,) = self.happen(CardShown("door_scanner", "R0001", "card"))
        assert asked == AskReader(self.room.ask, "R0001", "door")
        return self.room.ask

    def facts(self) -> list[facts.Fact]:
        return [effect.fact for effect in self.effects if isinstance(effect, Record)]


def test_each_event_is_a_row_or_is_ignored_for_a_reason():
    for phase in Phase:
        assert table.TABLE[phase].keys() | table.IGNORED[phase].keys() == table.EVENTS
        assert not table.TABLE[phase].keys() & table.IGNORED[phase].keys()


def test_a_known_card_releases_the_door_before_anything_else():
    door = Door()
    ask = door.card()
    assert door.room.phase is Phase.ASKING
    effects = door.happen(ReaderAnswered(ask, LI))
    assert effects == [
        ReleaseDoor(8000),
        Record(facts.EntryGranted(LI.pseudonym, "adult")),
        Record(facts.DoorReleased("card")),
    ]
    assert door.room.notice
    assert door.room.notice.fault is None


def test_a_refused_card_moves_nothing_and_says_why():
    door = Door()
    effects = door.happen(ReaderAnswered(door.card(), None, number("card_expired")))
    assert effects == [Record(facts.EntryRefused(number("card_expired")))]
    assert door.room.phase is Phase.SECURED


def test_silence_is_our_fault_and_moves_nothing():
    door = Door()
    effects = door.happen(IlsSilent(ask=door.card()))
    assert effects == [Record(facts.EntryRefused(number("cannot_check_card")))]


def test_a_late_answer_releases_nothing():
    door = Door()
    ask = door.card()
    door.happen(IlsSilent(ask=ask))
    assert door.happen(ReaderAnswered(ask, LI)) == []


def test_opening_after_a_release_is_expected_and_the_door_is_secured_behind():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.sense(released=True)
    assert door.room.phase is Phase.RELEASED
    door.sense(released=True, open=True, openings=11)
    assert door.room.phase is Phase.OPEN
    effects = door.sense(released=True, openings=11)
    assert SecureDoor() in effects
    assert facts.DoorOpened(11) in door.facts()
    assert not any(isinstance(fact, facts.DoorForced) for fact in door.facts())


def test_a_door_that_opens_by_itself_is_forced():
    door = Door()
    effects = door.sense(open=True, openings=11)
    assert Record(facts.DoorForced(11)) in effects
    assert RaiseFault(number("door_forced"), "door") in effects


def test_the_exit_button_and_fire_open_without_a_word_from_us():
    for contact, kind in (("exit_pressed", facts.ExitPressed), ("fire", facts.FireRaised)):
        door = Door()
        effects = door.sense(**{contact: True, "released": True})
        assert door.room.phase is Phase.FREE
        assert isinstance(door.facts()[0], kind)
        assert not any(isinstance(effect, ReleaseDoor) for effect in effects)
        door.sense(**{contact: True, "released": True, "open": True, "openings": 11})
        assert not any(isinstance(fact, facts.DoorForced) for fact in door.facts())


def test_fire_stands_as_a_fault_until_the_unit_is_reset():
    door = Door()
    assert RaiseFault(number("fire_active"), "door") in door.sense(fire=True, released=True)
    assert ClearFault(number("fire_active"), "door") in door.sense()
    assert door.facts()[-1] == facts.FireCleared()


def test_a_card_answer_that_comes_while_fire_is_active_changes_nothing():
    door = Door()
    ask = door.card()
    door.sense(fire=True, released=True)
    assert door.happen(ReaderAnswered(ask, LI)) == []


@pytest.mark.parametrize(("opened", "released", "exit_pressed", "fire"), list(product([False, True], repeat=4)))
def test_secure_is_issued_only_when_the_way_out_is_quiet(opened, released, exit_pressed, fire):
    secures = egress.secure_early(Contacts(opened, released, exit_pressed, fire)) == (SecureDoor(),)
    assert secures is (released and not opened and not exit_pressed and not fire)


def test_no_secure_while_the_unit_is_unknown():
    door = Door()
    door.sense(released=True, open=True, openings=11)
    door.happen(DeviceLost("door", Gone("unplugged")))
    assert door.room.phase is Phase.UNKNOWN
    assert SecureDoor() not in door.sense(released=True, openings=11)


def test_a_card_at_a_door_that_cannot_be_moved_is_told_so():
    door = Door(heard=False)
    effects = door.happen(CardShown("door_scanner", "R0001", "card"))
    assert effects == [Record(facts.EntryRefused(number("door_lost")))]


def test_visits_are_what_the_counter_has_grown_by():
    door = Door()
    effects = door.happen(Crossed("door", entered=103, left=91))
    assert effects[:2] == [
        Record(facts.VisitEntered(3, "counter")),
        Record(facts.VisitLeft(1, "counter")),
    ]
    assert door.room.inside == 12
    assert moves.recall(Room(), effects[2].value) == Room(entered=103, left=91, openings=10, inside=12)


def test_visits_while_the_kiosk_was_off_are_counted_at_the_next_start():
    room = moves.recall(Room(), "100 90 10 10")
    room, effects = table.step(room, Crossed("door", 105, 95), moves.Surroundings(Now(0, 0), config.Room()))
    assert Record(facts.VisitEntered(5, "counter")) in effects


def test_the_first_totals_ever_are_where_counting_begins():
    room, effects = table.step(
        Room(), Crossed("door", 5000, 4990), moves.Surroundings(Now(0, 0), config.Room())
    )
    assert [type(effect).__name__ for effect in effects] == ["Remember"]
    assert room.entered == 5000


def test_a_counter_that_wraps_goes_on_and_one_that_jumps_is_a_fault():
    door = Door()
    door.room = replace(door.room, entered=2**32 - 1, left=90)
    assert Record(facts.VisitEntered(2, "counter")) in door.happen(Crossed("door", 1, 90))
    effects = door.happen(Crossed("door", 900_000, 90))
    assert isinstance(effects[0], RaiseFault)
    assert effects[0].fault == number("device_misbehaved")


def test_an_opening_that_only_the_unit_saw_becomes_a_fact():
    door = Door(heard=False)
    door.sense(openings=12)
    assert door.facts() == [facts.DoorOpened(11, recovered=True), facts.DoorOpened(12, recovered=True)]


def test_a_door_held_open_is_a_fault_until_it_is_shut():
    door = Door()
    door.sense(open=True, released=True, openings=11)
    door.pass_s(29)
    assert RaiseFault(number("door_held_open"), "door") not in door.effects
    door.pass_s(1)
    assert RaiseFault(number("door_held_open"), "door") in door.effects
    assert ClearFault(number("door_held_open"), "door") in door.sense(openings=11)


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


def test_the_gate_names_the_book_and_falls_quiet_after_a_minute():
    door = Door()
    effects = door.happen(GateAlarmed("gate", "E1", TagContent("B001")))
    assert effects == [
        Record(facts.GateAlarmed("E1", "B001")),
        RaiseFault(number("gate_alarm"), "gate", "B001"),
    ]
    door.pass_s(60)
    assert door.effects[-1] == ClearFault(number("gate_alarm"), "gate")
