"""What holds at a branch: its weekly closing days, and how long it keeps a copy for a reader.

Each of the two comes from the nearest branch up the tree that says something about it, at last from the network's own
row, else from `HOUSE`. So a county library that is closed on Mondays may have a room below it that never closes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from central.circulation.ledger.branches import EVERYWHERE, above
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import BranchRule
from central.statements import Cursor, Prepared

WEEKDAYS: Final = "1234567"
"""ISO 8601, Monday first."""
MAX_HOLD_DAYS: Final = 60


class BranchRules(NamedTuple):
    """What binds at one branch."""

    closed_weekdays: str
    """ISO numbers, `67` for weekends."""
    hold_days: int


HOUSE: Final = BranchRules("", 7)
"""Where nobody says anything."""

_above = above()
_BINDING = Prepared(
    "branch",
    statement=select(BranchRule.closed_weekdays, BranchRule.hold_days)
    .join(_above, _above.c.id == BranchRule.branch_id)
    .order_by(_above.c.distance),
)
_FORGET = Prepared("branch", statement=delete(BranchRule).where(BranchRule.branch_id == bindparam("branch")))
_ENTER = Prepared(
    "branch",
    "closed_weekdays",
    "hold_days",
    "staff",
    "at_ms",
    statement=insert(BranchRule).values(
        branch_id=bindparam("branch"),
        closed_weekdays=bindparam("closed_weekdays"),
        hold_days=bindparam("hold_days"),
        staff=bindparam("staff"),
        at_ms=bindparam("at_ms"),
    ),
)
_RECENT = Prepared(
    "since_ms", statement=select(BranchRule.branch_id).where(BranchRule.at_ms >= bindparam("since_ms"))
)


def binding(cursor: Cursor, branch: str) -> BranchRules:
    """What binds at a branch; `EVERYWHERE` asks for the network's own."""
    rows = cursor.known(_BINDING, branch)
    closed = next((row[0] for row in rows if row[0] is not None), HOUSE.closed_weekdays)
    kept = next((row[1] for row in rows if row[1] is not None), HOUSE.hold_days)
    return BranchRules(closed, kept)


def enter(
    cursor: Cursor, desk: Desk, branch: str | None, closed_weekdays: str | None, hold_days: int | None
) -> None:
    """Say what holds at a branch and below; None for both says nothing: the branch above it binds again.

    Raises:
        ValueError: all seven days closed, something that is no weekday, or more than `MAX_HOLD_DAYS`.
    """
    where = branch or EVERYWHERE
    if closed_weekdays is not None:
        days = "".join(day for day in WEEKDAYS if day in closed_weekdays)
        if len(days) != len(closed_weekdays) or days == WEEKDAYS:
            raise ValueError(f"no week is closed on {closed_weekdays!r}")
        closed_weekdays = days
    if hold_days is not None and not 1 <= hold_days <= MAX_HOLD_DAYS:
        raise ValueError(f"nothing is kept for {hold_days} days")
    cursor.run(_FORGET, where)
    if closed_weekdays is not None or hold_days is not None:
        cursor.run(_ENTER, where, closed_weekdays, hold_days, desk.account, desk.now_ms)


def entered_since(cursor: Cursor, since_ms: int) -> list[str]:
    """Branches of which something was said since then."""
    return [str(branch) for (branch,) in cursor.all(_RECENT, since_ms)]
