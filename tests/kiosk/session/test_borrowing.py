"""Borrowing at the desk: card or books first, refusals, silence, tags that will not be cleared."""

from __future__ import annotations

from kiosk.effects import AskItem, AskLoan, AskReader, Record, WriteTag
from kiosk.events import LoanAnswered, ReaderAnswered, Touched
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number


def test_card_first_then_books_without_a_tap():
    desk = Desk()
    desk.greet()
    assert desk.session.phase is Phase.IDENTIFIED
    desk.lay("E1", "B001")
    assert desk.line().step is Step.LENDING
    desk.answer_loan()
    assert desk.line().step is Step.LENT
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    assert desk.line().step is Step.CLEARED
    assert desk.kinds() == ["session.opened", "loan.asked", "loan.made", "tag.changed"]


def test_the_intent_stands_before_the_question_and_keeps_the_card():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    recorded, asked = desk.effects[-2:]
    assert isinstance(asked, AskLoan)
    assert recorded == Record(facts.LoanAsked(asked.txn, "B001", LI.pseudonym), card="R0001")
    assert asked.txn.startswith("0badcafe")


def test_books_first_wait_for_the_card_and_are_lent_by_it():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=False)
    assert (desk.session.phase, desk.line().step) == (Phase.OPEN, Step.WAITING)
    desk.greet()
    assert desk.line().step is Step.LENDING


def test_a_book_laid_while_the_card_is_being_asked_about_is_lent_on_the_answer():
    desk = Desk()
    desk.card(LI)
    desk.lay("E1", "B001")
    assert desk.line().step is Step.WAITING
    assert not desk.asked(AskItem)
    desk.know(LI)
    assert desk.line().step is Step.LENDING


def test_a_book_whose_check_is_under_way_when_the_reader_is_welcomed_is_lent():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.greet()
    desk.answer_item(on_loan=False)
    assert desk.line().step is Step.LENDING


def test_a_refused_book_says_why_and_its_tag_stays_as_it_is():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("on_hold"))
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("on_hold"))
    assert not desk.asked(WriteTag)
    assert desk.kinds()[-1] == "loan.refused"


def test_a_refused_book_laid_down_once_more_is_asked_again():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("limit_reached"))
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert len(desk.asked(AskLoan)) == 2
    assert desk.asked(AskLoan)[0].txn != desk.asked(AskLoan)[1].txn


def test_silence_about_a_reader_whom_only_the_ils_knows_is_owed():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    assert (desk.line().step, desk.line().fault) == (Step.OWED, number("cannot_lend_now"))
    owed = desk.effects[-1]
    assert isinstance(owed, Record)
    assert isinstance(owed.fact, facts.LoanOwed)
    assert owed.card == "R0001"
    assert len(desk.asked(AskLoan)) == 1
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert len(desk.asked(AskLoan)) == 2, "laid down again, it is asked for again"


def test_a_doubled_sighting_lends_once():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.answer_loan()
    assert desk.kinds().count("loan.made") == 1
    assert desk.session.loans == 1


def test_a_tag_that_will_not_be_cleared_is_retried_then_told_and_the_loan_stays():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    assert len(desk.asked(WriteTag)) == desk.rules.tag_tries
    assert (desk.line().step, desk.line().fault) == (Step.LENT, number("tag_not_cleared"))
    assert desk.kinds()[-1] == "tag.unchanged"
    assert "return.asked" not in desk.kinds()


def test_laid_down_once_more_the_tag_is_cleared_after_all():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.lift("E1")
    desk.tag_written(ok=False)
    desk.lay("E1", "B001")
    desk.tag_written()
    assert (desk.line().step, desk.line().fault) == (Step.CLEARED, None)
    assert desk.kinds().count("loan.made") == 1


def test_a_book_lifted_before_the_answer_stays_lent_and_is_told_at_the_end():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lift("E1")
    desk.answer_loan()
    assert desk.line().fault == number("tag_not_cleared")
    desk.pass_s(60)
    assert desk.kinds()[-2:] == ["tag.unchanged", "session.closed"]


def test_a_book_already_on_this_card_has_its_tag_cleared():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("already_yours"))
    desk.tag_written()
    assert (desk.line().step, desk.line().fault) == (Step.CLEARED, number("already_yours"))
    assert desk.kinds()[-2:] == ["loan.refused", "tag.changed"]


def test_an_unknown_card_is_refused_with_its_reason_and_the_desk_stays_open():
    desk = Desk()
    desk.card(WANG)
    desk.refuse_card(number("card_blocked"))
    assert desk.session.phase is Phase.IDLE
    assert desk.session.notice
    assert desk.session.notice.fault == number("card_blocked")
    desk.pass_s(desk.rules.notice_s)
    assert desk.session.notice is None
    assert desk.kinds() == ["reader.refused"]


def test_a_book_that_waited_for_a_refused_card_is_examined_like_any_other():
    desk = Desk()
    desk.card(WANG)
    desk.lay("E1", "B001")
    desk.refuse_card(number("card_blocked"))
    assert (desk.session.phase, desk.line().step) == (Phase.OPEN, Step.CHECKING)


def test_a_book_that_was_examined_before_a_refused_card_is_not_examined_again():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=False)
    desk.card(WANG)
    desk.refuse_card(number("card_blocked"))
    assert desk.line().step is Step.WAITING
    assert len(desk.asked(AskItem)) == 1


def test_silence_about_a_card_is_our_fault():
    desk = Desk()
    desk.card(LI)
    desk.ils_silent(ask=desk.last(AskReader).ask)
    assert desk.session.notice
    assert desk.session.notice.fault == number("cannot_check_card")


def test_a_late_answer_about_the_last_card_changes_nothing():
    desk = Desk()
    desk.card(LI)
    first = desk.last(AskReader).ask
    desk.ils_silent(ask=first)
    desk.card(WANG)
    desk.happen(ReaderAnswered(first, LI))
    assert desk.session.phase is Phase.IDENTIFYING


def test_the_answer_about_the_card_is_known_by_its_own_number_whatever_was_asked_since():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.card(LI)
    card = desk.last(AskReader).ask
    desk.answer_item(on_loan=True)
    assert desk.line().step is Step.RETURNING
    desk.happen(ReaderAnswered(card, LI))
    assert desk.session.phase is Phase.IDENTIFIED


def test_silence_about_the_card_is_known_by_its_own_number_too():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.card(LI)
    card = desk.last(AskReader).ask
    desk.answer_item(on_loan=True)
    desk.ils_silent(ask=card)
    assert desk.session.phase is Phase.OPEN
    assert desk.kinds()[-1] == "reader.refused"


def test_a_doubled_sighting_of_a_refused_book_does_not_ask_again():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("limit_reached"))
    desk.lay("E1", "B001")
    assert len(desk.asked(AskLoan)) == 1


def test_a_cleared_book_that_is_laid_down_again_is_left_alone():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().step is Step.CLEARED
    assert (len(desk.asked(AskLoan)), len(desk.asked(WriteTag))) == (1, 1)


def test_an_ils_that_answers_twice_is_heard_once():
    desk = Desk()
    desk.greet()
    card = desk.last(AskReader).ask
    desk.know(WANG)
    assert desk.session.reader == LI
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("on_hold"))
    desk.answer_loan()
    assert desk.line().step is Step.REFUSED
    assert "loan.made" not in desk.kinds()
    assert card == desk.last(AskReader).ask


def test_silence_about_something_else_does_not_put_the_end_off():
    desk = Desk()
    desk.greet()
    before = desk.session.end_at_ms
    desk.pass_s(10)
    desk.ils_silent(txn="f" * 16)
    desk.ils_silent(ask=7)
    assert desk.session.end_at_ms == before


def test_forty_books_laid_down_at_once_are_each_lent_once():
    desk = Desk()
    desk.greet()
    for n in range(40):
        desk.lay(f"E{n}", f"B{n:03}")
    for ask in desk.asked(AskLoan):
        desk.happen(LoanAnswered(ask.txn, None, "活着"))
    for write in desk.asked(WriteTag):
        desk.written(write)
    assert {line.step for line in desk.session.lines} == {Step.CLEARED}
    desk.happen(Touched("done"))
    assert (desk.closed().loans, len(desk.asked(AskLoan)), len(desk.session.stale)) == (40, 40, 40)
