"""The desk while the ILS is silent: what the rule lends, what comes back, what the tags decide."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivers.events import CardShown, TagSensed
from kiosk import config
from kiosk.debts import Debt
from kiosk.effects import AskItem, AskLoan, AskReader, AskReturn, SenseTag, WriteTag
from kiosk.events import Touched
from kiosk.memory import Memory, meet
from kiosk.owed import Owed
from kiosk.session.state import Phase, Step
from tests.kiosk.ruling import body, lists
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number

CARD_BLOCKED = number("card_blocked")


def silent_desk() -> Desk:
    """Li stands there, known good; the ILS has just fallen silent about a book."""
    desk = Desk()
    desk.known = (LI,)
    desk.greet()
    desk.lay("E1", "B001")
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    return desk


def owing(desk: Desk, *debts: Debt) -> Desk:
    desk.more = {"owed": Owed(debts)}
    return desk


GRANTED = Debt("f" * 16, "loan", "B001", LI.pseudonym, LI.card, by_rule=True, due="2026-12-22", title="活着")
TAKEN = Debt("e" * 16, "return", "B001", by_rule=True, title="活着")


# ---------------------------------------------------------------- cards
def test_a_reader_whom_the_kiosk_knows_is_welcome():
    desk = Desk()
    desk.known = (LI,)
    desk.card(LI)
    desk.ils_silent(ask=desk.last(AskReader).ask)
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.facts() == [facts.SessionOpened(LI.pseudonym, "adult", "rule")]


def test_one_who_was_barred_from_borrowing_is_not():
    desk = Desk()
    desk.known = (replace(LI, borrows=False),)
    desk.card(LI)
    desk.ils_silent(ask=desk.last(AskReader).ask)
    assert desk.facts() == [facts.ReaderRefused(number("cannot_check_card"))]


@pytest.mark.parametrize("number", [LI.card, "04A1B2C3D4"])
def test_one_who_is_denied_is_not_welcome_though_the_ils_says_so(number: str):
    desk = Desk()
    desk.lists = lists(body("deny", readers=(number,)))
    desk.happen(CardShown("card", "04A1B2C3D4", "uid"))
    desk.know(LI)
    assert desk.session.reader is None
    assert desk.facts() == [facts.ReaderRefused(CARD_BLOCKED)]


# ---------------------------------------------------------------- loans
def test_the_tag_is_asked_and_the_book_is_lent():
    desk = silent_desk()
    assert desk.line().step is Step.SENSING
    assert desk.last(SenseTag) == SenseTag("E1")
    desk.tag_sensed(secured=True)
    line = desk.line()
    assert (line.step, line.offline, line.due) == (Step.LENT, True, desk.around.rule.due())
    granted = desk.facts()[-1]
    assert isinstance(granted, facts.LoanGranted)
    assert (granted.item, granted.reader, granted.decided_by) == ("B001", LI.pseudonym, "rule")
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    assert desk.line().step is Step.CLEARED
    desk.happen(Touched("done"))
    assert desk.closed().loans == 1


@pytest.mark.parametrize(
    ("secured", "fault", "was_lent"), [(False, "on_loan_already", True), (None, "cannot_lend_now", False)]
)
def test_a_book_that_is_not_in_stock_by_its_tag_is_owed(secured: bool | None, fault: str, was_lent: bool):
    desk = silent_desk()
    desk.tag_sensed(secured=secured)
    assert (desk.line().step, desk.line().fault) == (Step.OWED, number(fault))
    assert desk.facts()[-1] == facts.LoanOwed(desk.last(AskLoan).txn, "B001", LI.pseudonym, was_lent=was_lent)
    assert not desk.asked(WriteTag)


def test_a_book_whose_loan_did_not_reach_its_tag_is_on_loan_whatever_the_tag_says():
    desk = silent_desk()
    desk.more = {"memory": meet(Memory(wishes={"B001": False}), LI, desk.now, known_days=30)[0]}
    desk.tag_sensed(secured=True)
    assert desk.line().fault == number("on_loan_already")
    assert isinstance(fact := desk.facts()[-1], facts.LoanOwed)
    assert fact.was_lent


def test_a_book_that_was_lifted_before_it_could_be_asked_is_owed():
    desk = Desk()
    desk.known = (LI,)
    desk.greet()
    desk.lay("E1", "B001")
    desk.lift("E1")
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    assert desk.line().step is Step.OWED
    assert not desk.asked(SenseTag)


def test_every_tag_of_a_set_must_say_that_it_is_in_stock():
    desk = Desk()
    desk.known = (LI,)
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    assert desk.asked(SenseTag) == [SenseTag("E1"), SenseTag("E2")]
    desk.happen(TagSensed("pad", "E1", True))
    assert desk.line().step is Step.SENSING
    desk.happen(TagSensed("pad", "E2", False))
    assert desk.line().step is Step.OWED


def test_a_desk_that_lends_nothing_by_itself_asks_no_tag():
    desk = Desk()
    desk.known = (LI,)
    desk.more = {"offline": config.Offline(lend=False)}
    desk.greet()
    desk.lay("E1", "B001")
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    assert desk.line().step is Step.OWED
    assert not desk.asked(SenseTag)


def test_a_session_that_is_ending_waits_for_the_tag():
    desk = silent_desk()
    desk.happen(Touched("done"))
    assert desk.session.phase is Phase.ENDING
    desk.tag_sensed(secured=True)
    desk.tag_written()
    assert desk.session.phase is Phase.IDLE
    assert "loan.granted" in desk.kinds()


# ---------------------------------------------------------------- what comes back
def test_a_return_is_always_taken():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    txn = desk.last(AskReturn).txn
    desk.ils_silent(txn=txn)
    assert desk.facts()[-1] == facts.ReturnTaken(txn, "B001", "活着")
    assert desk.last(WriteTag) == WriteTag("E1", secured=True)
    assert (desk.line().step, desk.line().offline) == (Step.RETURNED, True)


def test_without_a_card_the_tag_says_that_a_book_comes_back():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    desk.tag_sensed(secured=False)
    assert desk.kinds() == ["return.asked", "return.taken"]
    assert not desk.asked(AskReturn)


def test_a_book_in_stock_waits_for_a_card():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    desk.tag_sensed(secured=True)
    assert desk.line().step is Step.WAITING
    desk.greet()
    assert desk.last(AskLoan).item == "B001"


def test_a_tag_that_says_nothing_is_said_so():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    desk.tag_sensed(secured=None)
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("ils_silent"))


def test_a_book_that_was_lifted_while_its_tag_was_asked_leaves_no_trace():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    desk.lift("E1")
    assert desk.session.phase is Phase.IDLE
    desk.tag_sensed(secured=False)
    assert desk.kinds() == []


def test_nothing_new_is_begun_when_the_tag_speaks_too_late():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    desk.happen(Touched("done"))
    desk.tag_sensed(secured=False)
    assert desk.kinds() == []


def test_a_book_that_is_examined_while_the_desk_is_lost_is_not_asked():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.lose_pad()
    desk.ils_silent(ask=desk.last(AskItem).ask)
    assert desk.line().step is Step.WAITING
    assert not desk.asked(SenseTag)


# ---------------------------------------------------------------- older news first
def test_a_book_that_the_rule_lent_comes_back_without_a_question():
    desk = owing(Desk(), GRANTED)
    desk.lay("E1", "B001")
    assert desk.kinds() == ["return.asked", "return.taken"]
    assert desk.line().title == "活着"
    assert not desk.asked(AskItem)


def test_a_book_that_the_rule_took_back_waits_and_is_lent_by_the_rule():
    desk = owing(Desk(), TAKEN)
    desk.known = (LI,)
    desk.lay("E1", "B001")
    assert desk.line().step is Step.WAITING
    desk.greet()
    assert desk.kinds() == ["session.opened", "loan.asked"]
    desk.tag_sensed(secured=True)
    assert desk.kinds()[-1] == "loan.granted"
    assert not desk.asked(AskLoan)


def test_what_the_rule_does_not_lend_then_is_refused_for_the_ils_was_not_asked():
    desk = owing(Desk(), TAKEN)
    desk.greet()
    desk.lay("E1", "B001")
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("cannot_lend_now"))
    assert desk.kinds()[-2:] == ["loan.asked", "loan.refused"]
    desk.happen(Touched("done"))
    assert desk.closed().refusals == 1


@pytest.mark.parametrize(("reader", "fault"), [(LI, "already_yours"), (WANG, "lent_to_other")])
def test_a_book_that_the_rule_lent_is_its_readers(reader, fault: str):
    desk = owing(Desk(), GRANTED)
    desk.greet(reader)
    desk.lay("E1", "B001")
    assert desk.line().fault == number(fault)
    assert desk.kinds()[-2:] == ["loan.asked", "loan.refused"]
    assert bool(desk.asked(WriteTag)) is (reader is LI), "cleared, it may have failed the last time"


# ---------------------------------------------------------------- not secured yet
def wishing(desk: Desk) -> Desk:
    memory, _ = meet(Memory(wishes={"B001": True}), LI, desk.now, known_days=30)
    desk.more = {"memory": memory}
    return desk


def test_a_book_whose_return_did_not_reach_its_tag_is_secured_before_it_is_lent():
    desk = wishing(Desk())
    desk.greet()
    desk.lay("E1", "B001")
    assert desk.line().step is Step.MENDING
    assert desk.last(WriteTag) == WriteTag("E1", secured=True)
    assert not desk.asked(AskLoan)
    desk.tag_written()
    assert desk.facts()[-2] == facts.TagChanged("E1", "B001", secured=True)
    assert desk.last(AskLoan).item == "B001"


def test_one_that_cannot_be_secured_is_not_lent():
    desk = wishing(Desk())
    desk.greet()
    desk.lay("E1", "B001")
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("cannot_lend_now"))
    assert not desk.asked(AskLoan)
    assert "tag.unchanged" not in desk.kinds(), "staff know already"


def test_a_set_of_which_one_tag_cannot_be_secured_keeps_no_session_open():
    desk = wishing(Desk())
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    assert {write.uid for write in desk.asked(WriteTag)} == {"E1", "E2"}
    desk.lift("E1")
    desk.lift("E2")
    desk.written(WriteTag("E1", secured=True), ok=False)
    desk.written(WriteTag("E2", secured=True), ok=False)
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("cannot_lend_now"))
    desk.pass_s(desk.rules.idle_s)
    assert desk.session.phase is Phase.IDLE


def test_without_a_card_it_is_secured_and_waits():
    desk = wishing(Desk())
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=False)
    assert desk.line().step is Step.MENDING
    desk.tag_written()
    assert desk.line().step is Step.WAITING


def test_on_loan_again_it_is_returned_as_any_other():
    desk = wishing(Desk())
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    assert desk.line().step is Step.RETURNING


def test_a_write_of_somebody_elses_does_not_count():
    desk = wishing(Desk())
    desk.greet()
    desk.lay("E1", "B001")
    desk.written(WriteTag("E1", secured=False))
    assert desk.line().step is Step.MENDING
