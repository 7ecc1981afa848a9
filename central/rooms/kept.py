"""What a branch keeps of its own, hours or admission: a row a branch, changed by one person at a time.

Whoever changes it says which state of it they have seen: where somebody else was faster, nothing is written over, on
SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.lists.operations import Unfit
from wire.faults import Words

OVERTAKEN = "overtaken"
TAKEN = Words(
    "刚才有人保存了这个馆的设置，您的还没有保存。您填写的内容在下面：再次保存会覆盖对方的；重新打开本页可以看到对方的。",
    "Somebody else has just kept this branch's, and yours is not kept. What you typed stands below: keep it again to "
    "replace theirs, or open the page anew to see theirs.",
)
"""What OVERTAKEN tells on a page."""


class Kept(Protocol):
    """`BranchHours` or `RoomAdmission`."""

    at_ms: int

    def __init__(self, *, branch_id: str) -> None: ...


Row = TypeVar("Row", bound=Kept)


def taken(session: Session, kind: type[Row], branch: str, seen_ms: int | None) -> Row:
    """The branch's row, to be changed in this transaction; a new one where it has none. Asked for before what was typed
    is read: a page that names a mistake bears the mark of the row as it stands.

    Args:
        session: the caller's transaction.
        kind: whose table.
        branch: its id.
        seen_ms: `at_ms` of the row that the person has seen, 0 for none; None: whatever stands there is replaced.

    Raises:
        Unfit: OVERTAKEN; somebody else has kept another one since.
    """
    row = session.get(kind, branch, with_for_update=True)
    if seen_ms is not None and seen_ms != (row.at_ms if row else 0):
        raise Unfit(OVERTAKEN)
    return row or kind(branch_id=branch)


def write(session: Session, row: object, taken_why: str = OVERTAKEN) -> None:
    """Write a row that may be new.

    Raises:
        Unfit: `taken_why`; somebody else has entered the same since it was looked for.
    """
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise Unfit(taken_why) from None


def status(refusal: Unfit) -> int:
    """Of the answer that tells a refusal: 409 where somebody else was faster, else 422."""
    return 409 if refusal.args[0] == OVERTAKEN else 422
