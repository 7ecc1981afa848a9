"""The room's table: who comes in, and that nothing keeps anybody in."""

from __future__ import annotations

from itertools import product

import pytest

from drivers.errors import Gone
from drivers.events import CardShown, DeviceLost
from kiosk.effects import ClearFault, RaiseFault, Record, ReleaseDoor, SecureDoor
from kiosk.events import IlsSilent, ReaderAnswered
from kiosk.room import egress, moves, table
from kiosk.room.state import Contacts, Phase
from tests.kiosk.room.door import LI, WANG, Door
from wire import facts
from wire.faults import number


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


@pytest.mark.parametrize(
    ("opened", "released", "exit_pressed", "fire"), list(product([False, True], repeat=4))
)
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


def test_a_door_held_open_is_a_fault_until_it_is_shut():
    door = Door()
    door.sense(open=True, released=True, openings=11)
    door.pass_s(29)
    assert RaiseFault(number("door_held_open"), "door") not in door.effects
    door.pass_s(1)
    assert RaiseFault(number("door_held_open"), "door") in door.effects
    assert ClearFault(number("door_held_open"), "door") in door.sense(openings=11)


def test_the_door_stays_released_for_who_was_let_in_while_it_stood_open():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.sense(released=True)
    door.sense(released=True, open=True, openings=11)
    door.happen(ReaderAnswered(door.card(WANG.card), WANG))
    assert SecureDoor() not in door.sense(released=True, openings=11)
    door.sense(released=True, open=True, openings=12)
    assert SecureDoor() in door.sense(released=True, openings=12)
    assert not any(isinstance(fact, facts.DoorForced) for fact in door.facts())


def test_an_opening_uses_up_what_was_granted_and_the_next_one_is_forced():
    door = Door()
    door.happen(ReaderAnswered(door.card(), LI))
    door.sense(open=True, openings=11)
    door.sense(openings=11)
    assert Record(facts.DoorForced(12)) in door.sense(open=True, openings=12)


def test_while_the_door_is_free_neither_answer_nor_silence_about_a_card_is_told():
    for answer in (ReaderAnswered, IlsSilent):
        door = Door()
        ask = door.card()
        door.sense(exit_pressed=True, released=True)
        event = ReaderAnswered(ask, None, 101) if answer is ReaderAnswered else IlsSilent(ask=ask)
        assert door.happen(event) == []
        door.sense()
        assert door.room.phase is Phase.SECURED, "the question is over"


def test_an_exit_button_held_for_long_is_one_press():
    door = Door()
    door.sense(exit_pressed=True, released=True)
    door.sense(exit_pressed=True, released=True, open=True, openings=11)
    door.sense(exit_pressed=True, released=True, openings=11)
    assert [fact for fact in door.facts() if isinstance(fact, facts.ExitPressed)] == [facts.ExitPressed()]
    assert SecureDoor() not in door.effects


def test_a_door_that_is_held_open_for_long_asks_for_no_more_time():
    door = Door()
    door.sense(open=True, released=True, openings=11)
    door.pass_s(30)
    door.pass_s(300)
    assert door.effects.count(RaiseFault(number("door_held_open"), "door")) == 1
    assert moves.deadline_ms(door.room) is None


def test_a_card_at_a_released_door_is_asked_about_and_the_last_one_counts():
    for answers in (ReaderAnswered, IlsSilent):
        door = Door()
        door.sense(released=True)
        first, second = door.card(), door.card(WANG.card)
        assert door.room.phase is Phase.RELEASED
        late = ReaderAnswered(first, LI) if answers is ReaderAnswered else IlsSilent(ask=first)
        assert door.happen(late) == []
        assert ReleaseDoor(8000) in door.happen(ReaderAnswered(second, WANG))
        assert door.room.phase is Phase.RELEASED, "the unit's snapshot decides"


def test_a_new_card_takes_the_notice_of_the_last_one_down():
    door = Door()
    door.happen(ReaderAnswered(door.card(), None, number("card_expired")))
    assert door.room.notice
    door.card()
    assert door.room.notice is None


def test_a_snapshot_while_a_card_is_being_asked_about_leaves_the_question_open():
    door = Door()
    ask = door.card()
    door.sense()
    assert door.room.phase is Phase.ASKING
    assert ReleaseDoor(8000) in door.happen(ReaderAnswered(ask, LI))


def test_what_was_asked_when_the_unit_was_lost_is_over():
    door = Door()
    ask = door.card()
    door.happen(DeviceLost("door", Gone("unplugged")))
    door.sense()
    assert door.room.phase is Phase.SECURED
    assert door.happen(ReaderAnswered(ask, LI)) == []


def test_an_old_answer_while_the_door_is_free_does_not_end_a_newer_question():
    door = Door()
    door.sense(released=True)
    first = door.card()
    second = door.card(WANG.card)
    door.sense(exit_pressed=True, released=True)
    door.happen(ReaderAnswered(first, LI))
    door.sense()
    assert door.room.phase is Phase.ASKING
    assert ReleaseDoor(8000) in door.happen(ReaderAnswered(second, LI))


def test_fire_that_lasts_is_raised_once():
    door = Door()
    door.sense(fire=True, released=True)
    door.sense(fire=True, released=True, open=True, openings=11)
    assert door.facts().count(facts.FireRaised()) == 1
    assert door.facts().count(facts.DoorReleased("fire")) == 1
    assert facts.FireCleared() not in door.facts()
    assert ClearFault(number("fire_active"), "door") not in door.effects


def test_a_card_while_the_door_is_free_asks_nobody():
    door = Door()
    door.sense(exit_pressed=True, released=True)
    assert door.happen(CardShown("door_scanner", "R0001", "card")) == []


def test_a_door_open_with_a_reason_is_not_forced():
    reasons = [
        ({}, {"released": True}),
        ({"released": True}, {}),
        ({"exit_pressed": True}, {}),
        ({"fire": True}, {}),
        ({}, {"exit_pressed": True}),
        ({}, {"fire": True}),
    ]
    for before, now in reasons:
        door = Door()
        door.sense(**before)
        door.sense(open=True, openings=11, **now)
        assert facts.DoorForced(11) not in door.facts(), (before, now)


def test_a_forced_door_is_so_once_and_until_it_is_shut():
    door = Door()
    door.sense(open=True, openings=11)
    door.sense(open=True, openings=11)
    assert door.facts().count(facts.DoorForced(11)) == 1
    assert ClearFault(number("door_forced"), "door") not in door.effects
    assert ClearFault(number("door_forced"), "door") in door.sense(openings=11)


def test_the_time_that_a_door_stands_open_counts_from_its_opening():
    door = Door()
    held = RaiseFault(number("door_held_open"), "door")
    door.sense(open=True, released=True, openings=11)
    assert moves.deadline_ms(door.room) == door.now.mono_ms + 30_000
    door.pass_s(20)
    door.sense(open=True, openings=11)
    door.pass_s(10)
    assert held in door.effects


def test_a_door_that_was_shut_meanwhile_was_not_held_open():
    door = Door()
    held = RaiseFault(number("door_held_open"), "door")
    door.sense(open=True, released=True, openings=11)
    door.pass_s(20)
    door.sense(openings=11)
    door.sense(open=True, released=True, openings=12)
    door.pass_s(20)
    assert held not in door.effects


def test_a_door_that_is_not_seen_is_not_said_to_be_held_open():
    door = Door()
    door.sense(open=True, released=True, openings=11)
    door.happen(DeviceLost("door", Gone("unplugged")))
    assert moves.deadline_ms(door.room) is None
    door.pass_s(60)
    assert RaiseFault(number("door_held_open"), "door") not in door.effects


def test_time_is_asked_for_a_notice():
    door = Door()
    door.happen(ReaderAnswered(door.card(), None, number("card_expired")))
    assert moves.deadline_ms(door.room) == door.now.mono_ms + 5_000


def test_a_second_card_while_the_first_is_being_asked_about_changes_nothing():
    door = Door()
    door.card()
    assert door.happen(CardShown("door_scanner", "R0002", "card")) == []


def test_fire_while_the_unit_is_unknown_frees_the_door_as_soon_as_it_is_heard():
    door = Door(heard=False)
    effects = door.sense(fire=True, released=True, open=True, openings=11)
    assert door.room.phase is Phase.FREE
    assert RaiseFault(number("fire_active"), "door") in effects
    assert SecureDoor() not in door.sense(fire=True, released=True, openings=11)
