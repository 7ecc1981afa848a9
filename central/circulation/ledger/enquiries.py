"""Questions to the ledger: nothing here changes a row.

Each runs on a cursor in the caller's transaction, which may be a read-only one. `today` is the civil date
at the branch that asks.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from central.circulation.ledger.models import Hold, Item, LendingRule, Loan, Reader, Title
from central.circulation.ledger.outcomes import Awaited, Book, Charged, ItemInformation, ReaderInformation
from central.circulation.ledger.rules import Allowance, bar
from central.statements import Cursor, Prepared

BOOK = (
    Item.barcode,
    Item.type,
    Title.title,
    Title.author,
    Title.call_number,
    Title.isbn,
    Item.home_branch_id,
    Item.place_branch_id,
)
"""The columns of a `Book`, in the order of its fields."""

_is_open = and_(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None))


class Copy(NamedTuple):
    """One item."""

    book: Book
    status: str
    title_id: int


COPY = (
    select(*BOOK, Item.status, Item.title_id)
    .join(Title, Title.id == Item.title_id)
    .where(Item.barcode == bindparam("barcode"))
)
_COPY = Prepared("barcode", statement=COPY)


def find_copy(cursor: Cursor, barcode: str, statement: Prepared = _COPY) -> Copy | None:
    """The item with this barcode; `statement` may lock it."""
    row = cursor.one(statement, barcode)
    return None if row is None else Copy(Book(*row[: len(BOOK)]), *row[len(BOOK) :])


class Standing(NamedTuple):
    """The loan that an item is out on, and the hold on its title that is served next; None for none."""

    loan: int | None
    borrower: str | None
    due_on: date | None
    renewals: int | None
    hold: int | None
    awaiting: str | None
    """Card of the reader who is next."""
    pickup: str | None


_older = aliased(Hold)
_next_hold = (
    select(_older.id)
    .where(_older.title_id == Item.title_id, _older.filled_ms.is_(None))
    .order_by(_older.placed_ms, _older.id)
    .limit(1)
    .correlate(Item)
    .scalar_subquery()
)
_STANDING = Prepared(
    "barcode",
    statement=select(
        Loan.id,
        Loan.reader_card,
        Loan.due_on,
        Loan.renewals,
        Hold.id,
        Hold.reader_card,
        Hold.pickup_branch_id,
    )
    .select_from(Item)
    .outerjoin(Loan, _is_open)
    .outerjoin(Hold, Hold.id == _next_hold)
    .where(Item.barcode == bindparam("barcode")),
)


def standing(cursor: Cursor, barcode: str) -> Standing:
    """How an item of the ledger stands now. Ask under its lock to act on it."""
    row = cursor.one(_STANDING, barcode)
    assert row is not None, "a known item"
    return Standing(*row)


_ALLOWANCE = Prepared(
    "reader_type",
    "item_type",
    "card",
    statement=select(
        LendingRule.max_loans,
        LendingRule.days,
        LendingRule.max_fees_fen,
        LendingRule.max_renewals,
        select(func.count())
        .select_from(Loan)
        .join(Item, Item.barcode == Loan.item_barcode)
        .where(
            Loan.reader_card == bindparam("card"),
            Loan.returned_ms.is_(None),
            Item.type == bindparam("item_type"),
        )
        .scalar_subquery(),
    ).where(
        LendingRule.reader_type_id == bindparam("reader_type"),
        LendingRule.item_type == bindparam("item_type"),
    ),
)


def allowance(cursor: Cursor, reader_type: str, item_type: str, card: str) -> tuple[Allowance | None, int]:
    """What the reader may borrow of this type of item, and how many are out; None: nothing."""
    row = cursor.one(_ALLOWANCE, reader_type, item_type, card)
    return (None, 0) if row is None else (Allowance(*row[:4]), row[4])


_PIN = Prepared("card", statement=select(Reader.pin_hash).where(Reader.card == bindparam("card")))


def pin_hash(cursor: Cursor, card: str) -> str | None:
    """The hash of a reader's PIN, empty where none was set; None where the card is unknown."""
    row = cursor.one(_PIN, card)
    return None if row is None else str(row[0])


_ITEM = Prepared(
    "barcode",
    statement=select(
        *BOOK,
        Item.status,
        Loan.id,
        Loan.due_on,
        select(func.count())
        .where(_older.title_id == Item.title_id, _older.filled_ms.is_(None))
        .correlate(Item)
        .scalar_subquery(),
    )
    .select_from(Item)
    .join(Title, Title.id == Item.title_id)
    .outerjoin(Loan, _is_open)
    .where(Item.barcode == bindparam("barcode")),
)


def item_information(cursor: Cursor, barcode: str) -> ItemInformation | None:
    """One item, its loan and its queue; None where it is unknown."""
    row = cursor.one(_ITEM, barcode)
    if row is None:
        return None
    status, loan, due_on, waiting = row[len(BOOK) :]
    return ItemInformation(
        book=Book(*row[: len(BOOK)]),
        status=status if loan is None else "lent",
        due_on=due_on,
        waiting=waiting,
    )


_READER = Prepared(
    "card",
    statement=select(
        Reader.name,
        Reader.type_id,
        Reader.branch_id,
        Reader.expires_on,
        Reader.blocked,
        Reader.fees_fen,
        *(
            select(func.coalesce(total, 0))
            .where(LendingRule.reader_type_id == Reader.type_id)
            .correlate(Reader)
            .scalar_subquery()
            for total in (func.max(LendingRule.max_fees_fen), func.sum(LendingRule.max_loans))
        ),
    ).where(Reader.card == bindparam("card")),
)
_CHARGED = Prepared(
    "card",
    statement=select(Item.barcode, Title.title, Loan.due_on)
    .select_from(Loan)
    .join(Item, Item.barcode == Loan.item_barcode)
    .join(Title, Title.id == Item.title_id)
    .where(Loan.reader_card == bindparam("card"), Loan.returned_ms.is_(None))
    .order_by(Loan.lent_ms, Loan.id),
)
_on_shelf = exists().where(
    Item.title_id == Hold.title_id, Item.status == "available", ~exists().where(_is_open)
)
_before_it = exists().where(
    _older.title_id == Hold.title_id,
    _older.filled_ms.is_(None),
    tuple_(_older.placed_ms, _older.id) < tuple_(Hold.placed_ms, Hold.id),
)
_AWAITED = Prepared(
    "card",
    statement=select(Title.title, and_(_on_shelf, ~_before_it))
    .select_from(Hold)
    .join(Title, Title.id == Hold.title_id)
    .where(Hold.reader_card == bindparam("card"), Hold.filled_ms.is_(None))
    .order_by(Hold.placed_ms, Hold.id),
)


def reader_information(cursor: Cursor, card: str, today: date) -> ReaderInformation | None:
    """One reader with loans and holds, both oldest first; None where the card is unknown."""
    row = cursor.one(_READER, card)
    if row is None:
        return None
    name, kind, home, expires_on, blocked, fees_fen, max_fees_fen, loan_limit = row
    charged = tuple(Charged(*loan) for loan in cursor.all(_CHARGED, card))
    return ReaderInformation(
        card=card,
        name=name,
        type=kind,
        home=home,
        expires_on=expires_on,
        bar=bar(blocked, expires_on, today),
        fees_fen=fees_fen,
        too_much_owed=fees_fen > max_fees_fen,
        charged=charged,
        overdue=tuple(loan for loan in charged if loan.due_on < today),
        awaited=tuple(Awaited(title, bool(ready)) for title, ready in cursor.all(_AWAITED, card)),
        loan_limit=loan_limit,
    )
