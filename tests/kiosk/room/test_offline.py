"""The door while the ILS is silent, by the lists, and at closing time."""

from __future__ import annotations

from drivers.events import CardShown
from kiosk.central_events import ReleaseOrdered
from kiosk.effects import AskReader, ReleaseDoor
from kiosk.events import IlsSilent, ReaderAnswered
from kiosk.room import admission
from kiosk.room.state import Phase
from tests.kiosk.room.door import LI, Door
from tests.kiosk.ruling import NEVER, body, lists
from wire import facts
from wire.faults import number
from wire.lists import Admission, Body

CLOSED = lists(Body("hours", 1, hours=NEVER))


def show(door: Door) -> None:
    door.happen(CardShown("door_scanner", LI.card, "card"))


def released(door: Door) -> bool:
    return any(isinstance(effect, ReleaseDoor) for effect in door.effects)


def test_after_the_silence_a_reader_whom_the_kiosk_knows_comes_in():
    door = Door()
    door.known = (LI,)
    ask = door.card()
    door.happen(IlsSilent(ask=ask))
    assert released(door)
    assert door.facts()[0] == facts.EntryGranted(LI.pseudonym, "adult", "rule")
    assert door.room.phase is Phase.SECURED, "until the unit says that it is released"


def test_while_the_line_is_down_nobody_waits_who_is_known():
    door = Door()
    door.known, door.ils_up = (LI,), False
    show(door)
    assert released(door)
    assert not any(isinstance(effect, AskReader) for effect in door.effects)


def test_while_the_line_is_down_a_stranger_is_asked_about():
    door = Door()
    door.ils_up = False
    ask = door.card()
    door.happen(IlsSilent(ask=ask))
    assert door.facts() == [facts.EntryRefused(number("cannot_check_card"))]


def test_who_is_denied_stays_out_whatever_the_ils_says():
    for up in (True, False):
        door = Door()
        door.lists, door.ils_up = lists(body("deny", readers=(LI.card,))), up
        show(door)
        if up:
            door.happen(ReaderAnswered(door.room.ask, LI))
        assert not released(door)
        assert door.facts() == [facts.EntryRefused(number("card_blocked"))]


def test_a_card_that_is_denied_opens_nothing_though_the_ils_knows_its_reader_by_another():
    door = Door()
    door.lists = lists(body("deny", readers=("R0000",)))
    door.happen(ReaderAnswered(door.card("R0000"), LI))
    assert not released(door)
    assert door.facts() == [facts.EntryRefused(number("card_blocked"))]


def test_who_is_listed_comes_in():
    door = Door()
    door.lists, door.ils_up = lists(body("allow", readers=(LI.card,))), False
    show(door)
    assert door.facts()[0] == facts.EntryGranted(LI.pseudonym, "student", "list")


def test_an_earlier_question_is_dropped_when_the_kiosk_decides_itself():
    door = Door()
    door.card()
    door.sense(released=True)
    door.known, door.ils_up = (LI,), False
    show(door)
    door.happen(IlsSilent(ask=door.room.ask))
    assert [type(fact) for fact in door.facts()].count(facts.EntryRefused) == 0


def test_outside_the_hours_nobody_is_asked_about_or_let_in():
    door = Door()
    door.lists, door.known = CLOSED, (LI,)
    show(door)
    assert not door.effects[:-1]
    assert door.facts() == [facts.EntryRefused(number("closed_now"))]


def test_a_technician_lets_somebody_in_at_any_hour():
    door = Door()
    door.lists = CLOSED
    door.happen(ReleaseOrdered(7, 0))
    assert released(door)


def test_whoever_leaves_is_not_asked_for_the_time():
    door = Door()
    door.lists = CLOSED
    door.sense(released=True, exit_pressed=True)
    assert door.room.phase is Phase.FREE
    assert facts.DoorReleased("exit") in door.facts()


def test_whom_an_older_version_kept_out_stays_out():
    door, fault = Door(), number("too_young")
    door.known, door.ils_up = (LI,), False
    door.lists = lists(Body("room", 1, room=Admission(min_age=16)))
    door.room = admission.recall(door.room, f'{{"{LI.pseudonym}":{fault}}}')
    show(door)
    assert door.facts() == [facts.EntryRefused(fault, LI.pseudonym)]
