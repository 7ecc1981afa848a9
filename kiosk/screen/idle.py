"""What stands beside the welcome while nobody is there: slides, one shown at a time. Pure.

    fresh   new titles of this branch           from central, at most BOOKS_DAYS old
    most    titles that are borrowed here most  the same
    hours   today, tomorrow, the week           from the signed list of hours
    news    announcements of today              from central

What there is nothing to say of has no slide; without any the welcome stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from kiosk.screen.times import said, span
from kiosk.screen.words import Texts
from wire.hours import Hours, Interval, joined, open_on, reason_on
from wire.idle import Book, Idle

BOOKS_DAYS = 45
"""A kiosk that has heard nothing for longer calls no book new."""
DAY = timedelta(days=1)
WHOLE_DAY = ((0, 1440),)

Kind = Literal["fresh", "most", "hours", "news"]


class Span(Struct, frozen=True):
    """Days, and when they are open."""

    days: str
    times: tuple[str, ...]
    """One line each."""
    now: bool = False
    """It is the day of today."""


class Slide(Struct, frozen=True, kw_only=True):
    kind: Kind
    heading: str
    books: tuple[Book, ...] = ()
    spans: tuple[Span, ...] = ()
    lines: tuple[str, ...] = ()
    language: str
    """Of the lines: a library announces in Chinese and in English."""


def slides(news: Idle | None, hours: Hours | None, wall_ms: int, texts: Texts) -> tuple[Slide, ...]:
    """Everything that there is to say at this moment."""
    return tuple(
        slide for slide in _all(news, hours, wall_ms, texts) if slide.books or slide.spans or slide.lines
    )


def _all(news: Idle | None, hours: Hours | None, wall_ms: int, texts: Texts) -> Iterator[Slide]:
    words, code = texts.idle, texts.code
    if news is not None:
        lines = tuple(_announced(news, wall_ms, code))
        yield Slide(kind="news", heading=words.news, lines=lines, language="en" if code == "en" else "zh-CN")
        if wall_ms - news.at_ms < BOOKS_DAYS * DAY / timedelta(milliseconds=1):
            yield Slide(kind="fresh", heading=words.fresh, books=news.fresh, language=code)
            yield Slide(kind="most", heading=words.most, books=news.most, language=code)
    if hours is not None:
        spans = tuple(_spans(hours, _civil(hours.zone, wall_ms), texts))
        yield Slide(kind="hours", heading=words.hours, spans=spans, language=code)


def _announced(news: Idle, wall_ms: int, language: str) -> Iterator[str]:
    today = _civil(news.zone, wall_ms).isoformat()
    for one in news.announcements:
        if one.from_on <= today <= one.until_on:
            yield one.en if language == "en" else one.zh


def _spans(hours: Hours, today: date, texts: Texts) -> Iterator[Span]:
    """Today and tomorrow as they are, and why they differ; then the usual week, equal days together."""
    words = texts.idle
    yield Span(words.today, _day(hours, today, texts), now=True)
    yield Span(words.tomorrow, _day(hours, today + DAY, texts))
    for times, days in groupby(range(7), key=lambda day: _times(hours.week[day], hours, texts)):
        first, *more = list(days)
        named = [words.weekdays[day] for day in (first, *more[-1:])]
        yield Span(named[0] if not more else words.through.format(first=named[0], last=named[1]), times)


def _day(hours: Hours, day: date, texts: Texts) -> tuple[str, ...]:
    """The hours of a day, and why they are none of the usual ones."""
    reason = reason_on(hours, day)
    why = said(reason, texts) if reason else ""
    return (*_times(open_on(hours, day), hours, texts), *((why,) if why else ()))


def _times(intervals: Sequence[Interval], hours: Hours, texts: Texts) -> tuple[str, ...]:
    if not intervals:
        return (texts.idle.closed,)
    if tuple(intervals) == WHOLE_DAY:
        return (texts.idle.all_day,)
    return tuple(span(interval, hours.shown_min, texts) for interval in joined(intervals))


def _civil(zone: str, wall_ms: int) -> date:
    """The date there; in UTC where the machine does not know the zone."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return _civil("UTC", wall_ms)
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=wall_ms)).astimezone(place).date()
