"""Returning at the desk: no card, no tap."""

from __future__ import annotations

from kiosk.effects import AskItem, AskLoan, AskReturn, WriteTag
from kiosk.events import ItemAnswered
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import WANG, Desk
from wire.faults import number


def test_a_lent_book_laid_down_alone_is_returned_and_secured():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    assert desk.line().step is Step.RETURNING
    desk.answer_return()
    assert desk.last(WriteTag) == WriteTag("E1", secured=True)
    desk.tag_written()
    assert desk.line().step is Step.SECURED
    assert desk.kinds() == ["return.asked", "return.made", "tag.changed"]


def test_the_result_stays_a_while_after_the_book_was_lifted_then_the_desk_is_idle():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    desk.answer_return()
    desk.tag_written()
    desk.lift("E1")
    desk.pass_s(5)
    assert desk.line().step is Step.SECURED
    desk.pass_s(2)
    assert desk.session.phase is Phase.IDLE
    assert not desk.session.lines
    assert not desk.session.stale


def test_a_book_lifted_before_the_ils_said_what_it_is_is_not_returned():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.lift("E1")
    assert not desk.session.lines
    desk.answer_item(on_loan=True)
    assert not desk.asked(AskReturn)


def test_an_unknown_book_is_said_so():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.happen(ItemAnswered(desk.last(AskItem).ask, None, number("item_unknown")))
    assert desk.line().fault == number("item_unknown")


def test_a_return_refused_by_the_ils_leaves_the_tag_alone():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    desk.answer_return(fault=number("return_refused"))
    assert desk.line().step is Step.REFUSED
    assert not desk.asked(WriteTag)


def test_a_set_that_is_no_longer_whole_when_the_ils_says_that_it_is_lent_is_not_returned():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.lift("E2")
    desk.answer_item(on_loan=True)
    assert not desk.asked(AskReturn)
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))
    desk.lay("E2", "B001", part=2, parts=2)
    desk.answer_item(on_loan=True)
    assert len(desk.asked(AskReturn)) == 1


def returned(desk: Desk) -> None:
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    desk.answer_return()
    desk.tag_written()


def test_a_second_tag_of_a_returned_book_is_secured_and_the_book_is_not_lent_by_the_card_that_follows():
    desk = Desk()
    returned(desk)
    desk.greet()
    desk.lay("E2", "B001")
    assert desk.last(WriteTag) == WriteTag("E2", secured=True)
    assert not desk.asked(AskLoan)
    desk.tag_written()
    assert desk.line().step is Step.SECURED


def test_a_part_of_a_returned_set_that_is_put_straight_does_not_lend_the_set():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.answer_item(on_loan=True)
    desk.answer_return()
    for write in desk.asked(WriteTag):
        desk.written(write)
    desk.greet()
    desk.lift("E2")
    desk.lay("E2", "B001", part=2, parts=2)
    assert desk.line().step is Step.SECURED
    assert not desk.asked(AskLoan)


def test_a_returned_book_is_lent_to_who_lifts_it_and_lays_it_down_again():
    desk = Desk()
    returned(desk)
    desk.greet(WANG)
    assert not desk.asked(AskLoan)
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.last(AskLoan).card == WANG.card
    desk.answer_loan()
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
