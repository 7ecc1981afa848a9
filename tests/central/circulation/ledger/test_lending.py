"""Lending and taking back, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from central.circulation.ledger.models import Item, Loan
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from tests.central.circulation.ledger.more import change, later
from tests.central.circulation.ledger.verbs import check_in, check_out, item_information
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN, hold
from wire import faults


def loans(session):
    return session.scalars(select(Loan).order_by(Loan.id)).all()


def test_a_loan_is_made(session):
    lent = check_out(session, CUN, "R1", "B3")

    assert isinstance(lent, Lent)
    assert (lent.due_on, lent.renewed, lent.overridden) == (date(2026, 3, 31), False, None)
    assert loans(session)[0].entered_ms is None
    assert (lent.book.title, lent.book.call_number, lent.book.home) == ("万历十五年", "K248.3/1", "cun")
    (loan,) = loans(session)
    assert (loan.item_barcode, loan.reader_card, loan.lent_ms) == ("B3", "R1", NOW_MS)
    assert (loan.lent_account, loan.returned_ms, loan.renewals) == ("cun-room", None, 0)
    assert (loan.lent_branch_id, loan.reader_type_id, lent.reader_type) == ("cun", "adult", "adult")


def test_the_day_of_a_loan_is_the_branchs_own(session):
    """23:30 in Shanghai is 15:30 UTC; half an hour later it is another day there and not in Greenwich."""
    midnight = replace(XIAN, now_ms=NOW_MS + 14 * 3_600_000)

    assert check_out(session, midnight, "R1", "B3").due_on == date(2026, 4, 1)


REFUSALS = [
    ("NOBODY", "B1", "card_unknown"),
    ("R1", "NOTHING", "item_unknown"),
    ("EXPIRED", "B1", "card_expired"),
    ("BLOCKED", "B1", "card_blocked"),
    ("DEBTOR", "B1", "fees_owed"),
    ("R1", "REF", "not_for_loan"),
    ("R1", "LOST", "item_lost"),
    ("R1", "GONE", "loan_not_allowed"),
    ("CHILD", "AUDIO", "loan_not_allowed"),
]


@pytest.mark.parametrize(("card", "barcode", "fault"), REFUSALS)
def test_a_refusal_names_its_fault_and_changes_nothing(session, card, barcode, fault):
    refused = check_out(session, XIAN, card, barcode)

    assert isinstance(refused, Refused)
    assert (refused.fault, refused.number) == (fault, faults.number(fault))
    assert not loans(session)


@pytest.mark.parametrize("card", ["LASTDAY", "SMALLDEBT"])
def test_the_last_day_and_the_last_fen_still_lend(session, card):
    assert isinstance(check_out(session, XIAN, card, "B1"), Lent)


def test_the_limit_counts_one_type_of_item(session):
    check_out(session, XIAN, "R1", "B1")
    check_out(session, XIAN, "R1", "B3")

    assert check_out(session, XIAN, "R1", "B4").fault == "limit_reached"
    assert isinstance(check_out(session, XIAN, "R1", "AUDIO"), Lent)
    check_in(session, XIAN, "B1")
    assert isinstance(check_out(session, XIAN, "R1", "B4"), Lent)


def test_what_another_reader_has_is_refused(session):
    check_out(session, XIAN, "R1", "B1")

    assert check_out(session, XIAN, "R2", "B1").fault == "lent_to_other"


def test_what_is_the_readers_already_is_refused_with_its_due_date(session):
    check_out(session, XIAN, "R1", "B1")

    refused = check_out(session, replace(XIAN, now_ms=NOW_MS + DAY_MS), "R1", "B1")
    assert (refused.fault, refused.due_on) == ("already_yours", date(2026, 3, 31))
    assert len(loans(session)) == 1


def test_a_renewal_lengthens_the_loan_once(session):
    check_out(session, XIAN, "R1", "B1")
    later = replace(XIAN, now_ms=NOW_MS + 10 * DAY_MS)

    renewed = check_out(session, later, "R1", "B1", renew=True)
    assert (renewed.renewed, renewed.due_on) == (True, date(2026, 4, 10))
    again = check_out(session, later, "R1", "B1", renew=True)
    assert (again.fault, again.due_on) == ("already_yours", date(2026, 4, 10))


def test_a_title_that_others_wait_for_is_not_renewed(session):
    check_out(session, XIAN, "R1", "B1")
    hold(session, "R2", 1)
    hold(session, "CHILD", 1)

    assert check_out(session, later(XIAN), "R1", "B1", renew=True).fault == "already_yours"


def test_a_missing_item_is_found_by_who_lays_it_on_the_pad(session):
    change(session, Item, "B1", status="missing")
    change(session, Item, "B4", status="missing")

    assert isinstance(check_out(session, XIAN, "R1", "B1"), Lent)
    assert check_in(session, XIAN, "B4").notice is None
    assert [session.get(Item, barcode).status for barcode in ("B1", "B4")] == ["available"] * 2


# ---------------------------------------------------------------- taking back
def test_a_book_comes_back_at_another_branch_and_is_sent_home(session):
    check_out(session, XIAN, "R1", "B1")

    returned = check_in(session, replace(CUN, now_ms=NOW_MS + DAY_MS), "B1")
    assert isinstance(returned, Returned)
    assert (returned.was_lent, returned.wanted_at, returned.notice) == (True, None, None)
    assert (returned.book.home, returned.book.place) == ("xian", "cun")
    (loan,) = loans(session)
    assert (loan.returned_ms, loan.returned_account) == (NOW_MS + DAY_MS, "cun-room")
    assert returned.sent_to == "xian"
    assert item_information(session, "B1").status == "transit"
    assert session.get(Item, "B1").returned_ms == NOW_MS + DAY_MS


def test_when_a_book_came_back_is_kept_where_it_was_lent_too(session):
    check_out(session, XIAN, "R1", "B1")

    check_in(session, later(XIAN), "B1")
    item = session.get(Item, "B1")
    assert (item.returned_ms, item.place_branch_id, item.status) == (later(XIAN).now_ms, "xian", "available")


def test_a_return_may_be_asked_twice(session):
    check_out(session, XIAN, "R1", "B1")
    check_in(session, XIAN, "B1")

    again = check_in(session, replace(XIAN, now_ms=NOW_MS + DAY_MS), "B1")
    assert (again.was_lent, again.notice) == (False, None)
    assert loans(session)[0].returned_ms == NOW_MS


def test_a_book_in_repair_comes_back_and_is_for_staff(session):
    change(session, Item, "B1", status="repair")

    assert check_in(session, CUN, "B1").notice == "in_repair"


def test_a_return_says_where_another_reader_waits(session):
    check_out(session, XIAN, "R1", "B1")
    hold(session, "R2", 1, pickup="cun")

    assert check_in(session, XIAN, "B1").wanted_at == "cun"


def test_a_lost_book_that_turns_up_ends_its_loan_and_is_for_staff(session):
    session.add(
        Loan(item_barcode="LOST", reader_card="R1", lent_ms=1, due_on=date(2026, 1, 1), lent_account="x")
    )

    returned = check_in(session, XIAN, "LOST")
    assert (returned.was_lent, returned.notice) == (True, "item_lost")
    assert session.get(Item, "LOST").status == "lost"


@pytest.mark.parametrize(("barcode", "fault"), [("NOTHING", "item_unknown"), ("GONE", "return_refused")])
def test_what_is_not_taken_back(session, barcode, fault):
    assert check_in(session, XIAN, barcode).fault == fault


def test_a_withdrawn_book_is_taken_off_a_readers_card(session):
    session.add(
        Loan(item_barcode="GONE", reader_card="R1", lent_ms=1, due_on=date(2026, 1, 1), lent_account="x")
    )

    assert check_in(session, XIAN, "GONE").was_lent


def test_the_database_itself_allows_one_open_loan(session):
    check_out(session, XIAN, "R1", "B1")
    session.add(
        Loan(item_barcode="B1", reader_card="R2", lent_ms=2, due_on=date(2026, 4, 1), lent_account="x")
    )

    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
