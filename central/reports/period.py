"""Periods of a report: a civil day, a week from Monday, a month, a year; or any two dates. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Dates beyond are typing mistakes."""


class Kind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included."""

    kind: Kind
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def whole_months(self) -> bool:
        """Whether it begins with a month and ends with one."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def previous(self) -> Period:
        """The period of the same kind just before."""
        return containing(self.kind, self.first - timedelta(days=1))

    def following(self) -> Period:
        """The period of the same kind just after."""
        return containing(self.kind, self.last + timedelta(days=1))

    def begins_ms(self, zone: ZoneInfo) -> int:
        """Its first moment, milliseconds since 1970."""
        return _midnight_ms(self.first, zone)

    def ends_ms(self, zone: ZoneInfo) -> int:
        """The first moment after it."""
        return _midnight_ms(self.last + timedelta(days=1), zone)


def containing(kind: Kind, day: date) -> Period:
    """The day, week, month or year that a day is in."""
    return Period(kind, *_BOUNDS[kind](day))


def between(first: date, last: date) -> Period:
    """All days from one date to another.

    Raises:
        ValueError: the last comes before the first.
    """
    if last < first:
        raise ValueError(f"{last} comes before {first}")
    return Period(Kind.SPAN, first, last)


def parse_day(text: str) -> date:
    """A date as `2026-11-21`.

    Raises:
        ValueError: not a date, or not of this century.
    """
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is out of range")
    return day


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _year(day: date) -> tuple[date, date]:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _day(day: date) -> tuple[date, date]:
    return day, day


_BOUNDS: dict[Kind, Callable[[date], tuple[date, date]]] = {
    Kind.DAY: _day,
    Kind.WEEK: _week,
    Kind.MONTH: _month,
    Kind.YEAR: _year,
    Kind.SPAN: _day,
}


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp() * 1000)
