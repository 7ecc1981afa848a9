"""The tags of a session's books: written, retried, lifted meanwhile."""

from __future__ import annotations

from kiosk.effects import AskLoan, WriteTag
from kiosk.events import LoanAnswered
from kiosk.session.state import Step
from tests.kiosk.session.desk import Desk
from wire.faults import number


def lent() -> Desk:
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    return desk


def lent_within() -> Desk:
    """The library system has lent it and keeps its tag secured."""
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(LoanAnswered(desk.last(AskLoan).txn, None, "活着", due="2026-12-22", stays_secured=True))
    return desk


def test_what_is_lent_within_the_building_stays_secured_and_says_so():
    desk = lent_within()
    assert desk.last(WriteTag) == WriteTag("E1", secured=True)
    desk.tag_written()
    assert (desk.line().step, desk.line().fault) == (Step.READ_HERE, number("read_here_only"))
    assert desk.kinds()[-2:] == ["loan.made", "tag.changed"]
    assert desk.facts()[-2].read_here
    assert desk.session.loans == 1
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().step is Step.READ_HERE
    assert len(desk.asked(AskLoan)) == len(desk.asked(WriteTag)) == 1


def test_where_its_tag_cannot_be_secured_staff_are_told_and_the_reader_hears_the_same():
    desk = lent_within()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    told = desk.facts()[-1]
    assert (told.secured, told.fault) == (True, number("tag_not_secured"))
    assert desk.line().fault == number("read_here_only")


def test_a_renewal_is_told_as_one_and_is_no_loan_of_the_session():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(LoanAnswered(desk.last(AskLoan).txn, None, "活着", due="2026-12-22", renewed=True))
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    assert desk.kinds()[-2:] == ["loan.renewed", "tag.changed"]
    assert (desk.line().step, desk.session.loans) == (Step.CLEARED, 0)


def test_a_tag_that_was_lifted_is_not_tried_again_but_told():
    desk = lent()
    desk.lift("E1")
    desk.tag_written(ok=False)
    assert len(desk.asked(WriteTag)) == 1
    assert desk.kinds()[-1] == "tag.unchanged"
    assert (desk.line().step, desk.line().fault) == (Step.LENT, number("tag_not_cleared"))


def test_a_tag_that_is_laid_down_again_while_it_is_being_written_is_written_once():
    desk = lent()
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert len(desk.asked(WriteTag)) == 1
    desk.tag_written()
    assert desk.line().step is Step.CLEARED


def test_a_tag_that_was_tried_in_vain_has_all_its_tries_again_when_it_is_laid_down_again():
    desk = lent()
    tries = desk.rules.tag_tries
    for _ in range(tries):
        desk.tag_written(ok=False)
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().fault is None, "it is under way again"
    for _ in range(tries - 1):
        desk.tag_written(ok=False)
    assert len(desk.asked(WriteTag)) == 2 * tries
    desk.tag_written()
    assert desk.line().step is Step.CLEARED


def test_the_answer_about_a_tag_that_nobody_writes_changes_nothing():
    desk = lent()
    desk.tag_written()
    before = desk.session
    desk.tag_written(ok=False)
    assert desk.session == before


def test_a_book_that_is_already_the_readers_stays_told_so_however_often_its_tag_is_tried():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan(fault=number("already_yours"))
    desk.lift("E1")
    desk.lay("E1", "B001")
    desk.tag_written()
    assert (desk.line().step, desk.line().fault) == (Step.CLEARED, number("already_yours"))
    assert desk.session.loans == 0
