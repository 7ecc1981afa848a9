"""A book that a reader has lost: its loan is over, and the reader owes what the book costs.

Where it turns up after all, it is for staff (`item_lost`), who give back or forgive what was charged.
"""

from __future__ import annotations

from sqlalchemy import bindparam, update

from central.circulation.ledger import audit, books, loans
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_item
from central.circulation.ledger.models import Item
from central.circulation.ledger.outcomes import OpenFee, Refused
from central.circulation.ledger.yuan import MAX_FEN
from central.statements import Cursor, Prepared

LOST = "lost"


def declare(
    cursor: Cursor, desk: Desk, barcode: str, *, processing_fen: int = 0, note: str = ""
) -> OpenFee | Refused | None:
    """Write an item off as lost; the fee of who had it, None where nobody had it or it costs nothing.

    Refused with `item_unknown`.

    Args:
        cursor: in the caller's transaction.
        desk: who says so.
        barcode: the item's.
        processing_fen: charged on top of its price for finding another copy.
        note: for staff.

    Raises:
        ValueError: a processing fee below 0 or above `yuan.MAX_FEN`.
    """
    if not 0 <= processing_fen <= MAX_FEN:
        raise ValueError(f"a processing fee of {processing_fen} 分")
    found = lock_item(cursor, barcode)
    if found is None:
        return Refused("item_unknown")
    copy, now = found
    cursor.run(_WRITE_OFF, barcode)
    audit.record(cursor, desk, "item_declared_lost", barcode)
    if now.loan is None or now.borrower is None:
        return None
    books.lock(cursor, now.borrower)
    cursor.run(loans.END, desk.now_ms, desk.account, now.loan)
    amount_fen = min((copy.book.price_fen or 0) + processing_fen, MAX_FEN)
    if amount_fen == 0 or books.of_loan(cursor, now.loan, LOST) is not None:
        return None
    debt = books.charge(
        cursor, desk, now.borrower, LOST, amount_fen, barcode=barcode, loan=now.loan, note=note
    )
    return OpenFee(debt.id, LOST, amount_fen, amount_fen, barcode, copy.book.title, desk.now_ms, note)


_WRITE_OFF = Prepared(
    "barcode", statement=update(Item).where(Item.barcode == bindparam("barcode")).values(status=LOST)
)
