"""Each answer is about one question: which, is told by its number, in whatever order answers come."""

from __future__ import annotations

from kiosk.effects import AskItem, AskLoan, AskReturn
from kiosk.events import Item, ItemAnswered, LoanAnswered, ReturnAnswered
from kiosk.session.state import Step
from tests.kiosk.session.desk import Desk
from wire.faults import number


def steps(desk: Desk) -> list[Step]:
    return [line.step for line in desk.session.lines]


def two_books(desk: Desk) -> None:
    desk.lay("E1", "B001")
    desk.lay("E2", "B002")


def test_of_two_loans_under_way_each_is_answered_for_itself():
    desk = Desk()
    desk.greet()
    two_books(desk)
    first, second = desk.asked(AskLoan)
    desk.happen(LoanAnswered(second.txn, None))
    assert steps(desk) == [Step.LENDING, Step.LENT]
    desk.happen(LoanAnswered(first.txn, number("on_hold")))
    assert steps(desk) == [Step.REFUSED, Step.LENT]


def test_of_two_books_being_examined_each_is_answered_for_itself():
    desk = Desk()
    two_books(desk)
    first, second = desk.asked(AskItem)
    desk.happen(ItemAnswered(second.ask, Item("B002", "", on_loan=False)))
    assert steps(desk) == [Step.CHECKING, Step.WAITING]
    desk.ils_silent(ask=first.ask)
    assert steps(desk) == [Step.SENSING, Step.WAITING]


def test_of_two_returns_under_way_each_is_answered_for_itself():
    desk = Desk()
    two_books(desk)
    for ask in desk.asked(AskItem):
        desk.happen(ItemAnswered(ask.ask, Item(ask.item, "", on_loan=True)))
    first, second = desk.asked(AskReturn)
    desk.happen(ReturnAnswered(second.txn, None))
    assert steps(desk) == [Step.RETURNING, Step.RETURNED]
    desk.ils_silent(txn=first.txn)
    assert steps(desk) == [Step.RETURNED, Step.RETURNED]
    assert desk.kinds()[-2:] == ["return.made", "return.taken"]


def test_an_answer_about_a_book_that_was_forgotten_is_about_no_other():
    desk = Desk()
    two_books(desk)
    first, second = desk.asked(AskItem)
    desk.happen(ItemAnswered(second.ask, Item("B002", "", on_loan=False)))
    desk.lose_pad()
    desk.happen(ItemAnswered(second.ask, Item("B002", "", on_loan=False)))
    assert steps(desk) == [Step.CHECKING, Step.WAITING]
    desk.happen(ItemAnswered(first.ask, Item("B001", "", on_loan=False)))
    assert steps(desk) == [Step.WAITING, Step.WAITING]


def test_a_book_that_is_lifted_before_anything_was_done_with_it_leaves_no_line():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lift("E1")
    assert not desk.session.lines
    desk.lay("E2", "B002")
    desk.answer_item(on_loan=False)
    desk.lift("E2")
    assert not desk.session.lines


def test_a_waiting_set_that_loses_a_part_waits_for_it():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.answer_item(on_loan=False)
    desk.lift("E1")
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))
