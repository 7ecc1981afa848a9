"""The locks under which the verbs decide, always taken in this order: items, reader, title.

- An item's lock is for its loan and its place, a reader's for limits and money, a title's for its queue of
  holds and the copies that are kept for them.
- SQLite has one writer at a time, so that these are plain questions there. On PostgreSQL they are SELECT …
  FOR NO KEY UPDATE: rows that refer to the locked ones may be inserted meanwhile.
- A statement after the lock sees what was committed before it, so whatever is decided is asked after it.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select

from central.circulation.ledger.borrowers import OWN, borrower
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Item, Reader, Title
from central.circulation.ledger.outcomes import Refused
from central.circulation.ledger.rules import Borrower
from central.circulation.ledger.standing import (
    COPY,
    WITH_STANDING,
    Copy,
    Standing,
    as_copy,
    find_copy,
    find_with_standing,
    standing,
    with_standing,
)
from central.statements import Cursor, Prepared

_COPY = Prepared("barcode", statement=COPY.with_for_update(of=Item, key_share=True))
_READER = Prepared(
    "card",
    statement=select(*OWN).where(Reader.card == bindparam("card")).with_for_update(key_share=True),
)
_is_reader = Reader.card == bindparam("card")
_TOGETHER = Prepared(
    "card", "barcode", statement=WITH_STANDING.add_columns(*OWN).outerjoin(Reader, _is_reader)
)
_BOTH = Prepared(
    "card",
    "barcode",
    statement=COPY.add_columns(*OWN)
    .join(Reader, _is_reader)
    .with_for_update(of=(Item, Reader), key_share=True),
)
"""PostgreSQL locks the tables in the order in which they are named."""
_TITLE = Prepared(
    "title",
    statement=select(Title.id).where(Title.id == bindparam("title")).with_for_update(key_share=True),
)


def lock_copy(cursor: Cursor, barcode: str) -> Copy | None:
    """The item, ours alone until the transaction ends."""
    return find_copy(cursor, barcode, _COPY)


def lock_item(cursor: Cursor, barcode: str) -> tuple[Copy, Standing] | None:
    """The item, ours alone until the transaction ends, and how it stands."""
    if cursor.has_one_writer:
        return find_with_standing(cursor, barcode)
    copy = lock_copy(cursor, barcode)
    return None if copy is None else (copy, standing(cursor, barcode))


def lock_reader(cursor: Cursor, desk: Desk, card: str) -> Borrower | None:
    """The reader, ours alone until the transaction ends."""
    row = cursor.one(_READER, card)
    return None if row is None else borrower(cursor, desk.today, card, row)


def lock_both(
    cursor: Cursor, desk: Desk, card: str, barcode: str
) -> tuple[Copy, Standing, Borrower] | Refused:
    """The item, then the reader, both ours alone, and how the item stands then.

    Refused with `card_unknown` or `item_unknown`.
    """
    alone = cursor.has_one_writer
    row = cursor.one(_TOGETHER if alone else _BOTH, card, barcode)
    if row is not None and row[-len(OWN)] is not None:
        copy, now = with_standing(row) if alone else (as_copy(row), standing(cursor, barcode))
        return copy, now, borrower(cursor, desk.today, card, row[-len(OWN) :])
    return _one_by_one(cursor, desk, card, barcode)


def _one_by_one(
    cursor: Cursor, desk: Desk, card: str, barcode: str
) -> tuple[Copy, Standing, Borrower] | Refused:
    """The same where one of them was unknown just before."""
    copy, reader = lock_copy(cursor, barcode), lock_reader(cursor, desk, card)
    if reader is None:
        return Refused("card_unknown", copy.book if copy else None)
    return Refused("item_unknown") if copy is None else (copy, standing(cursor, barcode), reader)


def lock_title(cursor: Cursor, title_id: int) -> bool:
    """The queue of a title, ours alone until the transaction ends; False where there is no such title."""
    return cursor.one(_TITLE, title_id) is not None
