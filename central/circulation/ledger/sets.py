"""Items that belong together: the volumes of a set, a book bag. They are lent one by one and missed one by one."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, or_, select

from central.circulation.ledger.models import Item, Loan
from central.circulation.ledger.standing import Copy
from central.statements import Cursor, Prepared

_loan = and_(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None))
_set = (
    select(Item.barcode)
    .outerjoin(Loan, _loan)
    .where(
        Item.set_id == bindparam("set"),
        Item.status != "lost",
        Item.status != "withdrawn",
    )
    .order_by(Item.barcode)
)
_ELSEWHERE = Prepared(
    "set",
    "card",
    statement=_set.where(or_(Loan.reader_card.is_(None), Loan.reader_card != bindparam("card"))),
)
_WITH = Prepared("set", "card", statement=_set.where(Loan.reader_card == bindparam("card")))


def not_with(cursor: Cursor, copy: Copy, card: str) -> tuple[str, ...]:
    """Barcodes of the same set that are not on this card; ask after the loan."""
    return () if copy.set_id is None else tuple(b for (b,) in cursor.all(_ELSEWHERE, copy.set_id, card))


def still_with(cursor: Cursor, copy: Copy, card: str | None) -> tuple[str, ...]:
    """Barcodes of the same set that are on this card; ask after the return."""
    if copy.set_id is None or card is None:
        return ()
    return tuple(b for (b,) in cursor.all(_WITH, copy.set_id, card))
