"""Money that readers pay and get back. See `central.circulation.ledger.books` for how the books balance.

- A reader's row is locked first, then the fees: two terminals with one card pay one after the other.
- A provider's number is booked once, whoever tells it, and told again it is the same answer.
- What is given back is a payment below 0 of its own: no entry of the cash book is ever changed.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from sqlalchemy import Executable, bindparam, func, insert, select, update

from central.circulation.ledger import audit, books
from central.circulation.ledger.books import Debt
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Fee, Loan, Payment, PaymentShare, Reader
from central.circulation.ledger.outcomes import Paid, Refused
from central.circulation.ledger.yuan import MAX_FEN
from central.statements import Cursor, Prepared, insert_into

METHODS: Final = ("cash", "wechat", "alipay", "card", "other")
CURRENCIES: Final = frozenset({"CNY", "RMB", ""})
"""One currency under the two names that terminals use (BH); some leave its place blank."""
MAX_PROVIDER_ID: Final = 64


# ---------------------------------------------------------------- fees
def pay(
    cursor: Cursor,
    desk: Desk,
    card: str,
    amount_fen: int,
    *,
    method: str,
    provider_id: str | None = None,
    fee_id: int | None = None,
) -> Paid | Refused:
    """Pay fees (37): one fee, or the oldest first; in part too.

    Refused with `card_unknown`, `fee_unknown` (no such fee of this reader), `overpaid` (nothing above what is
    open is taken; nothing at all where the amount is not above 0), `paid_already` (the provider's number is in
    the books as another payment).
    """
    account = books.lock(cursor, card)
    if account is None:
        return Refused("card_unknown")
    entry = _Entry(card, "fees", amount_fen, method, _number(provider_id))
    known = _booked(cursor, entry)
    if known is not None:
        return known
    debts = [debt for debt in books.debts(cursor, card) if fee_id in {None, debt.id}]
    if fee_id is not None and not debts:
        return Refused("fee_unknown")
    if not 0 < amount_fen <= sum(debt.open_fen for debt in debts):
        return Refused("overpaid")
    payment = _enter(cursor, desk, entry)
    if payment is None:
        return Refused("paid_already")
    _share_out(cursor, payment, amount_fen, debts)
    return Paid(payment, amount_fen, account.fees_fen - amount_fen)


def _share_out(cursor: Cursor, payment: int, amount_fen: int, debts: list[Debt]) -> None:
    """The oldest fee first, until nothing is left of the money."""
    for debt in debts:
        part_fen = min(amount_fen, debt.open_fen)
        if part_fen == 0:
            return
        cursor.run(_SHARE, payment, debt.id, part_fen)
        books.lower(cursor, debt, part_fen)
        amount_fen -= part_fen


def refund(
    cursor: Cursor, desk: Desk, fee: int, amount_fen: int, *, method: str, reason: str
) -> Paid | Refused:
    """Give back what was paid for a fee, or a part of it: it was not owed, so it is forgiven as well.

    Refused with `nothing_to_return` (never more than was paid for it and not given back yet).
    """
    card = cursor.one(_WHOSE, fee)
    account = books.lock(cursor, card[0]) if card and card[0] is not None else None
    paid = cursor.one(_PAID_FOR, fee)
    if card is None or account is None or paid is None or not 0 < amount_fen <= paid[0]:
        return Refused("nothing_to_return")
    payment = _enter(cursor, desk, _Entry(card[0], "fees", -amount_fen, method, None))
    assert payment is not None, "without a provider's number nothing stands in its way"
    cursor.run(_SHARE, payment, fee, -amount_fen)
    books.note_waiver(cursor, desk, fee, amount_fen, reason)
    audit.record(cursor, desk, "fee_refunded", f"{card[0]} {amount_fen} #{fee} {reason}")
    return Paid(payment, -amount_fen, account.fees_fen)


# ---------------------------------------------------------------- deposits
def pay_deposit(
    cursor: Cursor, desk: Desk, card: str, amount_fen: int, *, method: str, provider_id: str | None = None
) -> Paid | Refused:
    """Take a deposit (押金). Refused with `card_unknown`, `overpaid` (none at all, or too much), `paid_already`."""
    account = books.lock(cursor, card)
    if account is None:
        return Refused("card_unknown")
    entry = _Entry(card, "deposit", amount_fen, method, _number(provider_id))
    known = _booked(cursor, entry)
    if known is not None:
        return known
    if not 0 < amount_fen <= MAX_FEN - account.deposit_fen:
        return Refused("overpaid")
    payment = _enter(cursor, desk, entry)
    if payment is None:
        return Refused("paid_already")
    cursor.run(_DEPOSIT, amount_fen, card)
    return Paid(payment, amount_fen, account.fees_fen)


def return_deposit(cursor: Cursor, desk: Desk, card: str, *, method: str) -> Paid | Refused:
    """Give the whole deposit back.

    Refused with `card_unknown`, `nothing_to_return`, and while there are any with `loans_open` or `fees_owed`.
    """
    account = books.lock(cursor, card)
    if account is None:
        return Refused("card_unknown")
    if account.deposit_fen == 0:
        return Refused("nothing_to_return")
    if cursor.one(_LOANS, card) is not None:
        return Refused("loans_open")
    if account.fees_fen:
        return Refused("fees_owed")
    payment = _enter(cursor, desk, _Entry(card, "deposit", -account.deposit_fen, method, None))
    assert payment is not None, "without a provider's number nothing stands in its way"
    cursor.run(_DEPOSIT, -account.deposit_fen, card)
    audit.record(cursor, desk, "deposit_returned", f"{card} {account.deposit_fen}")
    return Paid(payment, -account.deposit_fen, 0)


# ---------------------------------------------------------------- the cash book
class _Entry(NamedTuple):
    card: str
    kind: str
    amount_fen: int
    method: str
    provider_id: str | None


def _number(provider_id: str | None) -> str | None:
    """A provider's number as it is kept: one that is too long by its SHA-256, which has the column's width."""
    if provider_id and len(provider_id) > MAX_PROVIDER_ID:
        return hashlib.sha256(provider_id.encode(errors="surrogatepass")).hexdigest()
    return provider_id or None


def _booked(cursor: Cursor, entry: _Entry) -> Paid | Refused | None:
    """The answer to a provider's number that is in the books already; None where it is new."""
    row = cursor.one(_BOOKED, entry.provider_id) if entry.provider_id else None
    if row is None:
        return None
    payment, card, kind, amount_fen, fees_fen = row
    if (card, kind, amount_fen) != entry[:3]:
        return Refused("paid_already")
    return Paid(payment, amount_fen, fees_fen, again=True)


def _enter(cursor: Cursor, desk: Desk, entry: _Entry) -> int | None:
    """A line of the cash book; None where somebody else has booked the provider's number at this moment.

    Raises:
        ValueError: a method that is not one of `METHODS`.
    """
    card, kind, amount_fen, method, provider_id = entry
    if method not in METHODS:
        raise ValueError(f"a payment by {method}")
    row = cursor.one(
        _ENTER, card, kind, amount_fen, method, provider_id, desk.account, desk.branch, desk.now_ms
    )
    return None if row is None else int(row[0])


def _new_payment(dialect: str) -> Executable:
    made = insert_into(Payment, dialect)
    return made.on_conflict_do_nothing().returning(Payment.id)


_PAYMENT = ("reader_card", "kind", "amount_fen", "method", "provider_id", "account", "branch_id", "at_ms")
_ENTER = Prepared(*_PAYMENT, statement=_new_payment)
_SHARE = Prepared("payment_id", "fee_id", "amount_fen", statement=insert(PaymentShare))
_BOOKED = Prepared(
    "provider_id",
    statement=select(Payment.id, Payment.reader_card, Payment.kind, Payment.amount_fen, Reader.fees_fen)
    .outerjoin(Reader, Reader.card == Payment.reader_card)
    .where(Payment.provider_id == bindparam("provider_id")),
)
_WHOSE = Prepared("fee", statement=select(Fee.reader_card).where(Fee.id == bindparam("fee")))
_PAID_FOR = Prepared(
    "fee",
    statement=select(func.coalesce(func.sum(PaymentShare.amount_fen), 0)).where(
        PaymentShare.fee_id == bindparam("fee")
    ),
)
_DEPOSIT = Prepared(
    "more",
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(deposit_fen=Reader.deposit_fen + bindparam("more")),
)
_LOANS = Prepared(
    "card",
    statement=select(Loan.id)
    .where(Loan.reader_card == bindparam("card"), Loan.returned_ms.is_(None))
    .limit(1),
)
