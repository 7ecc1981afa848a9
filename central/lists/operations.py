"""What staff and kiosks do to lists: deny and lift, what a kiosk has taken.

Each works inside the caller's transaction and never commits. A change of a list marks it: the clock's
process makes a new version soon after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Insert, or_, select
from sqlalchemy.orm import Session

from central.circulation.owed.states import clean
from central.fleet.models import Branch
from central.lists.models import ListEntry, ListHead, ListMark
from central.statements import Cursor, Prepared, insert_into
from wire.facts import ListRefused, ListTaken
from wire.ids import ListName

MAX_NUMBER = 64
MAX_REASON = 100


class Unfit(ValueError):  # noqa: N818 - a verdict on the request
    """The change is refused; `args[0]` names why: see `words.WHY`. What follows says where."""


class Wish(NamedTuple):
    """A card or an item that staff want denied."""

    kind: str
    number: str
    branch: str | None
    """None: everywhere."""
    reason: str
    until_on: date | None


def deny(session: Session, wish: Wish, staff: str, now_ms: int, today: date) -> ListEntry:
    """Put a card or an item on the deny list.

    Raises:
        Unfit: `number`, `reason`, `until`, `branch` or `known`.
    """
    if wish.kind not in {"reader", "item"}:
        raise Unfit("number")
    fit(session, wish.number, wish.branch, wish.until_on, today)
    if not wish.reason:
        raise Unfit("reason")
    mark(session, "deny", now_ms)  # whoever denies the same at this moment waits here
    same = select(ListEntry.id).where(
        ListEntry.kind == wish.kind,
        ListEntry.number == wish.number,
        ListEntry.branch_id.is_(None) if wish.branch is None else ListEntry.branch_id == wish.branch,
        or_(ListEntry.until_on.is_(None), ListEntry.until_on >= today),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Unfit("known")
    entry = ListEntry(
        kind=wish.kind,
        number=wish.number,
        branch_id=wish.branch,
        reason=wish.reason[:MAX_REASON],
        until_on=wish.until_on,
        staff=staff,
        at_ms=now_ms,
    )
    session.add(entry)
    session.flush()
    return entry


def fit(session: Session, number: str, branch: str | None, until_on: date | None, today: date) -> None:
    """What every entry has: a number that can be one, a branch or none, and a last day that is not over.

    Raises:
        Unfit: `number`, `until` or `branch`.
    """
    if not 0 < len(number) <= MAX_NUMBER:
        raise Unfit("number")
    if until_on is not None and until_on < today:
        raise Unfit("until")
    if branch is not None and session.get(Branch, branch) is None:
        raise Unfit("branch")


def lift(session: Session, entry: ListEntry, now_ms: int) -> None:
    """Take it off again."""
    session.delete(entry)
    mark(session, "deny", now_ms)


def mark(session: Session, name: ListName, now_ms: int) -> None:
    """Staff have changed this list. What is changed is written first, so that nobody holds the mark and waits for a row."""
    session.flush()
    Cursor(session.connection()).run(_MARK, name, now_ms)


# ---------------------------------------------------------------- what kiosks tell
class Told(NamedTuple):
    """A fact about a list."""

    device_id: str
    fact: ListTaken | ListRefused
    at_ms: int


def note(connection: Connection, told: Sequence[Told]) -> None:
    """Keep which version each kiosk has in force, or why it has not.

    Args:
        connection: the caller's transaction.
        told: facts that are new, each kiosk's in the order of its journal; the last of each list holds.
    """
    if not told:
        return
    latest = {(one.device_id, one.fact.list): one for one in told}
    cursor = Cursor(connection)
    for key, one in sorted(latest.items()):  # in the order of whoever else writes these rows
        if isinstance(one.fact, ListTaken):
            cursor.run(_TAKEN, *key, one.fact.version, one.at_ms, 0, "")
        else:
            cursor.run(_REFUSED, *key, one.fact.version, clean(one.fact.why))


def _marking(dialect: str) -> Insert:
    """Two persons may change a list for the first time at the same moment."""
    new = insert_into(ListMark, dialect)
    return new.on_conflict_do_update(index_elements=["name"], set_={"changed_ms": new.excluded.changed_ms})


_MARK = Prepared("name", "changed_ms", statement=_marking)
_KEY = ("device_id", "name")
_BLANK: dict[str, object] = {
    "version": 0, "given_ms": 0, "taken": 0, "taken_ms": 0, "refused": 0, "why": "",
}  # fmt: skip


def _noted(*names: str) -> Prepared:
    """Writes these columns, into a new row where there is none: the clock's process may be making it at this moment."""

    def made(dialect: str) -> Insert:
        new = insert_into(ListHead, dialect).values(
            {name: _BLANK[name] for name in _BLANK if name not in names}
        )
        return new.on_conflict_do_update(
            index_elements=_KEY, set_={name: new.excluded[name] for name in names}
        )

    return Prepared(*_KEY, *names, statement=made)


_TAKEN = _noted("taken", "taken_ms", "refused", "why")
_REFUSED = _noted("refused", "why")
