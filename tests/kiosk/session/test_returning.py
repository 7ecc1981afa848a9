"""Returning at the desk: no card, no tap."""

from __future__ import annotations

from kiosk.effects import AskItem, AskReturn, WriteTag
from kiosk.events import ItemAnswered
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import Desk
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
    desk.answer_item(on_loan=True)
    assert not desk.asked(AskReturn)


def test_a_return_that_is_not_answered_is_owed():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    desk.ils_silent(txn=desk.last(AskReturn).txn)
    assert (desk.line().step, desk.line().fault) == (Step.OWED, number("cannot_return_now"))
    assert desk.kinds()[-1] == "return.owed"


def test_an_ils_that_does_not_say_what_the_book_is_neither_lends_nor_returns():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.ils_silent(ask=desk.last(AskItem).ask)
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("ils_silent"))
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
