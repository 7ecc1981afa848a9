"""Renewals, one and all, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger.desk import Happened
from central.circulation.ledger.models import Loan, Reader
from central.circulation.ledger.outcomes import Lent, Refused, RenewedAll
from tests.central.circulation.ledger.more import add_rule, change, later
from tests.central.circulation.ledger.verbs import check_out, close, renew, renew_all
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN, hold

DUE = date(2026, 3, 31)
TENTH_DAY = later(XIAN, 10)


@pytest.fixture
def lent(session):
    check_out(session, XIAN, "R1", "B1")
    return session


def loan(session, barcode="B1"):
    row = session.query(Loan).filter_by(item_barcode=barcode).one()
    return row.due_on, row.renewals


def test_a_loan_runs_from_the_day_of_its_renewal(lent):
    renewed = renew(lent, TENTH_DAY, "R1", "B1")

    assert isinstance(renewed, Lent)
    assert (renewed.renewed, renewed.due_on, renewed.reader_type) == (True, date(2026, 4, 10), "adult")
    assert loan(lent) == (date(2026, 4, 10), 1)
    assert renew(lent, TENTH_DAY, "R1", "B1").fault == "renewal_limit"


def test_a_rule_may_give_other_days_for_a_renewal(lent):
    add_rule(lent, "xian", renew_days=25)

    assert renew(lent, TENTH_DAY, "R1", "B1").due_on == date(2026, 4, 5)


def test_the_lending_branch_has_the_rule_and_the_closed_days(lent):
    add_rule(lent, "cun", days=99, max_renewals=0)
    close(lent, XIAN, "cun", (date(2026, 4, 10), date(2026, 4, 10)), "")
    close(lent, XIAN, "xian", (date(2026, 4, 10), date(2026, 4, 11)), "")

    assert renew(lent, later(CUN, 10), "R1", "B1").due_on == date(2026, 4, 12)


def test_a_renewal_that_gives_no_day_is_not_counted(lent):
    assert renew(lent, XIAN, "R1", "B1").due_on == DUE
    add_rule(lent, "xian", renew_days=1)
    assert renew(lent, TENTH_DAY, "R1", "B1").due_on == DUE
    assert loan(lent) == (DUE, 0)


REFUSED = [
    ("NOBODY", "B1", "card_unknown"),
    ("R1", "NOTHING", "item_unknown"),
    ("R2", "B1", "not_on_loan"),
    ("R1", "B4", "not_on_loan"),
]


@pytest.mark.parametrize(("card", "barcode", "fault"), REFUSED)
def test_what_is_not_on_the_card_is_not_renewed(lent, card, barcode, fault):
    assert renew(lent, TENTH_DAY, card, barcode).fault == fault
    assert renew(lent, TENTH_DAY, card, barcode, at=Happened(NOW_MS)).fault == fault


def test_an_overdue_loan_is_renewed_only_where_the_rule_says_so(lent):
    overdue = later(XIAN, 31)
    assert renew(lent, overdue, "R1", "B1").fault == "overdue_not_renewed"

    add_rule(lent, "xian", renew_overdue=True)
    assert renew(lent, overdue, "R1", "B1").due_on == date(2026, 5, 1)


def test_the_last_day_is_not_overdue(lent):
    assert isinstance(renew(lent, later(XIAN, 30), "R1", "B1"), Lent)


def test_it_is_not_renewed_while_more_wait_than_copies_are_there(lent):
    hold(lent, "CHILD", 1)
    assert isinstance(renew(lent, later(XIAN, 1), "R1", "B1"), Lent)

    add_rule(lent, "xian", max_renewals=9)
    hold(lent, "R2", 1)
    assert renew(lent, TENTH_DAY, "R1", "B1").fault == "renewal_on_hold"


def test_a_reader_may_wait_for_a_second_copy_and_renew_the_first(lent):
    hold(lent, "R1", 1)

    assert isinstance(renew(lent, TENTH_DAY, "R1", "B1"), Lent)


# ---------------------------------------------------------------- told afterwards
def test_a_renewal_that_happened_stands_whatever_the_rules_say(lent):
    change(lent, Reader, "R1", blocked=True)
    told = Happened(NOW_MS + 5 * DAY_MS, date(2026, 4, 20))

    assert renew(lent, TENTH_DAY, "R1", "B1", at=told).due_on == date(2026, 4, 20)
    assert renew(lent, TENTH_DAY, "R1", "B1", at=told).due_on == date(2026, 4, 20)
    assert loan(lent) == (date(2026, 4, 20), 1)


def test_without_a_day_that_the_reader_was_told_the_rule_gives_one(lent):
    told = Happened(NOW_MS + 5 * DAY_MS)

    assert renew(lent, TENTH_DAY, "R1", "B1", at=told).due_on == date(2026, 4, 5)


# ---------------------------------------------------------------- all
def test_all_that_may_be_renewed_is(lent):
    add_rule(lent, "xian", max_loans=9)
    check_out(lent, XIAN, "R1", "B4")
    check_out(lent, XIAN, "R1", "AUDIO")
    renew(lent, later(XIAN, 5), "R1", "B4")

    once = RenewedAll(("AUDIO", "B1"), (("B4", "renewal_limit"),), longer=("AUDIO", "B1"))
    assert renew_all(lent, TENTH_DAY, "R1") == once
    assert loan(lent, "AUDIO") == (date(2026, 5, 10), 1)


def test_nothing_lent_is_nothing_renewed(lent):
    assert renew_all(lent, XIAN, "R2") == RenewedAll((), ())


@pytest.mark.parametrize(
    ("card", "fault"), [("NOBODY", "card_unknown"), ("BLOCKED", "card_blocked"), ("EXPIRED", "card_expired")]
)
def test_a_card_without_service_renews_nothing(lent, card, fault):
    assert renew_all(lent, XIAN, card) == Refused(fault)


def test_another_desk_of_the_same_moment_counts_the_day_of_the_lending_branch(lent):
    abroad = replace(TENTH_DAY, branch="cun", account="cun-room")

    assert renew(lent, abroad, "R1", "B1").due_on == date(2026, 4, 10)
