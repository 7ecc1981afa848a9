"""What the ledger knows of an item and of a reader."""

from dataclasses import replace
from datetime import date

import pytest

from central.circulation.ledger.models import Loan
from central.circulation.ledger.outcomes import Awaited, Charged
from tests.central.circulation.verbs import check_out, item_information, pin_hash, reader_information
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, TODAY, XIAN, hold


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
    assert reader_information(session, "NOBODY", TODAY) is None
    assert pin_hash(session, "NOBODY") is None


def test_a_reader_without_loans(session):
    reader = reader_information(session, "R1", TODAY)

    assert (reader.name, reader.type, reader.home, reader.bar) == ("林书远", "adult", "xian", None)
    assert (reader.charged, reader.overdue, reader.awaited) == ((), (), ())
    assert (reader.loan_limit, reader.fees_fen, reader.too_much_owed) == (3, 0, False)


def test_loans_are_told_oldest_first_and_the_overdue_apart(session):
    check_out(session, XIAN, "R1", "B4")
    session.add(
        Loan(item_barcode="B1", reader_card="R1", lent_ms=1, due_on=date(2026, 2, 28), lent_account="x")
    )

    reader = reader_information(session, "R1", TODAY)
    old = Charged("B1", "三体", date(2026, 2, 28))
    assert reader.charged == (old, Charged("B4", "昆虫记", date(2026, 3, 31)))
    assert reader.overdue == (old,)


def test_a_book_is_not_overdue_on_its_last_day(session):
    session.add(Loan(item_barcode="B1", reader_card="R1", lent_ms=1, due_on=TODAY, lent_account="x"))

    assert reader_information(session, "R1", TODAY).overdue == ()


@pytest.mark.parametrize(
    ("card", "fault"), [("R1", None), ("EXPIRED", "card_expired"), ("BLOCKED", "card_blocked")]
)
def test_what_bars_a_card(session, card, fault):
    assert reader_information(session, card, TODAY).bar == fault


@pytest.mark.parametrize(("card", "owed"), [("SMALLDEBT", False), ("DEBTOR", True)])
def test_what_is_owed_too_much(session, card, owed):
    assert reader_information(session, card, TODAY).too_much_owed is owed


def test_a_hold_is_ready_when_it_is_the_readers_turn_and_a_copy_stands_there(session):
    hold(session, "R1", 1, NOW_MS - DAY_MS)
    hold(session, "R1", 2, NOW_MS)
    hold(session, "R2", 2, NOW_MS - DAY_MS)

    assert reader_information(session, "R1", TODAY).awaited == (
        Awaited("三体", ready=True),
        Awaited("万历十五年", ready=False),
    )


def test_a_hold_is_not_ready_while_every_copy_is_out(session):
    for barcode in ("B4", "B5"):
        check_out(session, XIAN, "R1", barcode)
    hold(session, "R2", 3)

    assert reader_information(session, "R2", TODAY).awaited == (Awaited("昆虫记", ready=False),)


def test_the_desks_day_is_civil_time():
    assert replace(XIAN, now_ms=NOW_MS + 14 * 3_600_000).today == date(2026, 3, 2)
