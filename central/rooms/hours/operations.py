"""What staff do to the hours of rooms: hours, holidays, closures; and what the lists are made of.

Each works inside the caller's transaction and never commits. A change marks the list: the clock's process makes a new
version soon after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from central.circulation.ledger.models import Closure
from central.fleet.models import Branch
from central.fleet.tree import Tree
from central.lists import hours as writing
from central.lists.hours import Overlap, Written
from central.lists.models import BranchHours
from central.lists.operations import Unfit, mark
from central.rooms import kept
from central.rooms.hours import holidays
from central.rooms.hours.composing import BEHIND, Closed, compose
from central.rooms.hours.holidays import Missing, Year
from central.rooms.hours.models import HolidayYear
from wire.hours import DAY_MIN, Hours

MAX_LAST_ENTRY_MIN = 120
MAX_SHOWN_MIN = 720
PAUSES = ("cleaning", "self_test")
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Wish:
    """Hours as they were typed."""

    week: Sequence[str]
    """Seven days as `central.lists.hours.parse_day` reads them, Monday first."""
    dates: str = ""
    """Days that differ, as `parse_dates` reads them."""
    pauses: Mapping[str, str] | None = None
    """By kind, as `parse_day`."""
    last_entry_min: int = 0
    shown_min: int = 0
    holidays: Mapping[str, str] | None = None
    """By set; empty: as usual."""
    work_as: int = 0
    seen_ms: int | None = None
    """As `kept.taken`."""


# ---------------------------------------------------------------- hours
def set_hours(session: Session, branch: str, wish: Wish, staff: str, now_ms: int) -> None:
    """When the rooms of a branch, and of those below it that have none of their own, admit readers.

    Raises:
        Unfit: `branch`, `hours`, `dates`, `pauses`, `holidays`, `minutes`, `overlap` with the day and both times, or as
            `kept.taken`.
    """
    if session.get(Branch, branch) is None:
        raise Unfit("branch")
    row = kept.taken(session, BranchHours, branch, wish.seen_ms)
    if not (0 <= wish.last_entry_min <= MAX_LAST_ENTRY_MIN and abs(wish.shown_min) <= MAX_SHOWN_MIN):
        raise Unfit("minutes")
    week = [_read(text, "hours", str(n)) for n, text in enumerate(wish.week, 1)]
    dates = _dates(wish.dates)
    keeps = _holidays(wish.holidays or {})
    row.week, row.staffed = [_kept(day.day) for day in week], [_kept(day.staffed) for day in week]
    row.dates = {name: _kept(day.day) for name, day in dates.items()}
    row.staffed_dates = {name: _kept(day.staffed) for name, day in dates.items() if day.staffed}
    row.reasons = {name: [day.zh, day.en] for name, day in dates.items() if day.zh or day.en}
    row.pauses = _pauses(wish.pauses or {})
    row.last_entry_min, row.shown_min = wish.last_entry_min, wish.shown_min
    row.holidays = {name: [_kept(day.day), _kept(day.staffed)] for name, day in keeps.items()}
    row.work_as = wish.work_as
    row.staff, row.at_ms = staff, now_ms
    kept.write(session, row)
    mark(session, "hours", now_ms)


def clear_hours(session: Session, branch: str, now_ms: int) -> None:
    """The branch has no hours of its own any more; those of the branch above it hold."""
    row = session.get(BranchHours, branch)
    if row is not None:
        session.delete(row)
        mark(session, "hours", now_ms)


def _read(text: str, why: str, where: str) -> Written:
    try:
        return writing.parse_day(text)
    except Overlap as overlap:
        raise Unfit("overlap", where, overlap.one, overlap.other) from None
    except ValueError:
        raise Unfit(why) from None


def _dates(text: str) -> dict[str, Written]:
    try:
        return writing.parse_dates(text)
    except Overlap as overlap:
        raise Unfit("overlap", "dates", overlap.one, overlap.other) from None
    except ValueError:
        raise Unfit("dates") from None


def _holidays(wished: Mapping[str, str]) -> dict[str, Written]:
    if not all(map(holidays.SET.match, wished)):
        raise Unfit("holidays")
    return {name: _read(text, "holidays", name) for name, text in wished.items() if text.strip()}


def _pauses(wished: Mapping[str, str]) -> list[dict[str, Any]]:
    spans = [(kind, span) for kind in PAUSES for span in _read(wished.get(kind, ""), "pauses", kind).day]
    return [{"kind": kind, "begin": begin, "end": end} for kind, (begin, end) in spans]


def _kept(day: Iterable[Sequence[int]]) -> list[list[int]]:
    """As a column holds it."""
    return [list(span) for span in day]


# ---------------------------------------------------------------- holidays
def years(session: Session) -> list[Year]:
    """All files of holidays: the shipped ones, and in their place those that staff have entered."""
    found = {(year.set, year.year): year for year in holidays.shipped()}
    for row in session.scalars(select(HolidayYear)):
        found[row.set, row.year] = holidays.parse(row.text)
    return [found[key] for key in sorted(found)]


def missing(session: Session, today: date) -> list[Missing]:
    """Files that a branch somewhere waits for."""
    wanted = {name for kept_sets in session.scalars(select(BranchHours.holidays)) for name in kept_sets}
    return holidays.missing(years(session), wanted, today)


def enter_year(session: Session, text: str, staff: str, now_ms: int) -> Year:
    """Keep a file of holidays.

    Raises:
        holidays.Unreadable: what is wrong with it.
    """
    year = holidays.parse(text)
    row = session.get(HolidayYear, (year.set, year.year)) or HolidayYear(set=year.set, year=year.year)
    row.text, row.staff, row.at_ms = text, staff, now_ms
    session.add(row)
    mark(session, "hours", now_ms)
    return year


def entered(session: Session) -> set[tuple[str, int]]:
    """Set and year of the files that staff have entered."""
    return {(name, year) for name, year in session.execute(select(HolidayYear.set, HolidayYear.year))}


def drop_year(session: Session, row: HolidayYear, now_ms: int) -> None:
    """A file that staff have entered goes; the shipped one of its set and year holds again, where there is one."""
    session.delete(row)
    mark(session, "hours", now_ms)


# ---------------------------------------------------------------- closures
def shut_rooms(session: Session, closure: int, reason_en: str, now_ms: int) -> None:
    """A closure that was just entered shuts the rooms of its branch too."""
    row = session.get_one(Closure, closure)
    row.shuts_rooms, row.reason_en = True, reason_en
    mark(session, "hours", now_ms)


# ---------------------------------------------------------------- what the lists are made of
def composed(session: Session, tree: Tree, today: date) -> dict[str, Hours]:
    """The hours of each branch that has its own, or days on which its rooms are shut."""
    own = {row.branch_id: row for row in session.scalars(select(BranchHours))}
    shut, known = _closures(session, today), years(session)
    found: dict[str, Hours] = {}
    for branch, place in tree.places.items():
        path = [one.id for one in tree.path(branch)]
        says = branch in own or branch in shut or (place.parent is None and EVERYWHERE in shut)
        if says:
            row = next((own[one] for one in reversed(path) if one in own), always())
            closed = [one for name in (EVERYWHERE, *path) for one in shut.get(name, ())]
            found[branch] = compose(row, place.zone.key, known, closed, today)
    return found


def preview(session: Session, tree: Tree, branch: str, today: date) -> Hours | None:
    """The hours that hold at a branch; None: nothing is said of them anywhere above it."""
    found = composed(session, tree, today)
    return next((found[one.id] for one in reversed(tree.path(branch)) if one.id in found), None)


def always() -> BranchHours:
    """Of a branch that has no hours: its rooms are open day and night."""
    return BranchHours(
        week=[[[0, DAY_MIN]]] * 7,
        dates={},
        staffed=[],
        staffed_dates={},
        reasons={},
        pauses=[],
        last_entry_min=0,
        shown_min=0,
        holidays={},
        work_as=0,
    )


def _closures(session: Session, today: date) -> dict[str, list[Closed]]:
    """Days on which rooms are shut, by the branch that says so."""
    found: dict[str, list[Closed]] = {}
    standing = select(Closure).where(Closure.shuts_rooms, Closure.last_on >= today - BEHIND)
    for row in session.scalars(standing.order_by(Closure.first_on)):
        closed = Closed(row.first_on, row.last_on, row.reason[:80], row.reason_en[:80])
        found.setdefault(row.branch_id or EVERYWHERE, []).append(closed)
    return found


def closures(session: Session, path: Sequence[str], today: date) -> list[Closure]:
    """Closures of these branches, or of the network, that are not over; the next one first."""
    of = or_(Closure.branch_id.is_(None), Closure.branch_id.in_(path))
    return list(
        session.scalars(select(Closure).where(of, Closure.last_on >= today).order_by(Closure.first_on))
    )
