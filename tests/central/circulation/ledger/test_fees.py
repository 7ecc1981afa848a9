"""Late returns, fees of staff, and what is forgiven, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.ledger import books, fees
from central.circulation.ledger.fees import Late
from central.circulation.ledger.models import Fee, Loan, Waiver
from central.circulation.ledger.outcomes import OpenFee, Refused, Waived
from central.circulation.ledger.yuan import MAX_FEN
from tests.central.circulation.ledger.purse import BALANCED, fresh, imbalances, owed
from tests.central.circulation.world import NOW_MS, TODAY, XIAN


@pytest.fixture
def reader(session):
    return fresh(session, "NEW")


@pytest.fixture
def late(session, reader):
    """A loan that came back five days late, at 10 分 a day."""
    loan = Loan(
        item_barcode="B1", reader_card=reader, lent_ms=1, due_on=TODAY, lent_account="x", returned_ms=2
    )
    session.add(loan)
    session.flush()
    return Late(
        loan=loan.id,
        card=reader,
        reader_type="adult",
        barcode="B1",
        branch="cun",
        days=5,
        grace_days=2,
        fine_fen=10,
        max_fine_fen=0,
        price_fen=None,
    )


# ---------------------------------------------------------------- what a late return costs
@pytest.mark.parametrize(
    ("rule", "fen"),
    [
        ({}, 50),
        ({"days": 0}, 0),
        ({"days": 2}, 0),
        ({"days": 3}, 30),
        ({"grace_days": 0, "days": 1}, 10),
        ({"fine_fen": 0}, 0),
        ({"max_fine_fen": 40}, 40),
        ({"price_fen": 45}, 45),
        ({"max_fine_fen": 40, "price_fen": 30}, 40),
        ({"days": 40_000_000}, MAX_FEN),
    ],
)
def test_a_fine(rule, fen):
    plain = Late(1, "R", "adult", "B1", "cun", 5, 2, 10, 0, None)
    assert fees.fine(replace(plain, **rule)) == fen


def test_a_late_return_is_charged_where_it_was_lent(session, cursor, late):
    assert fees.charge_overdue(cursor, XIAN, late) == 50

    (fee,) = books.open_fees(cursor, "NEW")
    assert fee == OpenFee(fee.id, "overdue", 50, 50, "B1", "三体", NOW_MS, "")
    assert session.scalars(select(Fee.branch_id)).one() == "cun"
    assert owed(session, "NEW") == 50


def test_within_the_days_of_grace_there_is_no_fee(session, cursor, late):
    assert fees.charge_overdue(cursor, XIAN, replace(late, days=2)) == 0
    assert session.scalars(select(Fee.id)).all() == []


def test_a_loan_is_charged_once(session, cursor, late):
    fees.charge_overdue(cursor, XIAN, late)

    assert fees.charge_overdue(cursor, XIAN, late) == 0
    assert owed(session, "NEW") == 50


def test_a_return_that_is_undone_takes_its_fee_along(session, cursor, late):
    fees.charge_overdue(cursor, XIAN, late)

    fees.uncharge(cursor, late.loan)
    assert owed(session, "NEW") == 0
    assert session.scalars(select(Fee.id)).all() == []
    assert fees.charge_overdue(cursor, XIAN, replace(late, days=6)) == 60


def test_what_was_forgiven_of_it_stays_and_the_fee_grows_from_there(session, cursor, late):
    fees.charge_overdue(cursor, XIAN, late)
    (fee,) = books.open_fees(cursor, "NEW")
    fees.waive(cursor, XIAN, fee.id, "首次", 20)

    fees.uncharge(cursor, late.loan)
    assert owed(session, "NEW") == 0
    assert fees.charge_overdue(cursor, XIAN, replace(late, days=6)) == 40
    assert owed(session, "NEW") == 40
    assert imbalances(session)["fees"] == BALANCED["fees"]


def test_nothing_is_undone_where_there_is_nothing(cursor, late):
    fees.uncharge(cursor, late.loan)
    assert books.open_fees(cursor, "NEW") == ()


# ---------------------------------------------------------------- by staff
def test_staff_charge_a_fee(session, cursor, reader):
    made = fees.charge(cursor, XIAN, reader, "damage", 1200, barcode="B1", note="封面撕裂")

    assert made.open_fen == 1200
    assert books.open_fees(cursor, reader)[0].note == "封面撕裂"
    assert owed(session, reader) == 1200
    assert session.scalars(select(AuditEntry.subject)).one() == f"NEW damage 1200 #{made.id}"


@pytest.mark.parametrize(("kind", "fen"), [("tea", 1), ("other", 0), ("other", -1), ("other", MAX_FEN + 1)])
def test_what_is_no_fee(cursor, reader, kind, fen):
    with pytest.raises(ValueError, match=kind):
        fees.charge(cursor, XIAN, reader, kind, fen)


def test_nobody_owes_nothing(cursor):
    assert fees.charge(cursor, XIAN, "NOBODY", "other", 1) == Refused("card_unknown")


def test_staff_forgive_a_part_and_then_the_rest(session, cursor, reader):
    fee = fees.charge(cursor, XIAN, reader, "other", 100)

    assert fees.waive(cursor, XIAN, fee.id, "困难", 30) == Waived(1, 30)
    assert owed(session, reader) == 70
    assert fees.waive(cursor, XIAN, fee.id, "困难") == Waived(1, 70)
    assert owed(session, reader) == 0
    assert fees.waive(cursor, XIAN, fee.id, "困难") == Refused("fee_unknown")
    said = session.execute(select(Waiver.amount_fen, Waiver.reason, Waiver.staff).order_by(Waiver.id)).all()
    assert [tuple(line) for line in said] == [(30, "困难", "xian-desk"), (70, "困难", "xian-desk")]


@pytest.mark.parametrize("fen", [0, -1, 101])
def test_what_is_not_forgiven(session, cursor, reader, fen):
    fee = fees.charge(cursor, XIAN, reader, "other", 100)

    assert fees.waive(cursor, XIAN, fee.id, "x", fen) == Refused("overpaid")
    assert owed(session, reader) == 100
