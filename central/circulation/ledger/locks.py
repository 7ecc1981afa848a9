"""The locks under which the verbs decide, always taken in this order: items, reader, title.

- An item's lock is for its loan and its place, a reader's for limits and money, a title's for its queue of
  holds and the copies that are kept for them.
- SQLite has one writer at a time, so that these are plain questions there. On PostgreSQL they are SELECT …
  FOR NO KEY UPDATE: rows that refer to the locked ones may be inserted meanwhile.
- A statement after the lock sees what was committed before it, so whatever is decided is asked after it.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Item, Reader, ReaderType, Terms, Title
from central.circulation.ledger.outcomes import Refused
from central.circulation.ledger.rules import Borrower
from central.circulation.ledger.standing import COPY, Copy, find_copy
from central.statements import Cursor, Prepared

_COPY = Prepared("barcode", statement=COPY.with_for_update(of=Item, key_share=True))
_terms = (
    select(Terms.version)
    .where(Terms.from_on <= bindparam("today"))
    .order_by(Terms.from_on.desc(), Terms.version.desc())
    .limit(1)
    .scalar_subquery()
)
BORROWER = (
    select(
        Reader.card,
        Reader.type_id,
        Reader.expires_on,
        Reader.blocked,
        Reader.blocked_until,
        Reader.fees_fen,
        Reader.deposit_fen,
        Reader.terms_version,
        ReaderType.deposit_fen,
        ReaderType.max_loans,
        ReaderType.max_overdue,
        ReaderType.max_holds,
        func.coalesce(_terms, ""),
    )
    .join(ReaderType, ReaderType.id == Reader.type_id)
    .where(Reader.card == bindparam("card"))
)
"""The columns of a `Borrower`, in the order of its fields."""
_READER = Prepared("card", "today", statement=BORROWER.with_for_update(of=Reader, key_share=True))
_TITLE = Prepared(
    "title",
    statement=select(Title.id).where(Title.id == bindparam("title")).with_for_update(key_share=True),
)


def lock_copy(cursor: Cursor, barcode: str) -> Copy | None:
    """The item, ours alone until the transaction ends."""
    return find_copy(cursor, barcode, _COPY)


def lock_reader(cursor: Cursor, desk: Desk, card: str) -> Borrower | None:
    """The reader, ours alone until the transaction ends."""
    row = cursor.one(_READER, card, desk.today)
    return None if row is None else Borrower(*row)


def lock_both(cursor: Cursor, desk: Desk, card: str, barcode: str) -> tuple[Copy, Borrower] | Refused:
    """The item, then the reader, both ours alone; refused with `card_unknown` or `item_unknown`."""
    copy = lock_copy(cursor, barcode)
    reader = lock_reader(cursor, desk, card)
    if reader is None:
        return Refused("card_unknown", copy.book if copy else None)
    return Refused("item_unknown") if copy is None else (copy, reader)


def lock_title(cursor: Cursor, title_id: int) -> bool:
    """The queue of a title, ours alone until the transaction ends; False where there is no such title."""
    return cursor.one(_TITLE, title_id) is not None
