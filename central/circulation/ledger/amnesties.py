"""Amnesties (免逾期费): for some days, at a branch and below it, for a type of reader or for all.

What comes back within them is forgiven as it is charged (`fees.charge_overdue`). What was owed before stays,
until staff forgive that too (`forgive_open`), after a look at how much it is.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import String, bindparam, exists, func, insert, literal, or_, select, update

from central.circulation.ledger import audit, books
from central.circulation.ledger.books import Debt
from central.circulation.ledger.branches import EVERYWHERE, above, below
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Amnesty, Fee, Reader, Waiver
from central.circulation.ledger.outcomes import Waived
from central.statements import Cursor, Prepared

WHOLE = 100
"""Percent."""
LATELY_MS = 30 * 24 * 3600 * 1000
"""As long a reader is told of what was forgiven."""


class NewAmnesty(Struct, frozen=True):
    first_on: date
    last_on: date
    reason: str
    branch: str | None = None
    """Where it is brought back, and all below; None: anywhere."""
    reader_type: str | None = None
    """None: every type."""
    percent: int = WHOLE
    """Of the fee."""


class InForce(NamedTuple):
    """The amnesty that applies."""

    id: int
    percent: int
    reason: str

    def share(self, amount_fen: int) -> int:
        """What it forgives of an amount; a broken 分 is the reader's."""
        return -(-amount_fen * self.percent // WHOLE)


class Gift(NamedTuple):
    """What an amnesty has forgiven one reader of late."""

    amount_fen: int
    reason: str


class Listed(NamedTuple):
    """An amnesty, and what it has forgiven so far."""

    id: int
    branch: str | None
    reader_type: str | None
    first_on: date
    last_on: date
    percent: int
    reason: str
    staff: str
    at_ms: int
    ended_ms: int | None
    fees: int
    amount_fen: int


def in_force(cursor: Cursor, desk: Desk, reader_type: str) -> InForce | None:
    """The most generous amnesty for what this type of reader brings back at this desk today."""
    row = cursor.one(_IN_FORCE, desk.branch, reader_type, desk.today)
    return None if row is None else InForce(*row)


def lately(cursor: Cursor, desk: Desk, card: str) -> list[Gift]:
    """What amnesties have forgiven a reader within `LATELY_MS`, the newest amnesty first."""
    return [Gift(*row) for row in cursor.all(_LATELY, card, desk.now_ms - LATELY_MS)]


def grant(cursor: Cursor, desk: Desk, new: NewAmnesty) -> int:
    """Begin an amnesty; its number.

    Raises:
        ValueError: it ends before it begins, or forgives less than 1 or more than 100 percent.
    """
    if new.last_on < new.first_on or not 1 <= new.percent <= WHOLE:
        raise ValueError("an amnesty from its first to its last day, of 1 to 100 percent")
    scope = (new.branch, new.reader_type, new.first_on, new.last_on, new.percent)
    row = cursor.one(_GRANT, *scope, new.reason[:100], desk.account, desk.now_ms)
    assert row is not None, "an insert returns its row"
    days = f"{new.first_on}…{new.last_on}"
    audit.record(
        cursor, desk, "amnesty_begun", f"#{row[0]} {new.branch or '*'} {days} {new.percent}% {new.reason}"
    )
    return int(row[0])


def end(cursor: Cursor, desk: Desk, amnesty: int) -> bool:
    """End an amnesty before its last day; False where there is none that runs."""
    if cursor.one(_END, desk.now_ms, amnesty) is None:
        return False
    audit.record(cursor, desk, "amnesty_ended", f"#{amnesty}")
    return True


def listing(cursor: Cursor) -> list[Listed]:
    """All of them, the newest first."""
    return [Listed(*row) for row in cursor.all(_LISTING)]


# ---------------------------------------------------------------- what is owed already
def preview(cursor: Cursor, amnesty: int) -> Waived:
    """How many fees `forgive_open` would forgive now, and how much of them; none where it was ended."""
    terms, due = _due(cursor, amnesty)
    return Waived(len(due), sum(terms.share(debt.open_fen) for debt in due) if terms else 0)


def forgive_open(cursor: Cursor, desk: Desk, amnesty: int) -> Waived:
    """Forgive overdue fees that are open already, as the amnesty forgives others; each of them once."""
    terms, due = _due(cursor, amnesty)
    if terms is None:
        return Waived(0, 0)
    fees = total_fen = 0
    for debt in due:
        now = books.find(cursor, debt.id)
        if now is not None:
            part_fen = terms.share(now.open_fen)
            books.forgive(cursor, desk, now, part_fen, terms.reason, amnesty)
            fees, total_fen = fees + 1, total_fen + part_fen
    audit.record(cursor, desk, "fees_forgiven", f"#{amnesty} {fees} {total_fen}")
    return Waived(fees, total_fen)


def _due(cursor: Cursor, amnesty: int) -> tuple[InForce | None, list[Debt]]:
    """What it forgives, in the order of the cards, in which their rows are locked; nothing where it was ended."""
    row = cursor.one(_TERMS, amnesty)
    if row is None:
        return None, []
    number, percent, reason, branch, reader_type = row
    due = cursor.all(_DUE, amnesty, branch, reader_type)
    return InForce(number, percent, reason), [Debt(*debt) for debt in due]


# ---------------------------------------------------------------- statements
_above = above()
_below = below()
_IN_FORCE = Prepared(
    "branch",
    "reader_type",
    "today",
    statement=select(Amnesty.id, Amnesty.percent, Amnesty.reason)
    .where(
        Amnesty.ended_ms.is_(None),
        Amnesty.first_on <= bindparam("today"),
        Amnesty.last_on >= bindparam("today"),
        or_(Amnesty.reader_type_id.is_(None), Amnesty.reader_type_id == bindparam("reader_type")),
        func.coalesce(Amnesty.branch_id, EVERYWHERE).in_(select(_above.c.id)),
    )
    .order_by(Amnesty.percent.desc(), Amnesty.id)
    .limit(1),
)
_LATELY = Prepared(
    "card",
    "since_ms",
    statement=select(func.sum(Waiver.amount_fen), Amnesty.reason)
    .join(Fee, Fee.id == Waiver.fee_id)
    .join(Amnesty, Amnesty.id == Waiver.amnesty_id)
    .where(Fee.reader_card == bindparam("card"), Waiver.at_ms >= bindparam("since_ms"))
    .group_by(Amnesty.id, Amnesty.reason)
    .order_by(Amnesty.id.desc()),
)
_SCOPE = ("branch_id", "reader_type_id", "first_on", "last_on", "percent", "reason", "staff", "at_ms")
_GRANT = Prepared(*_SCOPE, statement=insert(Amnesty).returning(Amnesty.id))
_END = Prepared(
    "now_ms",
    "amnesty",
    statement=update(Amnesty)
    .where(Amnesty.id == bindparam("amnesty"), Amnesty.ended_ms.is_(None))
    .values(ended_ms=bindparam("now_ms"))
    .returning(Amnesty.id),
)
_TERMS = Prepared(
    "amnesty",
    statement=select(
        Amnesty.id,
        Amnesty.percent,
        Amnesty.reason,
        func.coalesce(Amnesty.branch_id, EVERYWHERE),
        func.coalesce(Amnesty.reader_type_id, ""),
    ).where(Amnesty.id == bindparam("amnesty"), Amnesty.ended_ms.is_(None)),
)
_DUE = Prepared(
    "amnesty",
    "branch",
    "reader_type",
    statement=select(Fee.id, Fee.reader_card, Fee.open_fen)
    .join(Reader, Reader.card == Fee.reader_card)
    .where(
        Fee.kind == "overdue",
        Fee.open_fen > 0,
        Fee.branch_id.in_(select(_below.c.id)),
        bindparam("reader_type", type_=String).in_((literal(""), Reader.type_id)),
        ~exists().where(Waiver.fee_id == Fee.id, Waiver.amnesty_id == bindparam("amnesty")),
    )
    .order_by(Fee.reader_card, Fee.id),
)
_LISTING = Prepared(
    statement=select(
        Amnesty.id,
        Amnesty.branch_id,
        Amnesty.reader_type_id,
        Amnesty.first_on,
        Amnesty.last_on,
        Amnesty.percent,
        Amnesty.reason,
        Amnesty.staff,
        Amnesty.at_ms,
        Amnesty.ended_ms,
        func.count(Waiver.id),
        func.coalesce(func.sum(Waiver.amount_fen), 0),
    )
    .outerjoin(Waiver, Waiver.amnesty_id == Amnesty.id)
    .group_by(Amnesty.id)
    .order_by(Amnesty.id.desc()),
)
