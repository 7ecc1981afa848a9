"""The hours of a branch as its kiosks read them: the week, holidays, days that differ, closures and pauses. Pure.

Of a date the last of these that says anything holds:

    the week            what its weekday says
    a holiday           of a set that the branch keeps: its own times; a day that is worked instead: a weekday's
    a day that differs  as staff have written it
    a closure           nobody is admitted

Pauses are cut out of every day but those of a closure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec

from central.lists.hours import Written
from central.lists.models import BranchHours
from central.rooms.hours.holidays import Year
from wire.hours import NOBODY, Day, Hours, Pause, Reason, Week

AHEAD = timedelta(days=400)
"""Dates beyond are told by a later list: there is a new one each day."""
BEHIND = timedelta(days=1)
"""A kiosk's list may be a day old."""


class Closed(NamedTuple):
    """Days on which a branch's rooms are shut."""

    first: date
    last: date
    zh: str
    en: str


class Differing(NamedTuple):
    """One date, before pauses are cut out of it."""

    written: Written
    kind: str
    """As `wire.hours.Reason`."""


def compose(
    row: BranchHours, zone: str, years: Iterable[Year], closures: Iterable[Closed], today: date
) -> Hours:
    """What the list `hours` says.

    Args:
        row: the branch's own hours, or those of the nearest branch above it.
        zone: IANA name.
        years: all files of holidays that there are.
        closures: those of the branch and of the branches above it.
        today: civil date; dates around it are told.
    """
    pauses = tuple(msgspec.convert(one, Pause) for one in row.pauses)
    week, staffed = _week(row.week), _week(row.staffed)
    dates, staffed_dates = dict[str, Day](), dict[str, Day]()
    reasons: dict[str, Reason] = {}
    for day, differing in _dates(row, week, staffed, years, closures):
        if not today - BEHIND <= day <= today + AHEAD:
            continue
        written, name, shut = differing.written, day.isoformat(), differing.kind == "closure"
        dates[name] = () if shut else _cut(written.day, pauses, day.isoweekday())
        reasons.pop(name, None)
        staffed_dates.pop(name, None)
        if written.staffed and not shut:
            staffed_dates[name] = written.staffed
        if written.zh or written.en or shut:
            reasons[name] = msgspec.convert(
                {"kind": differing.kind, "zh": written.zh, "en": written.en}, Reason
            )
    return Hours(
        zone,
        _week([_cut(day, pauses, n) for n, day in enumerate(week, 1)]),
        dates,
        staffed,
        staffed_dates,
        reasons,
        pauses,
        row.last_entry_min,
        row.shown_min,
    )


def _dates(
    row: BranchHours, week: Week, staffed: Week, years: Iterable[Year], closures: Iterable[Closed]
) -> Iterator[tuple[date, Differing]]:
    """Every date that differs, the last word on it last."""
    kept: Mapping[str, Any] = row.holidays
    for year in years:
        if year.set in kept:
            yield from _holidays(year, kept[year.set], week, staffed, row.work_as)
    for name, differs in row.dates.items():
        why = row.reasons.get(name, ["", ""])
        written = Written(_day(differs), _day(row.staffed_dates.get(name, ())), *why)
        yield date.fromisoformat(name), Differing(written, "special")
    for closed in closures:
        for n in range((closed.last - closed.first).days + 1):
            day = closed.first + timedelta(days=n)
            yield day, Differing(Written((), (), closed.zh, closed.en), "closure")


def _holidays(
    year: Year, hours: Sequence[Any], week: Week, staffed: Week, work_as: int
) -> Iterator[tuple[date, Differing]]:
    """The days of one set: `hours` are its times, then those with staff."""
    for holiday in year.holidays:
        written = Written(_day(hours[0]), _day(hours[1]), holiday.zh, holiday.en)
        for day in holiday.days():
            yield day, Differing(written, "holiday")
        for day in holiday.work if work_as else ():
            yield day, Differing(Written(week[work_as - 1], staffed[work_as - 1]), "special")


def _cut(day: Day, pauses: Iterable[Pause], weekday: int) -> Day:
    """A day without the minutes of its pauses."""
    for pause in pauses:
        if weekday in pause.weekdays:
            day = tuple(part for span in day for part in _without(span, pause))
    return day


def _without(span: tuple[int, int], pause: Pause) -> Iterator[tuple[int, int]]:
    begin, end = span
    if begin < min(end, pause.begin):
        yield begin, min(end, pause.begin)
    if max(begin, pause.end) < end:
        yield max(begin, pause.end), end


def _day(stored: Sequence[Sequence[int]]) -> Day:
    """As a column holds it."""
    return tuple((begin, end) for begin, end in stored)


def _week(stored: Sequence[Sequence[Sequence[int]]]) -> Week:
    """The same of a week; a column of before has none of its days with staff."""
    if not stored:
        return NOBODY
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = map(_day, stored)
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday
