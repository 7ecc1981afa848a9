"""What the verbs decide on: a copy, its loan, transit and holds, and what a reader may borrow of its kind.

Nothing here changes a row. Ask under the locks of `central.circulation.ledger.locks` to act on the answer.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, cast, exists, func, or_, select

from central.circulation.ledger.branches import above
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Hold, Item, LendingRule, Loan, Title, Transit
from central.circulation.ledger.outcomes import Book
from central.circulation.ledger.rules import LENDABLE, Allowance, Counts
from central.statements import Cursor, Prepared

BOOK = (
    Item.barcode,
    Item.type,
    Title.title,
    case((Item.call_number != "", Item.call_number), else_=Title.call_number),
    Item.home_branch_id,
    Item.place_branch_id,
    func.coalesce(Item.collection_id, ""),
    Item.parts,
    Item.parts_note,
    Item.lender,
    func.coalesce(Item.price_fen, Title.price_fen),
)
"""The columns of a `Book`, in the order of its fields."""

IN_STOCK = or_(*(Item.status == status for status in sorted(LENDABLE)))
LENT = and_(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None))
OPEN_HOLD = and_(Hold.filled_ms.is_(None), Hold.cancelled_ms.is_(None))
UNDER_WAY = and_(Transit.item_barcode == Item.barcode, Transit.ended_ms.is_(None))


# ---------------------------------------------------------------- a copy
class Copy(NamedTuple):
    """One item."""

    book: Book
    status: str
    title_id: int
    set_id: int | None


_COPY_COLUMNS = (*BOOK, Item.status, Item.title_id, Item.set_id)
_BOOK_WIDTH, _COPY_WIDTH = len(BOOK), len(_COPY_COLUMNS)
COPY = (
    select(*_COPY_COLUMNS).join(Title, Title.id == Item.title_id).where(Item.barcode == bindparam("barcode"))
)
_COPY = Prepared("barcode", statement=COPY)


def find_copy(cursor: Cursor, barcode: str, statement: Prepared = _COPY) -> Copy | None:
    """The item with this barcode; `statement` may lock it."""
    row = cursor.one(statement, barcode)
    return None if row is None else as_copy(row)


def as_copy(row: tuple[Any, ...]) -> Copy:
    """A row of `COPY`, whatever follows its columns."""
    return Copy(Book(*row[:_BOOK_WIDTH]), *row[_BOOK_WIDTH:_COPY_WIDTH])


# ---------------------------------------------------------------- its loan, its way, its queue
class Standing(NamedTuple):
    """How a copy stands; None for none."""

    loan: int | None
    borrower: str | None
    due_on: date | None
    renewals: int | None
    lent_at: str | None
    """Branch that lent it."""
    transit: int | None
    sent_to: str | None
    awaited: bool
    """There are open holds on its title: see `central.circulation.ledger.waiting`."""


_STANDING_COLUMNS = (
    *(Loan.id, Loan.reader_card, Loan.due_on, Loan.renewals, Loan.lent_branch_id),
    *(Transit.id, Transit.to_branch_id),
    exists().where(Hold.title_id == Item.title_id, OPEN_HOLD).correlate(Item),
)
_WIDTH = _COPY_WIDTH + len(_STANDING_COLUMNS)
_STANDING = Prepared(
    "barcode",
    statement=select(*_STANDING_COLUMNS)
    .select_from(Item)
    .outerjoin(Loan, LENT)
    .outerjoin(Transit, UNDER_WAY)
    .where(Item.barcode == bindparam("barcode")),
)
WITH_STANDING = COPY.add_columns(*_STANDING_COLUMNS).outerjoin(Loan, LENT).outerjoin(Transit, UNDER_WAY)
"""A copy and how it stands, by one question; `with_standing` reads its rows."""
_WITH_STANDING = Prepared("barcode", statement=WITH_STANDING)


def standing(cursor: Cursor, barcode: str) -> Standing:
    """How an item of the ledger stands now."""
    row = cursor.one(_STANDING, barcode)
    assert row is not None, "a known item"
    return Standing(*row)


def find_with_standing(cursor: Cursor, barcode: str) -> tuple[Copy, Standing] | None:
    """An item and how it stands, by one question."""
    row = cursor.one(_WITH_STANDING, barcode)
    return None if row is None else with_standing(row)


def with_standing(row: tuple[Any, ...]) -> tuple[Copy, Standing]:
    """A row of `WITH_STANDING`, whatever follows its columns."""
    return as_copy(row), Standing(*row[_COPY_WIDTH:_WIDTH])


# ---------------------------------------------------------------- what a reader may borrow
_above = above()
_RULE = Prepared(
    "branch",
    "reader_type",
    "item_type",
    statement=select(
        LendingRule.max_loans,
        LendingRule.days,
        LendingRule.max_fees_fen,
        LendingRule.max_renewals,
        LendingRule.renew_days,
        LendingRule.renew_overdue,
    )
    .join(_above, _above.c.id == LendingRule.branch_id)
    .where(
        LendingRule.reader_type_id == bindparam("reader_type"),
        LendingRule.item_type == bindparam("item_type"),
    )
    .order_by(_above.c.distance)
    .limit(1),
)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


_COUNTS = Prepared(
    "item_type",
    "today",
    "card",
    statement=select(
        _sum(Item.type == bindparam("item_type")),
        func.count(),
        _sum(Loan.due_on < bindparam("today")),
    )
    .select_from(Loan)
    .join(Item, Item.barcode == Loan.item_barcode)
    .where(Loan.reader_card == bindparam("card"), Loan.returned_ms.is_(None)),
)


def allowance(
    cursor: Cursor, desk: Desk, reader_type: str, item_type: str, card: str
) -> tuple[Allowance | None, Counts]:
    """What the reader may borrow of this type of item at the desk's branch, and what is out.

    The rule of the branch binds, else its parent's, up the tree; None: no rule says anything.
    """
    rules = cursor.known(_RULE, desk.branch, reader_type, item_type)
    counts = cursor.one(_COUNTS, item_type, desk.today, card)
    assert counts is not None, "sums are always one row"
    return (Allowance(*rules[0]) if rules else None), Counts(*counts)
