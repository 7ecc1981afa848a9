"""The books of what readers owe: the only place where a fee's open part and a reader's sum change.

    open of a fee = amount − its shares of payments − its waivers        reader.fees_fen = sum of what is open

All amounts in 分. Both sides change in one transaction. A reader's row is locked before any fee's, and after
an item's. The caller commits.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Fee, Item, Reader, Title, Waiver
from central.circulation.ledger.outcomes import OpenFee
from central.statements import Cursor, Prepared


class Debt(NamedTuple):
    """A fee of which something is open."""

    id: int
    card: str
    open_fen: int


class Account(NamedTuple):
    """What a reader owes, and has left with us."""

    fees_fen: int
    deposit_fen: int


class LoanFee(NamedTuple):
    """A fee that a loan brought."""

    id: int
    card: str | None
    amount_fen: int
    open_fen: int


_LOCK = Prepared(
    "card",
    statement=select(Reader.fees_fen, Reader.deposit_fen)
    .where(Reader.card == bindparam("card"))
    .with_for_update(key_share=True),
)


def lock(cursor: Cursor, card: str) -> Account | None:
    """Keep a reader's money to this transaction; None where the card is unknown."""
    row = cursor.one(_LOCK, card)
    return None if row is None else Account(*row)


# ---------------------------------------------------------------- questions
_DEBT = (
    select(Fee.id, Fee.reader_card, Fee.open_fen)
    .where(Fee.open_fen > 0, Fee.reader_card.is_not(None))
    .order_by(Fee.at_ms, Fee.id)
)
_FIND = Prepared("fee", statement=_DEBT.where(Fee.id == bindparam("fee")))
_DEBTS = Prepared("card", statement=_DEBT.where(Fee.reader_card == bindparam("card")))
_OPEN = Prepared(
    "card",
    statement=select(
        Fee.id,
        Fee.kind,
        Fee.amount_fen,
        Fee.open_fen,
        Fee.item_barcode,
        func.coalesce(Title.title, ""),
        Fee.at_ms,
        Fee.note,
    )
    .outerjoin(Item, Item.barcode == Fee.item_barcode)
    .outerjoin(Title, Title.id == Item.title_id)
    .where(Fee.reader_card == bindparam("card"), Fee.open_fen > 0)
    .order_by(Fee.at_ms, Fee.id),
)
_OF_LOAN = Prepared(
    "loan",
    "kind",
    statement=select(Fee.id, Fee.reader_card, Fee.amount_fen, Fee.open_fen).where(
        Fee.loan_id == bindparam("loan"), Fee.kind == bindparam("kind")
    ),
)


def find(cursor: Cursor, fee: int) -> Debt | None:
    """One open fee, its reader locked; None where nothing is open of it."""
    row = cursor.one(_FIND, fee)
    if row is None or lock(cursor, row[1]) is None:
        return None
    row = cursor.one(_FIND, fee)
    return None if row is None else Debt(*row)


def debts(cursor: Cursor, card: str) -> list[Debt]:
    """What is open of a reader's fees, the oldest first. Under the reader's lock to act on it."""
    return [Debt(*row) for row in cursor.all(_DEBTS, card)]


def open_fees(cursor: Cursor, card: str) -> tuple[OpenFee, ...]:
    """What a reader owes and for what, the oldest first."""
    return tuple(OpenFee(*row) for row in cursor.all(_OPEN, card))


def of_loan(cursor: Cursor, loan: int, kind: str) -> LoanFee | None:
    """The fee of a kind that a loan brought; there is one at most."""
    row = cursor.one(_OF_LOAN, loan, kind)
    return None if row is None else LoanFee(*row)


class Forgiven(NamedTuple):
    """One waiver: who forgave what, when and why."""

    at_ms: int
    staff: str
    fee: int
    card: str | None
    """None: the reader is forgotten."""
    kind: str
    amount_fen: int
    amnesty: int | None
    """None: by staff, for this one fee."""
    reason: str


_FORGIVEN = Prepared(
    "first_ms",
    "after_ms",
    statement=select(
        *(Waiver.at_ms, Waiver.staff, Waiver.fee_id, Fee.reader_card, Fee.kind),
        *(Waiver.amount_fen, Waiver.amnesty_id, Waiver.reason),
    )
    .join(Fee, Fee.id == Waiver.fee_id)
    .where(Waiver.at_ms >= bindparam("first_ms"), Waiver.at_ms < bindparam("after_ms"))
    .order_by(Waiver.at_ms, Waiver.id),
)


def forgiven(cursor: Cursor, first_ms: int, after_ms: int) -> list[Forgiven]:
    """Everything that was forgiven from one time until before another."""
    return [Forgiven(*row) for row in cursor.all(_FORGIVEN, first_ms, after_ms)]


# ---------------------------------------------------------------- entries
_COLUMNS = (
    "reader_card",
    "kind",
    "amount_fen",
    "open_fen",
    "loan_id",
    "item_barcode",
    "branch_id",
    "at_ms",
    "note",
)
_INSERT = Prepared(*_COLUMNS, statement=insert(Fee).returning(Fee.id))
_RAISE = Prepared(
    "more",
    "fee",
    statement=update(Fee)
    .where(Fee.id == bindparam("fee"))
    .values(amount_fen=Fee.amount_fen + bindparam("more"), open_fen=Fee.open_fen + bindparam("more")),
)
_LOWER = Prepared(
    "by",
    "fee",
    statement=update(Fee).where(Fee.id == bindparam("fee")).values(open_fen=Fee.open_fen - bindparam("by")),
)
_OWE = Prepared(
    "more",
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(fees_fen=Reader.fees_fen + bindparam("more")),
)
_DELETE = Prepared("fee", statement=delete(Fee).where(Fee.id == bindparam("fee")))
_WAIVER = ("fee_id", "amnesty_id", "amount_fen", "reason", "staff", "at_ms")
_WAIVE = Prepared(*_WAIVER, statement=insert(Waiver))


def charge(
    cursor: Cursor,
    desk: Desk,
    card: str,
    kind: str,
    amount_fen: int,
    *,
    branch: str = "",
    barcode: str = "",
    loan: int | None = None,
    note: str = "",
) -> Debt:
    """Enter a fee. Under the reader's lock."""
    place = branch or desk.branch
    values = (card, kind, amount_fen, amount_fen, loan, barcode, place, desk.now_ms, note[:200])
    row = cursor.one(_INSERT, *values)
    assert row is not None, "an insert returns its row"
    cursor.run(_OWE, amount_fen, card)
    return Debt(row[0], card, amount_fen)


def add(cursor: Cursor, card: str, fee: int, more_fen: int) -> None:
    """Make a fee higher, or take out of it what is open (below 0). Under the reader's lock."""
    cursor.run(_RAISE, more_fen, fee)
    cursor.run(_OWE, more_fen, card)


def strike(cursor: Cursor, debt: Debt) -> None:
    """Take out a fee of which nothing was paid or forgiven. Under the reader's lock."""
    cursor.run(_DELETE, debt.id)
    cursor.run(_OWE, -debt.open_fen, debt.card)


def lower(cursor: Cursor, debt: Debt, by_fen: int) -> None:
    """Less is open of a fee, for a share or a waiver that is written with it. Under the reader's lock."""
    cursor.run(_LOWER, by_fen, debt.id)
    cursor.run(_OWE, -by_fen, debt.card)


def forgive(
    cursor: Cursor, desk: Desk, debt: Debt, amount_fen: int, reason: str, amnesty: int | None = None
) -> None:
    """Forgive of a fee what is open, or less. Under the reader's lock."""
    note_waiver(cursor, desk, debt.id, amount_fen, reason, amnesty)
    lower(cursor, debt, amount_fen)


def note_waiver(
    cursor: Cursor, desk: Desk, fee: int, amount_fen: int, reason: str, amnesty: int | None = None
) -> None:
    """Write down what was forgiven of a fee; what is open of it is the caller's."""
    cursor.run(_WAIVE, fee, amnesty, amount_fen, reason[:100], desk.account, desk.now_ms)
