"""Items under way from one branch to another (通借通还): home, or to whoever waits there.

returned at another branch          it is sent home, or to the pick-up of the hold that is served next
seen anywhere: returned or lent     it has arrived there, wherever it was going
not seen for LATE_DAYS              it is on the list of those that somebody should look for
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Item, Title, Transit
from central.statements import Cursor, Prepared

LATE_DAYS: Final = 14
"""A van goes round once a week; twice missed is lost."""
DAY_MS: Final = 86_400_000

_SEND = Prepared(
    "barcode",
    "source",
    "target",
    "why",
    "now_ms",
    statement=insert(Transit).values(
        item_barcode=bindparam("barcode"),
        from_branch_id=bindparam("source"),
        to_branch_id=bindparam("target"),
        why=bindparam("why"),
        sent_ms=bindparam("now_ms"),
    ),
)
_END = Prepared(
    "now_ms",
    "branch",
    "transit",
    statement=update(Transit)
    .where(Transit.id == bindparam("transit"))
    .values(ended_ms=bindparam("now_ms"), ended_branch_id=bindparam("branch")),
)


def send(cursor: Cursor, desk: Desk, barcode: str, target: str, why: str) -> None:
    """An item that is at the desk's branch is to go to another one.

    Args:
        cursor: in the caller's transaction, under the item's lock or that of its title.
        desk: where it is.
        barcode: of the item, which is not under way.
        target: branch.
        why: `home`, `hold` or `rotation` (轮换).
    """
    cursor.run(_SEND, barcode, desk.branch, target, why, desk.now_ms)


def end(cursor: Cursor, desk: Desk, transit: int | None) -> None:
    """The item is at the desk's branch, whether it was going there or not; None: it was not under way."""
    if transit is not None:
        cursor.run(_END, desk.now_ms, desk.branch, transit)


class UnderWay(NamedTuple):
    """One open transit."""

    barcode: str
    title: str
    source: str
    target: str
    why: str
    sent_ms: int


_OPEN = (
    select(
        Transit.item_barcode,
        Title.title,
        Transit.from_branch_id,
        Transit.to_branch_id,
        Transit.why,
        Transit.sent_ms,
    )
    .join(Item, Item.barcode == Transit.item_barcode)
    .join(Title, Title.id == Item.title_id)
    .where(Transit.ended_ms.is_(None))
    .order_by(Transit.sent_ms, Transit.id)
)
_LATE = Prepared("before_ms", statement=_OPEN.where(Transit.sent_ms < bindparam("before_ms")))
_TO = Prepared("branch", statement=_OPEN.where(Transit.to_branch_id == bindparam("branch")))
_FROM = Prepared("branch", statement=_OPEN.where(Transit.from_branch_id == bindparam("branch")))


def late(cursor: Cursor, now_ms: int, days: int = LATE_DAYS) -> list[UnderWay]:
    """What has been under way for longer than that, longest first."""
    return [UnderWay(*row) for row in cursor.all(_LATE, now_ms - days * DAY_MS)]


def coming(cursor: Cursor, branch: str) -> list[UnderWay]:
    """What a branch waits for."""
    return [UnderWay(*row) for row in cursor.all(_TO, branch)]


def leaving(cursor: Cursor, branch: str) -> list[UnderWay]:
    """What a branch has sent, or has to send."""
    return [UnderWay(*row) for row in cursor.all(_FROM, branch)]
