"""Opening hours as people write them: `08:30-12:00 14:00-18:00`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from wire.hours import Interval

SPAN = re.compile(r"([0-2]?[0-9])[:：]([0-5][0-9])\s*[-–—~～至]\s*([0-2]?[0-9])[:：]([0-5][0-9])")
"""One interval; what Chinese input methods make of colon and dash is understood."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOSED = frozenset({"", "-", "—", "关闭", "闭馆", "closed"})
MAX_INTERVALS = 8
MAX_DATES = 400
"""Days that differ, of more than a year."""
END_OF_DAY = 1440


def parse_day(text: str) -> tuple[Interval, ...]:
    """The intervals of one day, in order; none where it is closed.

    Raises:
        ValueError: not understood, empty, overlapping, or beyond midnight.
    """
    text = text.strip()
    if text.casefold() in CLOSED:
        return ()
    intervals = tuple(
        (int(a) * 60 + int(b), int(c) * 60 + int(d))
        for a, b, c, d in (m.groups() for m in SPAN.finditer(text))
    )
    if re.sub(r"[\s,，、;；]+", "", SPAN.sub("", text)) or not 0 < len(intervals) <= MAX_INTERVALS:
        raise ValueError(text)
    ends = (0, *(end for _, end in intervals))
    for (begin, end), before in zip(intervals, ends, strict=False):
        if not before <= begin < end <= END_OF_DAY:
            raise ValueError(text)
    return intervals


def parse_dates(text: str) -> dict[str, tuple[Interval, ...]]:
    """Days that differ, one a line: the date, then its intervals, none for closed.

    Raises:
        ValueError: a line that is not understood; too many.
    """
    found: dict[str, tuple[Interval, ...]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _, intervals = line.partition(" ")
        if not DATE.fullmatch(day):
            raise ValueError(line)
        found[date.fromisoformat(day).isoformat()] = parse_day(intervals)
    if len(found) > MAX_DATES:
        raise ValueError(f"{len(found)} days")
    return found


def write_day(intervals: Sequence[Sequence[int]]) -> str:
    """The intervals of a day as `parse_day` reads them; empty for closed."""
    return " ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in intervals)


def write_dates(dates: Mapping[str, Sequence[Sequence[int]]]) -> str:
    """Days that differ, as `parse_dates` reads them."""
    return "\n".join(f"{day} {write_day(dates[day])}".strip() for day in sorted(dates))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
