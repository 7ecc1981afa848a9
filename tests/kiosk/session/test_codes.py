"""A code in the place of a tag or a card: a book that is lent or comes back by its number, or a reader's card."""

from __future__ import annotations

import pytest

from drivers.events import CardShown, CardTaken
from kiosk.effects import AskItem, AskLoan, AskReader, AskReturn, WriteTag
from kiosk.events import IlsSilent, ItemAnswered
from kiosk.session.moves import deadline_ms
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number

CARD_UNKNOWN, ITEM_UNKNOWN = number("card_unknown"), number("item_unknown")
TAG_NOT_CLEARED, TAG_NOT_SECURED = number("tag_not_cleared"), number("tag_not_secured")
TWO_CARDS = number("two_cards")


def scan(desk: Desk, code: str = "B001") -> None:
    desk.happen(CardShown("scanner", code, "barcode"))


def no_book(desk: Desk) -> None:
    desk.happen(ItemAnswered(desk.last(AskItem).ask, None, ITEM_UNKNOWN))


# ---------------------------------------------------------------- signed in
@pytest.mark.parametrize("answered", [True, False])
def test_a_code_of_which_nobody_knows_what_it_is_when_the_machine_stops_is_forgotten(answered: bool):
    desk = Desk()
    desk.greet()
    scan(desk, WANG.card)
    desk.lose_pad()
    no_book(desk) if answered else desk.ils_silent(ask=desk.last(AskItem).ask)
    assert desk.session.lines == (), "it may be a card: the screen does not show it"
    desk.find_pad()
    desk.settle_pad()
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.asked(AskLoan) == [], "nor is it lent"


def test_a_book_whose_tag_cannot_be_read_is_lent_by_its_barcode():
    desk = Desk()
    desk.greet()
    scan(desk)
    desk.answer_item(on_loan=False)
    assert desk.last(AskLoan).item == "B001"
    desk.answer_loan()
    assert desk.line().step is Step.CLEARED
    assert desk.facts()[-1] == facts.TagUnchanged("", "B001", secured=False, fault=TAG_NOT_CLEARED)
    assert desk.asked(WriteTag) == []
    scan(desk)
    assert len(desk.asked(AskItem)) == 1, "it was dealt with"


def test_its_tag_is_cleared_when_it_is_read_after_all():
    desk = Desk()
    desk.greet()
    scan(desk)
    desk.answer_item(on_loan=False)
    desk.answer_loan()
    desk.lay("E1", "B001")
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    assert desk.facts()[-1] == facts.TagChanged("E1", "B001", secured=False)


def test_what_is_no_book_is_the_next_readers_card():
    desk = Desk()
    desk.greet()
    scan(desk, WANG.card)
    assert desk.session.phase is Phase.IDENTIFIED, "not before the library system has said"
    no_book(desk)
    assert desk.last(AskReader).card == WANG.card
    assert desk.session.reader is None


@pytest.mark.parametrize("shown", [LI.card, "B001"])
def test_one_own_card_and_a_book_on_the_pad_ask_nothing(shown: str):
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    scan(desk, shown)
    assert desk.asked(AskItem) == []


# ---------------------------------------------------------------- nobody is signed in
def test_a_code_that_is_no_card_is_a_book_that_comes_back():
    desk = Desk()
    scan(desk)
    assert desk.last(AskReader).card == "B001"
    desk.refuse_card(CARD_UNKNOWN)
    desk.answer_item(on_loan=True)
    assert desk.last(AskReturn).item == "B001"
    desk.answer_return()
    assert desk.line().step is Step.SECURED
    assert desk.facts()[-1] == facts.TagUnchanged("", "B001", secured=True, fault=TAG_NOT_SECURED)


def test_one_in_stock_waits_for_a_card_and_is_lent():
    desk = Desk()
    scan(desk)
    desk.refuse_card(CARD_UNKNOWN)
    desk.answer_item(on_loan=False)
    assert desk.line().step is Step.WAITING
    desk.greet()
    assert desk.last(AskLoan).item == "B001"


def test_a_code_that_is_neither_is_an_unknown_card():
    desk = Desk()
    scan(desk)
    desk.refuse_card(CARD_UNKNOWN)
    no_book(desk)
    assert desk.session.phase is Phase.IDLE
    assert desk.session.notice
    assert desk.session.notice.fault == CARD_UNKNOWN
    assert desk.kinds() == ["reader.refused"]


def test_what_is_said_of_a_code_while_a_card_is_asked_about_asks_for_no_tick():
    desk = Desk()
    scan(desk)
    desk.refuse_card(CARD_UNKNOWN)
    desk.card(LI)
    no_book(desk)
    assert (desk.session.phase, desk.session.notice.fault) == (Phase.IDENTIFYING, CARD_UNKNOWN)
    assert deadline_ms(desk.session, desk.now, desk.rules) is None, "nobody hears a tick"
    desk.know(LI)
    desk.pass_s(desk.rules.notice_s)
    assert desk.session.notice is None


def test_a_card_of_plastic_is_no_book():
    desk = Desk()
    desk.card(WANG)
    desk.refuse_card(CARD_UNKNOWN)
    assert desk.asked(AskItem) == []


# ---------------------------------------------------------------- the library system is silent
def test_without_an_answer_a_scanned_return_is_taken_and_a_scanned_loan_is_left():
    desk = Desk()
    scan(desk)
    desk.refuse_card(CARD_UNKNOWN)
    desk.answer_item(on_loan=True)
    desk.ils_silent(txn=desk.last(AskReturn).txn)
    assert (desk.line().step, desk.line().offline) == (Step.SECURED, True)
    desk = Desk()
    desk.greet()
    scan(desk)
    desk.answer_item(on_loan=False)
    desk.ils_silent(txn=desk.last(AskLoan).txn)
    assert desk.line().step is Step.OWED, "no tag can say that it is in stock"


def test_without_an_answer_a_code_is_taken_for_a_card():
    desk = Desk()
    desk.greet()
    scan(desk, WANG.card)
    desk.happen(IlsSilent(ask=desk.last(AskItem).ask))
    assert desk.last(AskReader).card == WANG.card


# ---------------------------------------------------------------- cards
def test_of_two_cards_in_one_wallet_the_first_is_served():
    desk = Desk()
    desk.greet()
    desk.pass_s(1)
    desk.card(WANG)
    assert desk.session.reader == LI
    assert desk.session.notice
    assert desk.session.notice.fault == TWO_CARDS


def test_two_cards_in_one_wallet_are_told_also_while_the_first_is_being_asked_about():
    desk = Desk()
    desk.card(LI)
    desk.card(LI)
    desk.happen(CardShown("scanner", "B001", "barcode"))
    assert desk.session.notice is None, "the same again, or what may be a book"
    desk.card(WANG)
    desk.know(LI)
    assert desk.session.reader == LI
    assert desk.session.notice
    assert desk.session.notice.fault == TWO_CARDS


def test_a_card_that_lay_there_for_the_visit_ends_it_when_it_is_taken_off():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(CardTaken("reader"))
    assert desk.session.phase is Phase.ENDING, "the loan is answered first"
    desk.answer_loan()
    desk.tag_written()
    assert desk.closed().why == "done"
    assert desk.closed().loans == 1


def test_a_card_that_is_taken_off_before_its_answer_signs_nobody_in():
    desk = Desk()
    desk.card(LI)
    desk.happen(CardTaken("reader"))
    desk.know(LI)
    assert desk.session.reader is None
    assert desk.session.phase is Phase.IDLE


@pytest.mark.parametrize("where", ["reader", "scanner"])
def test_the_next_card_is_asked_about_unless_it_was_taken_off_by_then(where: str):
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(CardTaken("reader"))
    desk.happen(CardShown(where, WANG.card, "card"))
    desk.happen(CardTaken("reader"))
    desk.answer_loan()
    desk.tag_written()
    taken = where == "reader"
    assert desk.session.phase is (Phase.IDLE if taken else Phase.IDENTIFYING)
