"""What a start makes of what it finds."""

from __future__ import annotations

from kiosk import recovery
from kiosk.effects import Record
from kiosk.journal import Intent
from kiosk.owed import Debt
from wire import facts
from wire.faults import number
from wire.orders import Order

TXN, READER = "1" * 16, "a" * 32
MADE = facts.LoanMade(TXN, "B001", READER)
NOT_CLEARED, NOT_SECURED = number("tag_not_cleared"), number("tag_not_secured")


def untold(*tail: facts.AnyFact) -> list[facts.Fact]:
    return [record.fact for record in recovery.untold_tags(tail)]


def test_a_tag_whose_loan_was_made_and_of_which_nothing_more_is_known_is_told():
    assert untold(MADE) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]


def test_so_is_one_that_was_to_be_secured():
    assert untold(facts.ReturnMade(TXN, "B001")) == [facts.TagUnchanged("", "B001", True, NOT_SECURED)]


def test_so_is_one_of_a_book_that_was_the_readers_already():
    refused = facts.LoanRefused(TXN, "B001", READER, number("already_yours"))
    assert untold(refused) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]


def test_a_book_that_was_not_lent_keeps_its_tag():
    assert untold(facts.LoanRefused(TXN, "B001", READER, number("on_hold"))) == []


def test_what_was_told_is_not_told_again():
    assert untold(MADE, facts.TagChanged("E1", "B001", secured=False)) == []
    assert untold(MADE, facts.TagUnchanged("E1", "B001", secured=False, fault=NOT_CLEARED)) == []


def test_what_was_found_out_late_has_told_its_tag_already():
    assert untold(facts.LoanMade(TXN, "B001", READER, settled=True)) == []


def test_the_last_that_was_done_with_a_book_counts():
    back = facts.ReturnMade("2" * 16, "B001")
    assert untold(MADE, back) == [facts.TagUnchanged("", "B001", True, NOT_SECURED)]


def test_every_intent_is_owed_in_its_order_and_remembers_whether_the_reader_was_told():
    intents = [
        Intent(TXN, "loan", "B001", READER, "R0001", owed=False),
        Intent("2" * 16, "return", "B002", "", "", owed=True),
    ]
    assert recovery.debts(intents).debts == (
        Debt(TXN, "loan", "B001", READER, "R0001", told=False),
        Debt("2" * 16, "return", "B002", told=True),
    )


def test_an_order_that_was_taken_and_not_answered_is_refused():
    order = Order(7, "door.release", 0, 15_000)
    refused = facts.OrderRefused(7, "door.release", number("order_not_possible"))
    assert recovery.unanswered([order]) == [Record(refused)]
