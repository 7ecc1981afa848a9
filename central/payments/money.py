"""Money that the provider tells of: written down once, with what it is for."""

from __future__ import annotations

from sqlalchemy import Insert, bindparam, select, update

from central.payments.due import Standing, standing_of
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.provider import Money, checked
from central.payments.states import Use, with_money
from central.statements import Cursor, Prepared, insert_into


def write_down(cursor: Cursor, money: Money, now_ms: int) -> bool:
    """Write down money of the provider's, and what it is for; False where it is known. In the caller's transaction.

    Raises:
        Forged: what the plug-in tells cannot be.
    """
    checked(money)
    row, known = standing_of(cursor, money.reference), cursor.one(_KNOWN, money.provider_id)
    if known is not None and (row is None or known != ("unknown", "")):
        return False
    use = _use(row, money)
    if known is not None:
        cursor.run(_USE, money.provider_id, use)
    elif cursor.one(_MAKE, *money, now_ms, use) is None:
        return False  # another worker writes it down at this moment
    if row is not None and use == "payment":
        cursor.run(_PAID, money.reference, money.provider_id, money.paid_ms, with_money(row.state))
    return True


def _use(row: Standing | None, money: Money) -> Use:
    if row is None:
        return "unknown"
    if row.provider_id not in {"", money.provider_id}:
        return "surplus"
    return "payment" if money.amount_fen == row.amount_fen else "odd"


def _made(dialect: str) -> Insert:
    new = insert_into(ProviderPayment, dialect).values({"resolution": "", "resolved_by": "", "note": ""})
    return new.on_conflict_do_nothing().returning(ProviderPayment.provider_id)


_KNOWN = Prepared(
    "number",
    statement=select(ProviderPayment.use, ProviderPayment.resolution).where(
        ProviderPayment.provider_id == bindparam("number")
    ),
)
_MAKE = Prepared(*Money._fields, "heard_ms", "use", statement=_made)
_USE = Prepared(
    "number",
    "found",
    statement=update(ProviderPayment)
    .where(ProviderPayment.provider_id == bindparam("number"))
    .values(use=bindparam("found")),
)
_PAID = Prepared(
    "name",
    "number",
    "at_ms",
    "now",
    statement=update(DeskPayment)
    .where(DeskPayment.reference == bindparam("name"))
    .values(provider_id=bindparam("number"), paid_ms=bindparam("at_ms"), state=bindparam("now")),
)
