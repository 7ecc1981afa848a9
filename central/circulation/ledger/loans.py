"""Changes of loans and of the places of items, one statement each."""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, insert, update

from central.circulation.ledger.models import Item, Loan
from central.statements import Prepared

_LOAN = (
    "item_barcode",
    "reader_card",
    "lent_ms",
    "due_on",
    "lent_account",
    "lent_branch_id",
    "reader_type_id",
    "overridden",
    "entered_ms",
    "returned_ms",
)
LEND = Prepared(
    *_LOAN, statement=insert(Loan).values(renewals=0, **{name: bindparam(name) for name in _LOAN})
)
END = Prepared(
    "now_ms",
    "account",
    "loan",
    statement=update(Loan)
    .where(Loan.id == bindparam("loan"))
    .values(returned_ms=bindparam("now_ms"), returned_account=bindparam("account")),
)
EXTEND = Prepared(
    "until",
    "loan",
    statement=update(Loan)
    .where(Loan.id == bindparam("loan"))
    .values(due_on=bindparam("until"), renewals=Loan.renewals + 1),
)
REOPEN = Prepared(
    "loan",
    statement=update(Loan)
    .where(Loan.id == bindparam("loan"))
    .values(returned_ms=None, returned_account=None),
)
ERASE = Prepared("loan", statement=delete(Loan).where(Loan.id == bindparam("loan")))

_found = case((Item.status == "missing", "available"), else_=Item.status)
"""What was missed and is in somebody's hands is found."""
MOVE = Prepared(
    "branch",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(place_branch_id=bindparam("branch"), status=_found),
)
BACK = Prepared(
    "now_ms",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(returned_ms=bindparam("now_ms")),
)
"""`SHELVE` for what was lent here and not missed: no index and no reference to a branch has to be looked at."""
SHELVE = Prepared(
    "branch",
    "now_ms",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(place_branch_id=bindparam("branch"), returned_ms=bindparam("now_ms"), status=_found),
)
