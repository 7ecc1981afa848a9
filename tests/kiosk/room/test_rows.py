"""What each phase makes of the same event, where phases differ."""

from __future__ import annotations

from msgspec import structs

from kiosk.central_events import ReleaseOrdered
from kiosk.effects import Record, ReleaseDoor
from kiosk.events import IlsSilent, ReaderAnswered, ShownInVain
from kiosk.room.state import Phase
from tests.kiosk.room.door import LI, Door
from wire import facts
from wire.faults import number

WORN = ShownInVain("door_scanner", number("card_unreadable"))
LOST = facts.EntryRefused(number("door_lost"))
DENIED = facts.EntryRefused(number("cannot_check_card"))


def at(phase: Phase) -> Door:
    """A door in this phase, a card being asked about."""
    door = Door()
    door.room = structs.replace(door.room, phase=phase, card=LI.card)
    return door


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
