"""Money in and out, on both databases."""

import pytest
from sqlalchemy import func, select

from central.circulation.ledger import fees, payments
from central.circulation.ledger.models import Loan, Payment, PaymentShare
from central.circulation.ledger.outcomes import Paid, Refused
from tests.central.circulation.ledger.purse import BALANCED, fresh, imbalances, owed
from tests.central.circulation.world import TODAY, XIAN


@pytest.fixture
def debts(session, cursor):
    """A reader with two fees of 100 and 50 分, the older one first."""
    fresh(session, "NEW")
    return [fees.charge(cursor, XIAN, "NEW", kind, fen).id for kind, fen in (("damage", 100), ("other", 50))]


def pay(cursor, fen, card="NEW", **more):
    return payments.pay(cursor, XIAN, card, fen, **({"method": "wechat"} | more))


def shares(session):
    query = select(PaymentShare.fee_id, PaymentShare.amount_fen).order_by(
        PaymentShare.payment_id, PaymentShare.fee_id
    )
    return [tuple(share) for share in session.execute(query)]


# ---------------------------------------------------------------- fees
def test_the_oldest_fee_is_paid_first(session, cursor, debts):
    paid = pay(cursor, 120)

    assert (paid.amount_fen, paid.open_fen, paid.again) == (120, 30, False)
    assert shares(session) == [(debts[0], 100), (debts[1], 20)]
    assert owed(session, "NEW") == 30
    assert session.get(Payment, paid.payment).account == "xian-desk"


def test_one_fee_is_paid_where_it_is_named(session, cursor, debts):
    assert pay(cursor, 50, fee_id=debts[1]).open_fen == 100
    assert shares(session) == [(debts[1], 50)]
    assert pay(cursor, 1, fee_id=debts[1]) == Refused("fee_unknown")
    assert pay(cursor, 101, fee_id=debts[0]) == Refused("overpaid")


@pytest.mark.parametrize("fen", [0, -1, 151])
def test_what_is_not_taken(session, cursor, debts, fen):
    assert pay(cursor, fen) == Refused("overpaid")
    assert session.scalars(select(Payment.id)).all() == []


def test_nobody_pays_nothing(cursor):
    assert pay(cursor, 1, card="NOBODY") == Refused("card_unknown")


def test_another_readers_fee_is_no_fee_of_this_one(session, cursor, debts):
    fresh(session, "OTHER")
    fees.charge(cursor, XIAN, "OTHER", "other", 10)

    assert pay(cursor, 10, card="OTHER", fee_id=debts[0]) == Refused("fee_unknown")


def test_a_method_is_one_of_ours(cursor, debts):
    with pytest.raises(ValueError, match="shells"):
        pay(cursor, 10, method="shells")


# ---------------------------------------------------------------- a provider's number
def test_a_number_told_again_is_the_same_answer_and_one_payment(session, cursor, debts):
    first = pay(cursor, 60, provider_id="WX1")

    assert pay(cursor, 60, provider_id="WX1") == Paid(first.payment, 60, 90, again=True)
    assert owed(session, "NEW") == 90
    assert session.scalar(select(func.count()).select_from(Payment)) == 1


def test_told_again_after_everything_is_paid_it_is_still_that_payment(cursor, debts):
    first = pay(cursor, 150, provider_id="WX1")

    assert pay(cursor, 150, provider_id="WX1") == Paid(first.payment, 150, 0, again=True)


@pytest.mark.parametrize(("card", "fen"), [("NEW", 61), ("OTHER", 60)])
def test_a_number_with_another_story_is_refused(session, cursor, debts, card, fen):
    fresh(session, "OTHER")
    fees.charge(cursor, XIAN, "OTHER", "other", 100)
    pay(cursor, 60, provider_id="WX1")

    assert pay(cursor, fen, card=card, provider_id="WX1") == Refused("paid_already")


def test_a_number_of_a_fee_pays_no_deposit(cursor, debts):
    pay(cursor, 60, provider_id="WX1")

    deposit = payments.pay_deposit(cursor, XIAN, "NEW", 60, method="wechat", provider_id="WX1")
    assert deposit == Refused("paid_already")


def test_cash_has_no_number_and_is_two_payments(session, cursor, debts):
    pay(cursor, 60, method="cash", provider_id="")
    pay(cursor, 60, method="cash", provider_id="")

    assert owed(session, "NEW") == 30


def test_a_number_of_any_length_is_booked_once(cursor, debts):
    first = pay(cursor, 60, provider_id="W" * 255)

    assert pay(cursor, 60, provider_id="W" * 255).payment == first.payment
    assert not pay(cursor, 60, provider_id="W" * 254).again


# ---------------------------------------------------------------- given back
def test_what_was_paid_for_nothing_is_given_back_and_forgiven(session, cursor, debts):
    pay(cursor, 120)

    back = payments.refund(cursor, XIAN, debts[0], 80, method="cash", reason="书已找回")
    assert (back.amount_fen, back.open_fen) == (-80, 30)
    assert owed(session, "NEW") == 30
    assert imbalances(session)["fees"] == imbalances(session)["payments"] == []
    assert payments.refund(cursor, XIAN, debts[0], 21, method="cash", reason="x") == Refused(
        "nothing_to_return"
    )
    assert payments.refund(cursor, XIAN, debts[0], 20, method="cash", reason="x").amount_fen == -20


@pytest.mark.parametrize("fen", [0, -5, 1])
def test_nothing_is_given_back_that_was_not_paid(cursor, debts, fen):
    refused = payments.refund(cursor, XIAN, debts[0], fen, method="cash", reason="x")
    assert refused == Refused("nothing_to_return")


def test_for_no_fee_nothing_is_given_back(cursor):
    assert payments.refund(cursor, XIAN, 77, 1, method="cash", reason="x") == Refused("nothing_to_return")


# ---------------------------------------------------------------- deposits
def test_a_deposit_comes_and_goes(session, cursor):
    fresh(session, "NEW")
    taken = payments.pay_deposit(cursor, XIAN, "NEW", 10000, method="alipay", provider_id="A1")
    again = payments.pay_deposit(cursor, XIAN, "NEW", 10000, method="alipay", provider_id="A1")
    back = payments.return_deposit(cursor, XIAN, "NEW", method="cash")

    assert (taken.amount_fen, again.again, again.payment) == (10000, True, taken.payment)
    assert back.amount_fen == -10000
    assert imbalances(session)["payments"] == BALANCED["payments"]
    assert payments.return_deposit(cursor, XIAN, "NEW", method="cash") == Refused("nothing_to_return")


@pytest.mark.parametrize("fen", [0, -1, 10_000_001])
def test_what_is_no_deposit(cursor, debts, fen):
    assert payments.pay_deposit(cursor, XIAN, "NEW", fen, method="cash") == Refused("overpaid")


def test_a_deposit_stays_while_there_is_something_open(session, cursor, debts):
    payments.pay_deposit(cursor, XIAN, "NEW", 10000, method="cash")
    loan = Loan(item_barcode="B1", reader_card="NEW", lent_ms=1, due_on=TODAY, lent_account="x")
    session.add(loan)
    session.flush()

    assert payments.return_deposit(cursor, XIAN, "NEW", method="cash") == Refused("loans_open")
    loan.returned_ms = 2
    session.flush()
    assert payments.return_deposit(cursor, XIAN, "NEW", method="cash") == Refused("fees_owed")
    pay(cursor, 150)
    assert payments.return_deposit(cursor, XIAN, "NEW", method="cash").amount_fen == -10000


def test_nobody_has_no_deposit(cursor):
    assert payments.pay_deposit(cursor, XIAN, "NOBODY", 1, method="cash") == Refused("card_unknown")
    assert payments.return_deposit(cursor, XIAN, "NOBODY", method="cash") == Refused("card_unknown")
