"""Days on which a branch is closed: no loan falls due on them, no fine runs, nobody has to fetch a hold.

    what is said of a branch    holds there and in all branches below it; of no branch: everywhere
    a closure is entered        what falls due on its days moves to the next open day
    it grows                    likewise
    it shrinks or goes          nothing: what a reader was told stays
    a day of the week is shut   as a closure (`branch_rules`: the nearest branch up the tree decides)

A loan is made by what the calendar says just before; `settle`, which the clock calls, moves those that were made in
the moment in which days were closed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Date, bindparam, delete, func, insert, select, update

from central.circulation.ledger import branch_rules
from central.circulation.ledger.branches import EVERYWHERE, above, below
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Closure, Hold, Loan
from central.circulation.ledger.standing import OPEN_HOLD
from central.statements import Cursor, Prepared

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=366)
"""Beyond that a branch is not closed, it is gone."""
JUST_NOW_MS: Final = 3_600_000
"""No transaction takes longer."""

Days = tuple[date, date]
"""First and last."""


class Moved(NamedTuple):
    """What closed days have moved to later ones."""

    closure: int
    """0: a rule of the week."""
    loans: int
    holds: int
    """Copies that are kept for longer."""


# ---------------------------------------------------------------- questions
_above, _below = above(), below()
_CLOSED = Prepared(
    "branch",
    "day",
    statement=select(Closure.first_on, Closure.last_on)
    .where(
        Closure.last_on >= bindparam("day", type_=Date),
        func.coalesce(Closure.branch_id, EVERYWHERE).in_(select(_above.c.id)),
    )
    .order_by(Closure.first_on),
)


def closures(cursor: Cursor, branch: str, day: date) -> list[Days]:
    """What binds a branch from that day on, by its first day."""
    return [(first, last) for first, last in cursor.known(_CLOSED, branch, day)]


def next_open(cursor: Cursor, branch: str, day: date) -> date:
    """That day, or the next one on which the branch is open."""
    closed = closures(cursor, branch, day)
    weekly = branch_rules.binding(cursor, branch).closed_weekdays
    while True:
        found = _past(closed, day)
        while str(found.isoweekday()) in weekly:
            found += DAY
        if found == day:
            return day
        day = found


def open_days(cursor: Cursor, branch: str, after: date, until: date) -> int:
    """On how many days a branch was open after one day, until and with another."""
    weekly = branch_rules.binding(cursor, branch).closed_weekdays
    shut: set[date] = set()
    for first, last in closures(cursor, branch, after):
        day = max(first, after + DAY)
        while day <= min(last, until):
            shut.add(day)
            day += DAY
    days = (after + DAY * n for n in range(1, (until - after).days + 1))
    return sum(str(day.isoweekday()) not in weekly and day not in shut for day in days)


def _past(closed: list[Days], day: date) -> date:
    """The first day from `day` on that lies in none of these, which are in the order of their first days."""
    for first, last in closed:
        if first <= day <= last:
            day = last + DAY
    return day


# ---------------------------------------------------------------- staff
_ENTER = Prepared(
    "branch",
    "first",
    "last",
    "reason",
    "staff",
    "at_ms",
    statement=insert(Closure)
    .values(
        branch_id=bindparam("branch"),
        first_on=bindparam("first"),
        last_on=bindparam("last"),
        reason=bindparam("reason"),
        staff=bindparam("staff"),
        at_ms=bindparam("at_ms"),
    )
    .returning(Closure.id),
)
_CHANGE = Prepared(
    "first",
    "last",
    "at_ms",
    "closure",
    statement=update(Closure)
    .where(Closure.id == bindparam("closure"))
    .values(first_on=bindparam("first"), last_on=bindparam("last"), at_ms=bindparam("at_ms")),
)
_BRANCH = Prepared("closure", statement=select(Closure.branch_id).where(Closure.id == bindparam("closure")))
_REMOVE = Prepared("closure", statement=delete(Closure).where(Closure.id == bindparam("closure")))


def close(cursor: Cursor, desk: Desk, branch: str | None, days: Days, reason: str) -> Moved:
    """Enter a closure of a branch and all below it, or of the whole network.

    Raises:
        ValueError: the last day comes before the first, or more than `LONGEST` after it.
    """
    _check(days)
    row = cursor.one(_ENTER, branch, *days, reason, desk.account, desk.now_ms)
    assert row is not None, "an insert returns its number"
    return _move(cursor, row[0], branch, days)


def change(cursor: Cursor, desk: Desk, closure: int, days: Days) -> Moved | None:
    """Give a closure other days; None where there is no such closure.

    Raises:
        ValueError: as `close`.
    """
    _check(days)
    row = cursor.one(_BRANCH, closure)
    if row is None:
        return None
    cursor.run(_CHANGE, *days, desk.now_ms, closure)
    return _move(cursor, closure, row[0], days)


def remove(cursor: Cursor, closure: int) -> None:
    """The branch is open on those days after all; whatever was moved stays where it is."""
    cursor.run(_REMOVE, closure)


def close_weekly(
    cursor: Cursor, desk: Desk, branch: str | None, closed_weekdays: str | None, hold_days: int | None
) -> Moved:
    """Say on which days of the week a branch is closed, and how long it keeps holds (`branch_rules.enter`).

    Raises:
        ValueError: as `branch_rules.enter`.
    """
    branch_rules.enter(cursor, desk, branch, closed_weekdays, hold_days)
    return _move(cursor, 0, branch, (desk.today, desk.today + LONGEST))


def is_closure(first: date, last: date) -> bool:
    """Whether a closure may last so: it ends no sooner than it begins, and at most `LONGEST` later."""
    return timedelta() <= last - first <= LONGEST


def _check(days: Days) -> None:
    if not is_closure(*days):
        raise ValueError(f"no closure lasts from {days[0]} to {days[1]}")


# ---------------------------------------------------------------- what falls due on closed days
_RECENT = Prepared(
    "since_ms",
    statement=select(Closure.id, Closure.branch_id, Closure.first_on, Closure.last_on).where(
        Closure.at_ms >= bindparam("since_ms")
    ),
)
_lent_at = func.coalesce(Loan.lent_branch_id, EVERYWHERE)
_DUE = Prepared(
    "branch",
    "first",
    "last",
    statement=select(Loan.lent_branch_id, Loan.due_on, func.count())
    .where(
        Loan.returned_ms.is_(None),
        Loan.due_on.between(bindparam("first"), bindparam("last")),
        _lent_at.in_(select(_below.c.id).union(select(bindparam("branch")))),
    )
    .group_by(Loan.lent_branch_id, Loan.due_on),
)
_MOVE_DUE = Prepared(
    "until",
    "branch",
    "day",
    statement=update(Loan)
    .where(Loan.returned_ms.is_(None), _lent_at == bindparam("branch"), Loan.due_on == bindparam("day"))
    .values(due_on=bindparam("until")),
)
_ready = (OPEN_HOLD, Hold.ready_ms.is_not(None))
_KEPT = Prepared(
    "branch",
    "first",
    "last",
    statement=select(Hold.pickup_branch_id, Hold.pickup_by, func.count())
    .where(
        *_ready,
        Hold.pickup_by.between(bindparam("first"), bindparam("last")),
        Hold.pickup_branch_id.in_(select(_below.c.id)),
    )
    .group_by(Hold.pickup_branch_id, Hold.pickup_by),
)
_MOVE_KEPT = Prepared(
    "until",
    "branch",
    "day",
    statement=update(Hold)
    .where(*_ready, Hold.pickup_branch_id == bindparam("branch"), Hold.pickup_by == bindparam("day"))
    .values(pickup_by=bindparam("until")),
)


def settle(cursor: Cursor, now_ms: int) -> int:
    """Move what fell on closed days while they were being entered; how much that was."""
    since_ms, today = now_ms - JUST_NOW_MS, datetime.fromtimestamp(now_ms / 1000, UTC).date()
    entered = [(branch, (days[0], days[1])) for _, branch, *days in cursor.all(_RECENT, since_ms)]
    entered += [(branch, (today, today + LONGEST)) for branch in branch_rules.entered_since(cursor, since_ms)]
    moved = [_move(cursor, 0, branch, days) for branch, days in entered]
    return sum(each.loans + each.holds for each in moved)


def _move(cursor: Cursor, closure: int, branch: str | None, days: Days) -> Moved:
    def shift(due: Prepared, move: Prepared) -> int:
        moved = 0
        for place, day, number in cursor.all(due, branch or EVERYWHERE, *days):
            where = place or EVERYWHERE
            until = next_open(cursor, where, day)
            if until != day:
                cursor.run(move, until, where, day)
                moved += number
        return moved

    return Moved(closure, shift(_DUE, _MOVE_DUE), shift(_KEPT, _MOVE_KEPT))
