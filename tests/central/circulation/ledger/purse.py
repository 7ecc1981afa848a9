"""What tests of readers and money ask of the books."""

from datetime import date

from sqlalchemy import func, select

from central.circulation.ledger import id_card
from central.circulation.ledger.models import Fee, Payment, PaymentShare, Reader, Waiver

KEY = b"k" * 32


def id_number(first17):
    """A number that checks out."""
    return first17 + id_card.check(first17)


def shown(first17, today):
    """An ID card as a reader of ID cards tells it."""
    return id_card.read(id_number(first17), KEY, today)


def fresh(session, card, type_id="adult", **more):
    """A reader who owes nothing."""
    values = {"name": card, "type_id": type_id, "branch_id": "xian", "expires_on": date(2030, 12, 31)}
    session.add(Reader(card=card, **(values | more)))
    session.flush()
    return card


def owed(session, card):
    """What the reader's row says."""
    return session.scalars(select(Reader.fees_fen).where(Reader.card == card)).one()


def imbalances(session):
    """Whatever does not add up: fees against what was paid and forgiven, readers against their fees."""
    paid = select(func.coalesce(func.sum(PaymentShare.amount_fen), 0)).where(PaymentShare.fee_id == Fee.id)
    waived = select(func.coalesce(func.sum(Waiver.amount_fen), 0)).where(Waiver.fee_id == Fee.id)
    left = Fee.amount_fen - paid.scalar_subquery() - waived.scalar_subquery()
    fees = select(Fee.id).where((Fee.open_fen != left) | (Fee.open_fen < 0))
    owing = select(func.coalesce(func.sum(Fee.open_fen), 0)).where(Fee.reader_card == Reader.card)
    kept = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
        Payment.reader_card == Reader.card, Payment.kind == "deposit"
    )
    readers = select(Reader.card).where(
        (Reader.fees_fen != owing.scalar_subquery()) | (Reader.deposit_fen != kept.scalar_subquery())
    )
    shared = select(func.coalesce(func.sum(PaymentShare.amount_fen), 0)).where(
        PaymentShare.payment_id == Payment.id
    )
    unshared = select(Payment.id).where(
        Payment.kind == "fees", Payment.amount_fen != shared.scalar_subquery()
    )
    return {
        "fees": session.scalars(fees).all(),
        "readers": session.scalars(readers).all(),
        "payments": session.scalars(unshared).all(),
    }


BALANCED = {"fees": [], "readers": [], "payments": []}
