"""What each phase makes of the same event, where phases differ."""

from __future__ import annotations

from msgspec import structs

from drivers.events import CardShown, KeysEntered
from kiosk.central_events import ReleaseOrdered
from kiosk.effects import AskReader, Record, ReleaseDoor
from kiosk.events import IlsSilent, ReaderAnswered, ShownInVain, Touched, Typed
from kiosk.room.admission_state import Admission, Entrant, Question, Wanted
from kiosk.room.state import Phase
from tests.kiosk.room.door import LI, WANG, Door
from tests.kiosk.ruling import lists
from wire import admission, facts
from wire.faults import number
from wire.lists import Body

WORN = ShownInVain("door_scanner", number("card_unreadable"))
LOST = facts.EntryRefused(number("door_lost"))
DENIED = facts.EntryRefused(number("cannot_check_card"))


def at(phase: Phase) -> Door:
    """A door in this phase, a card being asked about."""
    door = Door()
    door.room = structs.replace(door.room, phase=phase, card=LI.card)
    return door


def questioned(phase: Phase, wants: Wanted) -> Door:
    """A door in this phase, its reader asked something."""
    door, until_ms = Door(), 2_000_000
    door.lists = lists(Body("room", 1, room=admission.Admission(companions=2)))
    asked = Admission(question=Question(Entrant(LI, "ils"), wants, until_ms))
    door.room = structs.replace(door.room, phase=phase, admission=asked)
    return door


def test_keys_alone_open_nothing_and_who_types_them_is_told_so_wherever_they_can_be_let_in():
    told = {Phase.UNKNOWN: [Record(LOST)], Phase.ASKING: [], Phase.FREE: []}
    for phase in Phase:
        refused = [Record(facts.EntryRefused(number("keys_not_taken")))]
        assert at(phase).happen(KeysEntered("door_reader", "1234#")) == told.get(phase, refused), phase


def test_an_answer_of_the_reader_counts_wherever_one_is_awaited():
    heard = {Phase.QUESTIONED, Phase.RELEASED, Phase.OPEN}
    for phase in Phase:
        door = questioned(phase, "companions")
        granted = facts.EntryGranted(LI.pseudonym, "adult", companions=2)
        come = [ReleaseDoor(8000), Record(granted), Record(facts.DoorReleased("card"))]
        assert door.happen(Touched("companions", "2")) == (come if phase in heard else []), phase
        door = questioned(phase, "pin")
        asked = AskReader(door.room.ask + 2, LI.card, "door", pin="123456")
        assert door.happen(Typed("door_pin", "123456")) == ([asked] if phase in heard else []), phase


def test_whoever_is_asked_may_show_another_card_instead():
    door = questioned(Phase.QUESTIONED, "pin")
    asked = AskReader(door.room.ask + 2, WANG.card, "door")
    assert door.happen(CardShown("door_scanner", WANG.card, "card")) == [asked]
    assert door.room.admission.question is None


def test_who_shows_what_says_nothing_is_told_why_wherever_they_can_be_let_in():
    told = {Phase.UNKNOWN: [Record(LOST)], Phase.ASKING: [], Phase.FREE: []}
    for phase in Phase:
        worn = [Record(facts.EntryRefused(WORN.fault))]
        assert at(phase).happen(WORN) == told.get(phase, worn), phase


def test_an_order_releases_in_every_phase_in_which_the_unit_is_heard():
    refused = [Record(facts.OrderRefused(7, "door.release", number("order_not_possible")))]
    done = [ReleaseDoor(5000), Record(facts.DoorReleased("order", 7))]
    for phase in Phase:
        assert at(phase).happen(ReleaseOrdered(7, 5)) == (refused if phase is Phase.UNKNOWN else done), phase


def test_an_answer_decides_wherever_a_lock_holds_and_ends_the_question_wherever_it_does_not():
    nothing = {Phase.UNKNOWN, Phase.FREE}
    for phase in Phase:
        silent, good = at(phase), at(phase)
        assert silent.happen(IlsSilent(silent.room.ask)) == ([] if phase in nothing else [Record(DENIED)])
        granted = any(isinstance(e, ReleaseDoor) for e in good.happen(ReaderAnswered(good.room.ask, LI)))
        assert granted is (phase not in nothing), phase
        assert phase is Phase.UNKNOWN or (silent.room.card, good.room.card) == ("", "")
