"""What staff of a branch do for holds: fetch what stands on the shelves, and hand out what is kept.

A copy on the shelf is not set aside by itself: whoever fetches it lays it on the pad as a return, which sends it on
its way.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import aliased

from central.circulation.ledger.branches import below
from central.circulation.ledger.models import Hold, Item, Locker, Reader, Title
from central.circulation.ledger.standing import OPEN_HOLD, UNDER_WAY
from central.circulation.ledger.waiting import FREE
from central.statements import Cursor, Prepared


class Wanted(NamedTuple):
    """A copy that stands on a shelf and that somebody waits for."""

    barcode: str
    title: str
    call_number: str
    branch: str
    shelf: str
    waiting: int
    """Readers who wait for the title without a copy; more copies than that need not be fetched."""


class Kept(NamedTuple):
    """A copy that is kept for a reader."""

    hold: int
    barcode: str
    title: str
    card: str
    name: str
    ready_ms: int
    pickup_by: date
    locker: str
    """Empty: on the shelf of holds."""


_other = aliased(Hold)
_waiting = (
    select(func.count())
    .where(
        _other.title_id == Item.title_id,
        _other.item_barcode.is_(None),
        _other.filled_ms.is_(None),
        _other.cancelled_ms.is_(None),
    )
    .correlate(Item)
    .scalar_subquery()
)
_below = below()
_WANTED = Prepared(
    "branch",
    statement=select(
        Item.barcode,
        Title.title,
        case((Item.call_number != "", Item.call_number), else_=Title.call_number).label("call_number"),
        Item.place_branch_id,
        Item.shelf,
        _waiting,
    )
    .join(Title, Title.id == Item.title_id)
    .where(
        Item.place_branch_id.in_(select(_below.c.id)),
        FREE,
        Item.title_id.in_(select(Hold.title_id).where(OPEN_HOLD, Hold.item_barcode.is_(None))),
        ~exists().where(UNDER_WAY),
    )
    .order_by(Item.place_branch_id, "call_number", Item.barcode),
)
_KEPT = Prepared(
    "branch",
    statement=select(
        Hold.id,
        Item.barcode,
        Title.title,
        Reader.card,
        Reader.name,
        Hold.ready_ms,
        Hold.pickup_by,
        func.coalesce(Locker.label, ""),
    )
    .select_from(Hold)
    .join(Item, Item.barcode == Hold.item_barcode)
    .join(Title, Title.id == Hold.title_id)
    .join(Reader, Reader.card == Hold.reader_card)
    .outerjoin(Locker, Locker.hold_id == Hold.id)
    .where(Hold.pickup_branch_id.in_(select(_below.c.id)), OPEN_HOLD, Hold.ready_ms.is_not(None))
    .order_by(Hold.pickup_by, Hold.id),
)


def wanted(cursor: Cursor, branch: str) -> list[Wanted]:
    """What is to be fetched from the shelves of a branch and of those below it, in their order."""
    return [Wanted(*row) for row in cursor.all(_WANTED, branch)]


def kept(cursor: Cursor, branch: str) -> list[Kept]:
    """What is kept at a branch and below it, what has to go first at the top."""
    return [Kept(*row) for row in cursor.all(_KEPT, branch)]
