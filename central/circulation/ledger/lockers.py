"""Pick-up cabinets (取书柜): which doors a branch has, and what lies behind them.

A copy that becomes ready gets the first free door of its place of pick-up (`waiting.make_ready`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select

from central.circulation.ledger.models import Hold, Locker
from central.statements import Cursor, Prepared

MAX_LABEL: Final = 16
MAX_DOORS: Final = 500
"""Of one branch; the largest cabinets sold have 200."""


class Door(NamedTuple):
    """One door of a cabinet."""

    branch: str
    label: str
    barcode: str
    """What lies behind it; empty: nothing."""


_ALL = Prepared(
    statement=select(Locker.branch_id, Locker.label, func.coalesce(Hold.item_barcode, ""))
    .outerjoin(Hold, Hold.id == Locker.hold_id)
    .order_by(Locker.branch_id, Locker.label)
)
_OF = Prepared("branch", statement=select(Locker.label).where(Locker.branch_id == bindparam("branch")))
_FIT = Prepared(
    "branch",
    "label",
    statement=insert(Locker).values(branch_id=bindparam("branch"), label=bindparam("label")),
)
_TAKE_AWAY = Prepared(
    "branch",
    "label",
    statement=delete(Locker)
    .where(
        Locker.branch_id == bindparam("branch"), Locker.label == bindparam("label"), Locker.hold_id.is_(None)
    )
    .returning(Locker.label),
)


def doors(cursor: Cursor) -> list[Door]:
    """Every door, by branch and label."""
    return [Door(*row) for row in cursor.all(_ALL)]


def fit(cursor: Cursor, branch: str, labels: list[str]) -> int:
    """Give a branch doors with these labels; those that it has already stay as they are. How many are new.

    Raises:
        ValueError: a label that is empty or too long, or more doors than `MAX_DOORS`.
    """
    there = {str(label) for (label,) in cursor.all(_OF, branch)}
    new = sorted(set(labels) - there)
    if any(not 0 < len(label) <= MAX_LABEL for label in new) or len(there) + len(new) > MAX_DOORS:
        raise ValueError("no cabinet has such doors")
    for label in new:
        cursor.run(_FIT, branch, label)
    return len(new)


def take_away(cursor: Cursor, branch: str, label: str) -> bool:
    """Take a door out of use; False where something lies behind it, or there is no such door."""
    return cursor.one(_TAKE_AWAY, branch, label) is not None


def numbered(text: str) -> list[str]:
    """Labels as staff write them: `A1 A2`, `01-24`, `A01-A12`, between them spaces or commas.

    Raises:
        ValueError: a range that counts down, or of more than `MAX_DOORS` doors.
    """
    labels: list[str] = []
    for word in text.replace("，", " ").replace("、", " ").replace(",", " ").split():
        first, dash, last = word.partition("-")
        labels += _range(first, last) if dash else [word]
    return labels


def _range(first: str, last: str) -> list[str]:
    letters = first.rstrip("0123456789")
    low, high = first[len(letters) :], last.removeprefix(letters)
    if not (low.isdecimal() and high.isdecimal()) or not 0 <= int(high) - int(low) < MAX_DOORS:
        raise ValueError(f"{first}-{last}")
    return [f"{letters}{number:0{len(low)}}" for number in range(int(low), int(high) + 1)]
