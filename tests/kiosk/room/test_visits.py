"""What is a visit and what is not, by the counter and by cards."""

from __future__ import annotations

import pytest
from msgspec import structs

from drivers.events import CardShown, Crossed
from kiosk.central_events import ReleaseOrdered
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.events import Ticked
from kiosk.fittings import DOOR, Fitting, Fittings
from kiosk.room import counting
from kiosk.room.counting_settings import Counting as Settings
from kiosk.room.counting_state import Counting
from kiosk.room.settings import Room as RoomSettings
from tests.kiosk.room.door import LI, Door
from tests.kiosk.ruling import NEVER, lists
from wire import facts
from wire.faults import number
from wire.hours import Hours
from wire.lists import Body

DAY = ((0, 1440),)
ALWAYS = (DAY,) * 7
UNATTENDED = Hours("Asia/Shanghai", ALWAYS)
STAFFED = Hours("Asia/Shanghai", ALWAYS, staffed=ALWAYS)
ENTRY_WHILE_CLOSED = number("entry_while_closed")
WANG = "b" * 32


class Room(Door):
    """A room whose door is opened by cards; nobody is in it."""

    def __init__(self, *, hours: Hours | None = None, **settings: object) -> None:
        super().__init__()
        self.rules = RoomSettings(counting=Settings(**settings))  # type: ignore[arg-type] - a test's own
        self.room = structs.replace(self.room, counting=Counting(100, 90, "door", known=True, followed=True))
        self.openings, self.entered, self.left = 10, 100, 90
        self.open_from(hours)

    def open_from(self, hours: Hours | None) -> None:
        self.lists = lists(Body("hours", 1, hours=hours)) if hours else lists()

    def grant(self, reader: str = LI.pseudonym, **more: object) -> None:
        self.happen(Ticked(), Record(facts.EntryGranted(reader, **more)))  # type: ignore[arg-type] - a test's own

    def push(self) -> None:
        self.openings += 1
        self.sense(open=True, released=True, openings=self.openings)

    def shut(self) -> None:
        self.sense(openings=self.openings)

    def pass_by(self, *, came: int = 0, went: int = 0) -> None:
        self.entered, self.left = self.entered + came, self.left + went
        self.happen(Crossed("door", self.entered, self.left))

    def visits(self) -> list[facts.Fact]:
        told = (facts.VisitEntered, facts.VisitLeft, facts.EntryApart)
        return [fact for fact in self.facts() if isinstance(fact, told)]

    def alarms(self) -> bool:
        return any(
            isinstance(effect, RaiseFault) and effect.fault == ENTRY_WHILE_CLOSED for effect in self.effects
        )


def by_card(**more: object) -> facts.VisitEntered:
    return facts.VisitEntered(**{"persons": 1, "method": "card", **more})


# ---------------------------------------------------------------- method B
def test_a_granted_card_and_an_opened_door_are_a_visit():
    room = Room(visits="card")
    room.grant()
    assert room.visits() == [], "nobody has come in yet"
    room.push()
    assert room.visits() == [by_card()]


def test_a_door_that_opens_too_late_opens_for_somebody_else():
    room = Room(visits="card")
    room.grant()
    room.pass_s(10)
    room.push()
    assert room.visits() == []


def test_a_refused_card_and_an_opening_without_one_are_none():
    room = Room(visits="card")
    room.happen(Ticked(), Record(facts.EntryRefused(102, LI.pseudonym)))
    room.push()
    assert room.visits() == []


def test_a_card_that_is_waved_often_comes_in_once_and_two_cards_twice():
    room = Room(visits="card")
    for _ in range(10):
        room.grant()
    room.grant(WANG)
    room.push()
    room.grant()
    assert room.visits() == [by_card(), by_card()]
    room.grant(marks=("shared",))
    assert room.visits()[2:] == [by_card(again=True)], "two persons with one card are two"


def test_who_is_let_in_while_the_door_stands_open_comes_in():
    room = Room(visits="card")
    room.grant()
    room.push()
    room.grant(WANG)
    assert len(room.visits()) == 2


def test_companions_are_visits():
    room = Room(visits="card")
    room.grant(companions=2)
    room.push()
    assert room.visits() == [by_card(persons=3, companions=2)]


@pytest.mark.parametrize(("minutes", "again"), [(9, True), (10, False)])
def test_a_reader_who_comes_again_within_ten_minutes_counts_and_is_marked(minutes: int, again: bool):
    room = Room(visits="card")
    room.grant()
    room.push()
    room.shut()
    room.pass_s(minutes * 60)
    room.grant()
    room.push()
    assert room.visits() == [by_card(), by_card(again=again)]


@pytest.mark.parametrize("role", ["staff", "cleaner", "emergency"])
def test_staff_are_no_visit(role: str):
    room = Room(visits="card")
    room.grant(role=role)
    room.push()
    assert room.visits() == [facts.EntryApart(1, "card", "staff")]


# ---------------------------------------------------------------- method A
def test_no_person_is_counted_by_both_methods():
    room = Room()
    room.grant()
    room.push()
    room.pass_by(came=1)
    assert room.visits() == [by_card(check=True), facts.VisitEntered(1, "counter")]
    room = Room(visits="card")
    room.grant()
    room.push()
    room.pass_by(came=1)
    assert room.visits() == [by_card(), facts.VisitEntered(1, "counter", check=True)]


def test_without_a_counter_the_cards_count():
    room = Room()
    room.room = structs.replace(room.room, counting=Counting())
    room.grant()
    room.push()
    assert room.visits() == [by_card()]
    assert counting.known(room.room) is None


def test_the_counter_does_not_count_staff_who_have_just_opened():
    room = Room()
    room.grant(role="staff")
    room.push()
    room.pass_by(came=2)
    assert room.visits() == [facts.EntryApart(1, "counter", "staff"), facts.VisitEntered(1, "counter")]
    room.grant(role="staff")
    room.push()
    room.pass_s(30)
    room.pass_by(came=1)
    assert room.visits()[2:] == [facts.VisitEntered(1, "counter")], "staff have turned round"


@pytest.mark.parametrize(("hours", "unattended"), [(UNATTENDED, True), (STAFFED, False), (None, False)])
def test_a_visit_tells_whether_anybody_was_there_to_attend_to_it(hours: Hours | None, unattended: bool):
    room = Room(hours=hours)
    room.pass_by(came=1)
    assert room.visits() == [facts.VisitEntered(1, "counter", unattended=unattended)]


def test_whoever_comes_in_while_closed_is_an_alarm_until_all_are_out():
    room = Room(hours=NEVER)
    room.pass_by(came=2)
    assert room.visits() == [facts.EntryApart(2, "counter", "closed")]
    assert room.alarms()
    assert counting.inside(room.room) == 2
    room.effects.clear()
    room.pass_by(went=2)
    assert ClearFault(ENTRY_WHILE_CLOSED, DOOR) in room.effects


@pytest.mark.parametrize("at_once", [True, False])
def test_who_follows_staff_into_a_closed_room_is_an_alarm_and_no_visit(at_once: bool):
    room = Room(hours=NEVER)
    room.grant(role="cleaner")
    room.push()
    room.pass_by(came=2 if at_once else 1)
    assert room.alarms() is at_once
    room.pass_by(came=0 if at_once else 1)
    assert room.alarms()
    assert room.visits() == [
        facts.EntryApart(1, "counter", "staff"),
        facts.EntryApart(1, "counter", "closed"),
    ]


def test_a_counter_that_sees_nobody_leave_fills_no_memory():
    room = Room()
    for _ in range(12):
        room.pass_by(came=50)
    assert (counting.inside(room.room), len(room.room.counting.came_ms)) == (600, 500)
    room.pass_s(60)
    for went in (50, 50, 1):
        room.pass_by(went=went)
    assert room.visits()[-2:] == [
        facts.VisitLeft(50, "counter"),
        facts.VisitLeft(1, "counter", stays=1, stayed_s=60),
    ]


def test_who_came_in_while_closed_is_no_alarm_once_it_is_open():
    room = Room(hours=NEVER)
    room.pass_by(came=1)
    room.effects.clear()
    room.happen(Ticked(), Record(facts.RoomOpened()))
    assert room.effects == [ClearFault(ENTRY_WHILE_CLOSED, DOOR)]


def test_who_was_let_in_in_time_may_pass_after_closing():
    room = Room(hours=UNATTENDED)
    room.grant()
    room.push()
    room.open_from(NEVER)
    room.pass_by(came=1)
    assert room.visits() == [
        by_card(check=True, unattended=True),
        facts.VisitEntered(1, "counter", unattended=True),
    ]
    assert not room.alarms()


def test_whom_central_lets_in_while_closed_is_no_alarm_and_no_visit():
    room = Room(hours=NEVER)
    room.happen(ReleaseOrdered(7, 0))
    room.push()
    room.pass_by(came=1)
    assert room.visits() == [facts.EntryApart(1, "counter", "closed")]
    assert not room.alarms()


# ---------------------------------------------------------------- going out
def test_how_long_they_stayed_is_known_of_those_who_were_seen_to_come():
    room = Room()
    room.pass_by(came=1)
    room.pass_s(600)
    room.pass_by(came=1)
    room.pass_s(60)
    room.pass_by(went=1)
    room.pass_by(went=2)
    assert room.visits()[2:] == [
        facts.VisitLeft(1, "counter", stays=1, stayed_s=660),
        facts.VisitLeft(2, "counter", stays=1, stayed_s=60),
    ]
    room = Room()
    room.room = structs.replace(room.room, counting=structs.replace(room.room.counting, by_counter=1))
    room.pass_by(came=1)
    room.pass_by(went=1)
    assert room.visits()[1:] == [facts.VisitLeft(1, "counter")], "who came in an earlier run goes first"


def test_a_card_on_the_way_out_says_who_leaves_and_after_how_long():
    room = Room(exit_readers=("out",))
    room.fittings = Fittings({"out": Fitting("card", exits=True)})
    room.room = structs.replace(room.room, counting=Counting())
    room.grant(companions=1)
    room.push()
    assert counting.known(room.room) == 2
    room.pass_s(3600)
    for _ in range(2):
        room.happen(CardShown("out", LI.card, "card"))
    assert room.visits() == [
        by_card(persons=2, companions=1),
        facts.VisitLeft(2, "card", stays=2, stayed_s=7200),
    ]
    assert counting.known(room.room) == 0
    room.shut()
    room.grant()
    room.push()
    assert room.visits()[2:] == [by_card(again=True)], "within ten minutes of going out"


def test_both_reconciled_take_the_larger_and_tell_where_they_disagree():
    room = Room(exit_readers=("out",), occupancy="both", disagree=2)
    room.grant(companions=1)
    room.push()
    assert counting.inside(room.room) == 2
    room.pass_by(came=4)
    assert counting.inside(room.room) == 4
    assert not [e for e in room.effects if isinstance(e, RaiseFault)]
    room.pass_by(came=1)
    disagree = number("counts_disagree")
    assert RaiseFault(disagree, cause="counter 5, cards 2") in room.effects
    room.pass_by(went=1)
    assert ClearFault(disagree) in room.effects[-4:]
