"""Undoing a loan or a return that came to nothing at the machine (BI=Y).

Only what the same terminal did last to this item, and a moment ago: later a book that is asked for has been
carried away or lent on, and an undone loan would lose it.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from central.circulation.ledger import arrivals, fees, loans, transits, waiting
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_both, lock_copy, lock_title
from central.circulation.ledger.models import Loan
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.circulation.ledger.standing import Copy, standing
from central.statements import Cursor, Prepared

UNDO_MS: Final = 600_000
"""A machine knows within seconds that its arm or its belt has failed, and asks again for some minutes."""


class Last(NamedTuple):
    """The loan that an item is out on, else the one that ended last."""

    loan: int
    card: str | None
    reader_type: str
    lent_ms: int
    lent_account: str
    due_on: date
    returned_ms: int | None
    returned_account: str | None
    renewals: int


_LAST = Prepared(
    "barcode",
    statement=select(
        Loan.id,
        Loan.reader_card,
        Loan.reader_type_id,
        Loan.lent_ms,
        Loan.lent_account,
        Loan.due_on,
        Loan.returned_ms,
        Loan.returned_account,
        Loan.renewals,
    )
    .where(Loan.item_barcode == bindparam("barcode"))
    .order_by(Loan.returned_ms.is_not(None), Loan.returned_ms.desc(), Loan.id.desc())
    .limit(1),
)


def cancel_check_out(cursor: Cursor, desk: Desk, barcode: str) -> Returned | Refused:
    """The machine lent the item and could not let it go (09 with BI=Y): the loan was never made.

    Its hold waits again, and the item goes where a returned one would. What is not on loan is as it should be.
    Refused with `item_unknown`, or `cannot_cancel` for any other loan.
    """
    copy = lock_copy(cursor, barcode)
    if copy is None:
        return Refused("item_unknown")
    last = _last(cursor, barcode)
    if last is None or last.returned_ms is not None:
        return Returned(copy.book, was_lent=False)
    mine = last.lent_account == desk.account and desk.now_ms - last.lent_ms <= UNDO_MS
    if not mine or last.renewals:
        return Refused("cannot_cancel", copy.book)
    lock_title(cursor, copy.title_id)
    cursor.run(loans.ERASE, last.loan)
    if last.card is not None:
        waiting.unfill(cursor, barcode, last.card, last.lent_ms)
    way = arrivals.arrive(cursor, desk, copy, *waiting.join(cursor, copy, standing(cursor, barcode)))
    return Returned(copy.book, was_lent=True, wanted_at=way.wanted_at, sent_to=way.sent_to, locker=way.locker)


def cancel_check_in(cursor: Cursor, desk: Desk, card: str, barcode: str) -> Lent | Refused:
    """The machine took the item back and could not keep it (11 with BI=Y): it is on loan as it was.

    What the return cost is struck, and a hold that it was set aside for waits again. Refused with
    `card_unknown`, `item_unknown`, or `cannot_cancel` where something else happened last.
    """
    found = lock_both(cursor, desk, card, barcode)
    if isinstance(found, Refused):
        return found
    copy, _, _ = found
    last = _last(cursor, barcode)
    if last is None or last.card != card:
        return Refused("cannot_cancel", copy.book)
    if last.returned_ms is not None:
        if last.returned_account != desk.account or desk.now_ms - last.returned_ms > UNDO_MS:
            return Refused("cannot_cancel", copy.book)
        _take_back(cursor, desk, copy, last)
    return Lent(copy.book, last.due_on, reader_type=last.reader_type)


def _take_back(cursor: Cursor, desk: Desk, copy: Copy, last: Last) -> None:
    cursor.run(loans.REOPEN, last.loan)
    fees.uncharge(cursor, last.loan)
    now, places = waiting.join(cursor, copy, standing(cursor, copy.book.barcode))
    transits.end(cursor, desk, now.transit)
    kept = waiting.kept(places, copy.book.barcode)
    if kept is not None:
        waiting.let_go(cursor, kept)


def _last(cursor: Cursor, barcode: str) -> Last | None:
    row = cursor.one(_LAST, barcode)
    return None if row is None else Last(*row)
