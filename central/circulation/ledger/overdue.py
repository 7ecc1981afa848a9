"""What a loan costs that comes back late, by the rule of the branch that lent it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select

from central.circulation.ledger import calendar, fees
from central.circulation.ledger.branches import above
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.fees import Late
from central.circulation.ledger.models import LendingRule, Loan
from central.circulation.ledger.standing import Copy
from central.statements import Cursor, Prepared

_above = above()


class Fine(NamedTuple):
    """What the rule says of a late return."""

    grace_days: int
    fine_fen: int
    max_fine_fen: int


_LOAN = Prepared(
    "loan",
    statement=select(Loan.reader_card, Loan.reader_type_id, Loan.lent_branch_id, Loan.due_on).where(
        Loan.id == bindparam("loan")
    ),
)
_FINE = Prepared(
    "branch",
    "reader_type",
    "item_type",
    statement=select(LendingRule.grace_days, LendingRule.fine_fen, LendingRule.max_fine_fen)
    .join(_above, _above.c.id == LendingRule.branch_id)
    .where(
        LendingRule.reader_type_id == bindparam("reader_type"),
        LendingRule.item_type == bindparam("item_type"),
    )
    .order_by(_above.c.distance)
    .limit(1),
)


def charge(cursor: Cursor, desk: Desk, copy: Copy, loan: int, back_on: date) -> int:
    """Charge a loan that came back on that day; what is open of it in 分, 0 where it was in time."""
    row = cursor.one(_LOAN, loan)
    assert row is not None, "a known loan"
    card, reader_type, lent_at, due_on = row
    branch = lent_at or desk.branch
    found = cursor.one(_FINE, branch, reader_type, copy.book.type) if back_on > due_on else None
    if found is None or card is None:
        return 0
    fine = Fine(*found)
    late = Late(
        loan=loan,
        card=card,
        reader_type=reader_type,
        barcode=copy.book.barcode,
        branch=branch,
        days=calendar.open_days(cursor, branch, due_on, back_on),
        grace_days=fine.grace_days,
        fine_fen=fine.fine_fen,
        max_fine_fen=fine.max_fine_fen,
        price_fen=copy.book.price_fen,
    )
    return fees.charge_overdue(cursor, desk, late)
