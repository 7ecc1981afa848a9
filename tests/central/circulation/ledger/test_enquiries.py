"""What the ledger knows of an item and of a reader."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger.models import Fee, Item, Loan, Reader, ReaderType, Terms
from central.circulation.ledger.outcomes import Charged
from tests.central.circulation.ledger.more import change, later
from tests.central.circulation.ledger.verbs import (
    check_in,
    check_out,
    item_information,
    pin_hash,
    reader_information,
)
from tests.central.circulation.world import CUN, NOW_MS, TODAY, XIAN, hold


@pytest.mark.parametrize(
    ("barcode", "status"),
    [("B1", "available"), ("REF", "reference"), ("LOST", "lost"), ("GONE", "withdrawn")],
)
def test_an_item_on_the_shelf(session, barcode, status):
    found = item_information(session, barcode)

    assert (found.status, found.due_on, found.waiting) == (status, None, 0)


def test_an_item_on_loan_and_its_queue(session):
    check_out(session, CUN, "R1", "B1")
    hold(session, "R2", 1)
    hold(session, "CHILD", 1)

    found = item_information(session, "B1")
    assert (found.status, found.due_on, found.waiting) == ("lent", date(2026, 3, 31), 2)
    assert (found.book.home, found.book.place) == ("xian", "cun")


def test_what_is_unknown(session):
    assert item_information(session, "NOTHING") is None
    assert reader_information(session, XIAN, "NOBODY") is None
    assert pin_hash(session, "NOBODY") is None


def test_a_reader_without_loans(session):
    reader = reader_information(session, XIAN, "R1")

    assert (reader.name, reader.type, reader.home, reader.bar) == ("林书远", "adult", "xian", None)
    assert (reader.charged, reader.overdue, reader.awaited) == ((), (), ())
    assert (reader.loan_limit, reader.fees_fen, reader.too_much_owed) == (3, 0, False)


def test_loans_are_told_oldest_first_and_the_overdue_apart(session):
    check_out(session, XIAN, "R1", "B4")
    session.add(
        Loan(item_barcode="B1", reader_card="R1", lent_ms=1, due_on=date(2026, 2, 28), lent_account="x")
    )

    reader = reader_information(session, XIAN, "R1")
    old = Charged("B1", "三体", date(2026, 2, 28))
    assert reader.charged == (old, Charged("B4", "昆虫记", date(2026, 3, 31)))
    assert reader.overdue == (old,)


def test_a_book_is_not_overdue_on_its_last_day(session):
    session.add(Loan(item_barcode="B1", reader_card="R1", lent_ms=1, due_on=TODAY, lent_account="x"))

    assert reader_information(session, XIAN, "R1").overdue == ()


@pytest.mark.parametrize(
    ("card", "fault"), [("R1", None), ("EXPIRED", "card_expired"), ("BLOCKED", "card_blocked")]
)
def test_what_bars_a_card(session, card, fault):
    assert reader_information(session, XIAN, card).bar == fault


@pytest.mark.parametrize(("card", "owed"), [("SMALLDEBT", False), ("DEBTOR", True)])
def test_what_is_owed_too_much(session, card, owed):
    assert reader_information(session, XIAN, card).too_much_owed is owed


REFUSALS = [
    ("R1", {}, None),
    ("R1", {"blocked": True, "blocked_until": date(2026, 2, 28)}, None),
    ("R1", {"blocked": True, "blocked_until": TODAY}, "card_blocked"),
    ("EXPIRED", {}, "card_expired"),
    ("DEBTOR", {}, "fees_owed"),
    ("SMALLDEBT", {}, None),
]


@pytest.mark.parametrize(("card", "fields", "fault"), REFUSALS)
def test_what_keeps_a_reader_from_borrowing_anything(session, card, fields, fault):
    change(session, Reader, card, **fields)

    assert reader_information(session, XIAN, card).refusal == fault


def test_a_reader_at_the_limit_may_borrow_nothing_more(session):
    check_out(session, XIAN, "CHILD", "B1")

    assert reader_information(session, XIAN, "CHILD").refusal == "limit_reached"


@pytest.mark.parametrize(("limit", "too_many"), [(0, True), (1, False), (None, False)])
def test_overdue_items_bind_beyond_their_number(session, limit, too_many):
    change(session, ReaderType, "adult", max_overdue=limit)
    check_out(session, XIAN, "R1", "B1")

    reader = reader_information(session, later(XIAN, 31), "R1")
    assert (reader.too_many_overdue, reader.refusal) == (too_many, "overdue_items" if too_many else None)


def test_a_deposit_and_terms_come_before_the_first_loan(session):
    change(session, ReaderType, "adult", deposit_fen=10_000)
    assert reader_information(session, XIAN, "R1").refusal == "deposit_needed"

    change(session, Reader, "R1", deposit_fen=10_000)
    session.add_all([Terms(version=v, from_on=on, text_zh="") for v, on in (("1", TODAY), ("2", date.max))])
    assert reader_information(session, XIAN, "R1").refusal == "terms_not_accepted"
    assert check_out(session, XIAN, "R1", "B1").fault == "terms_not_accepted"
    change(session, Reader, "R1", terms_version="1")
    assert reader_information(session, XIAN, "R1").refusal is None


def test_fees_are_told_one_by_one(session):
    fee = {"kind": "overdue", "amount_fen": 600, "open_fen": 501, "item_barcode": "B1", "branch_id": "xian"}
    session.add(Fee(reader_card="DEBTOR", at_ms=NOW_MS, **fee))

    (fee,) = reader_information(session, XIAN, "DEBTOR").fees

    assert (fee.title, fee.open_fen, fee.amount_fen) == ("三体", 501, 600)
    assert reader_information(session, XIAN, "R1").fees == ()


def test_a_lost_card_is_told_apart(session):
    change(session, Reader, "BLOCKED", blocked_why="lost")

    assert reader_information(session, XIAN, "BLOCKED").card_lost
    assert not reader_information(session, XIAN, "R1").card_lost


def test_where_an_item_is_said_in_one_word(session):
    hold(session, "R2", 1)
    assert item_information(session, "B1").status == "available"
    check_in(session, XIAN, "B1")
    check_in(session, CUN, "B4")
    change(session, Item, "B5", status="missing")

    assert [item_information(session, b).status for b in ("B1", "B4", "B5")] == ["kept", "transit", "missing"]


def test_the_desks_day_is_civil_time():
    assert replace(XIAN, now_ms=NOW_MS + 14 * 3_600_000).today == date(2026, 3, 2)
