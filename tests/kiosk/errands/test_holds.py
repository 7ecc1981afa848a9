"""Holds: wished for before a card is shown, placed, cancelled by a second touch."""

from __future__ import annotations

from kiosk.errand_effects import AskAccount, AskCopy, AskHold
from kiosk.errands.state import Panel
from kiosk.session.state import Phase
from tests.kiosk.errands.desk import ALL, LI, WANG, Desk
from wire import facts
from wire.faults import number

HOLD_LIMIT = number("hold_limit")


def test_a_wish_is_placed_when_the_card_is_shown():
    desk = Desk()
    desk.touch("hold", "B001")
    desk.copies()
    assert desk.errand.wish
    assert desk.errand.wish.title == "《B001》"
    assert desk.asked(AskHold) == []
    desk.greet()
    asked = desk.last(AskHold)
    assert (asked.item, asked.card, asked.cancel) == ("B001", LI.card, False)
    assert desk.errand.panel is Panel.ACCOUNT
    desk.hold()
    told = desk.errand.told
    assert told
    assert (told.what, told.title, told.position, told.place) == ("hold", "活着", 2, "石桥")
    assert desk.facts() == [facts.HoldPlaced(asked.txn, "B001", LI.pseudonym, "活着")]
    assert desk.asked(AskAccount), "the account is asked for anew"


def test_a_wish_lapses_as_a_session_would():
    desk = Desk()
    desk.touch("hold", "B001")
    desk.pass_s(44)
    assert desk.errand.wish
    desk.pass_s(1)
    assert desk.errand.wish is None
    desk.greet()
    assert desk.asked(AskHold) == []


def test_a_wish_is_taken_back_and_none_is_made_while_nobody_is_served():
    desk = Desk()
    desk.touch("hold", "B001")
    desk.touch("dismiss")
    assert desk.errand.wish is None
    desk.turn(Phase.OUT_OF_ORDER)
    desk.touch("hold", "B001")
    desk.turn(Phase.IDLE)
    desk.takes = ALL - {"15"}
    desk.touch("hold", "B001")
    assert desk.errand.wish is None
    assert len(desk.asked(AskCopy)) == 1


def test_a_hold_is_refused_with_its_reason():
    desk = Desk()
    desk.greet()
    desk.touch("hold", "B001")
    desk.touch("hold", "B002")
    assert len(desk.asked(AskHold)) == 1, "one at a time"
    desk.hold(HOLD_LIMIT)
    assert desk.errand.told
    assert desk.errand.told.fault == HOLD_LIMIT
    assert desk.facts() == []


def test_a_hold_is_cancelled_by_a_second_touch():
    desk = Desk()
    desk.greet()
    desk.touch("account")
    desk.account()
    assert desk.touch("cancel_hold", "B777") == []
    assert desk.touch("cancel_hold", "B009") == []
    assert desk.errand.sure == "B009"
    desk.touch("cancel_hold", "B009")
    assert desk.last(AskHold).cancel
    desk.hold()
    assert desk.facts() == [facts.HoldCancelled(desk.last(AskHold).txn, "B009", LI.pseudonym, "活着")]


def test_the_last_readers_hold_is_not_told_to_the_next():
    desk = Desk()
    desk.greet()
    desk.touch("hold", "B001")
    desk.leave()
    desk.greet(WANG)
    desk.hold()
    assert desk.errand.told is None
    assert [fact.reader for fact in desk.facts() if isinstance(fact, facts.HoldPlaced)] == [LI.pseudonym]
