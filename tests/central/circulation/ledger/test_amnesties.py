"""Amnesties by days, branch and type of reader, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.ledger import amnesties, books, fees
from central.circulation.ledger.amnesties import InForce, NewAmnesty
from central.circulation.ledger.fees import Late
from central.circulation.ledger.models import Loan, Waiver
from central.circulation.ledger.outcomes import Waived
from tests.central.circulation.ledger.purse import BALANCED, fresh, imbalances, owed
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, TODAY, XIAN

MARCH = NewAmnesty(date(2026, 3, 1), date(2026, 3, 31), "全民阅读月")
BY_DAY = {0: date(2026, 3, 1), -1: date(2026, 2, 28), 30: date(2026, 3, 31), 31: date(2026, 4, 1)}


def bring_back(session, cursor, desk=CUN, card="NEW", branch="cun", type_id="adult"):
    """A return that costs 99 分; what is open of it."""
    loan = Loan(item_barcode="B1", reader_card=card, lent_ms=1, due_on=TODAY, lent_account="x", returned_ms=2)
    session.add(loan)
    session.flush()
    return fees.charge_overdue(cursor, desk, Late(loan.id, card, type_id, "B1", branch, 99, 0, 1, 0, None))


@pytest.fixture(autouse=True)
def reader(session):
    fresh(session, "NEW")


# ---------------------------------------------------------------- what comes back
def test_what_comes_back_is_forgiven_and_it_says_why(session, cursor):
    number = amnesties.grant(cursor, XIAN, MARCH)

    assert bring_back(session, cursor) == 0
    waiver = session.execute(select(Waiver.amnesty_id, Waiver.amount_fen, Waiver.reason)).one()
    assert tuple(waiver) == (number, 99, "全民阅读月")
    assert owed(session, "NEW") == 0
    assert imbalances(session)["fees"] == BALANCED["fees"]


@pytest.mark.parametrize(("days", "open_fen"), [(-1, 99), (0, 0), (30, 0), (31, 99)])
def test_its_days_are_whole_ones_with_the_last(session, cursor, days, open_fen):
    amnesties.grant(cursor, XIAN, MARCH)

    assert bring_back(session, cursor, replace(CUN, now_ms=NOW_MS + days * DAY_MS)) == open_fen


@pytest.mark.parametrize(
    ("branch", "desk", "open_fen"), [("xian", CUN, 0), ("xian", XIAN, 0), ("cun", CUN, 0), ("cun", XIAN, 99)]
)
def test_it_holds_at_its_branch_and_below(session, cursor, branch, desk, open_fen):
    amnesties.grant(cursor, XIAN, replace(MARCH, branch=branch))

    assert bring_back(session, cursor, desk) == open_fen


@pytest.mark.parametrize(("type_id", "open_fen"), [("child", 0), ("adult", 99)])
def test_it_holds_for_its_type_of_reader(session, cursor, type_id, open_fen):
    amnesties.grant(cursor, XIAN, replace(MARCH, reader_type="child"))

    assert bring_back(session, cursor, type_id=type_id) == open_fen


def test_a_broken_fen_is_the_readers(session, cursor):
    amnesties.grant(cursor, XIAN, replace(MARCH, percent=50))

    assert bring_back(session, cursor) == 49


def test_the_most_generous_one_is_taken(session, cursor):
    amnesties.grant(cursor, XIAN, replace(MARCH, percent=50))
    generous = amnesties.grant(cursor, XIAN, replace(MARCH, percent=80, reason="雨季"))
    amnesties.grant(cursor, XIAN, replace(MARCH, percent=60))

    assert amnesties.in_force(cursor, CUN, "adult") == InForce(generous, 80, "雨季")


def test_one_that_is_ended_forgives_nothing_more(session, cursor):
    number = amnesties.grant(cursor, XIAN, MARCH)

    assert amnesties.end(cursor, XIAN, number)
    assert not amnesties.end(cursor, XIAN, number)
    assert bring_back(session, cursor) == 99


@pytest.mark.parametrize("wrong", [{"percent": 0}, {"percent": 101}, {"last_on": date(2026, 2, 28)}])
def test_what_is_no_amnesty(cursor, wrong):
    with pytest.raises(ValueError, match="percent"):
        amnesties.grant(cursor, XIAN, replace(MARCH, **wrong))


# ---------------------------------------------------------------- what is owed already
@pytest.fixture
def owing(session, cursor):
    """Overdue fees of 99 分 lent at cun and at xian, and one for damage."""
    fresh(session, "OTHER", "child")
    bring_back(session, cursor)
    bring_back(session, cursor, card="OTHER", branch="xian", type_id="child")
    fees.charge(cursor, XIAN, "NEW", "damage", 500)


@pytest.mark.parametrize(
    ("scope", "fees_count"),
    [({}, 2), ({"branch": "xian"}, 2), ({"branch": "cun"}, 1), ({"reader_type": "child"}, 1)],
)
def test_open_fees_are_looked_at_and_then_forgiven(session, cursor, owing, scope, fees_count):
    number = amnesties.grant(cursor, XIAN, replace(MARCH, **scope))
    due = Waived(fees_count, 99 * fees_count)

    assert amnesties.preview(cursor, number) == due
    assert amnesties.forgive_open(cursor, XIAN, number) == due
    assert owed(session, "NEW") + owed(session, "OTHER") == 500 + 99 * (2 - fees_count)
    assert imbalances(session)["fees"] == BALANCED["fees"]


def test_each_fee_is_forgiven_once(session, cursor, owing):
    number = amnesties.grant(cursor, XIAN, replace(MARCH, percent=50))

    assert amnesties.forgive_open(cursor, XIAN, number) == Waived(2, 100)
    assert amnesties.forgive_open(cursor, XIAN, number) == Waived(0, 0)


def test_an_ended_amnesty_forgives_no_open_fee(cursor, owing):
    number = amnesties.grant(cursor, XIAN, MARCH)
    amnesties.end(cursor, XIAN, number)

    assert amnesties.preview(cursor, number) == Waived(0, 0)
    assert amnesties.forgive_open(cursor, XIAN, number) == Waived(0, 0)


# ---------------------------------------------------------------- who, when, how much
def test_the_list_says_who_when_and_how_much(session, cursor):
    first = amnesties.grant(cursor, XIAN, MARCH)
    second = amnesties.grant(cursor, CUN, replace(MARCH, branch="cun", percent=50))
    bring_back(session, cursor)

    newest, oldest = amnesties.listing(cursor)
    assert (newest.id, newest.branch, newest.staff, newest.fees, newest.amount_fen) == (
        second,
        "cun",
        "cun-room",
        0,
        0,
    )
    assert (oldest.id, oldest.at_ms, oldest.fees, oldest.amount_fen) == (first, NOW_MS, 1, 99)
    assert session.scalars(select(AuditEntry.action)).all() == ["amnesty_begun", "amnesty_begun"]


def test_what_was_forgiven_by_an_amnesty_is_listed_with_it(session, cursor):
    number = amnesties.grant(cursor, XIAN, MARCH)
    bring_back(session, cursor)

    (one,) = books.forgiven(cursor, NOW_MS, NOW_MS + 1)
    assert (one.staff, one.card, one.kind, one.amount_fen) == ("cun-room", "NEW", "overdue", 99)
    assert (one.amnesty, one.reason) == (number, "全民阅读月")
    assert books.forgiven(cursor, NOW_MS + 1, NOW_MS + 2) == []
