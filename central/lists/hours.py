"""Opening hours as people write them: `08:30-12:00* 14:00-18:00`. Pure.

An asterisk says that staff are there. A day that differs may say why: `2026-10-01 10:00-16:00 # 国庆节 | National Day`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from wire.hours import DAY_MIN, Day, joined, spell

SPAN = re.compile(
    r"([0-2]?[0-9])[:：]([0-5][0-9])\s*[-–—~～至]\s*([0-2]?[0-9])[:：]([0-5][0-9])\s*([*＊]|有人|staffed)?",
    re.IGNORECASE,
)
"""One interval; what Chinese input methods make of colon and dash is understood."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOSED = frozenset({"", "-", "—", "关闭", "闭馆", "closed"})
MAX_INTERVALS = 8
MAX_DATES = 400
"""Days that differ, of more than a year."""
MAX_WHY = 80


class Overlap(ValueError):  # noqa: N818 - a verdict on what was written
    """Two times of a day overlap, or stand in the wrong order."""

    def __init__(self, one: Sequence[int], other: Sequence[int]) -> None:
        super().__init__(f"{spell(*one)} and {spell(*other)} overlap")
        self.one, self.other = spell(*one), spell(*other)


class Written(NamedTuple):
    """One day."""

    day: Day
    """When readers are admitted."""
    staffed: Day = ()
    zh: str = ""
    en: str = ""
    """Why it differs."""


def parse_day(text: str) -> Written:
    """One day; no interval where it is closed.

    Raises:
        Overlap: two intervals overlap, or the later comes first.
        ValueError: not understood, empty, or beyond midnight.
    """
    text = text.strip()
    if text.casefold() in CLOSED:
        return Written(())
    found = [m.groups() for m in SPAN.finditer(text)]
    intervals = tuple((int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d, _ in found)
    if re.sub(r"[\s,，、;；]+", "", SPAN.sub("", text)) or not 0 < len(intervals) <= MAX_INTERVALS:
        raise ValueError(text)
    if not all(begin < end <= DAY_MIN for begin, end in intervals):
        raise ValueError(text)
    for one, other in pairwise(intervals):
        if other[0] < one[1]:
            raise Overlap(one, other)
    marked = [span for span, (*_, mark) in zip(intervals, found, strict=True) if mark]
    return Written(intervals, joined(marked))


def parse_dates(text: str) -> dict[str, Written]:
    """Days that differ, one a line: the date, then its intervals, none for closed, then why.

    Raises:
        Overlap: as `parse_day`.
        ValueError: a line that is not understood; too many.
    """
    found: dict[str, Written] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        said, _, why = line.partition("#")
        day, _, intervals = said.strip().partition(" ")
        if not DATE.fullmatch(day) or len(why) > 2 * MAX_WHY:
            raise ValueError(line)
        zh, _, en = (part.strip() for part in why.partition("|"))
        written = parse_day(intervals)
        found[date.fromisoformat(day).isoformat()] = written._replace(zh=zh[:MAX_WHY], en=en[:MAX_WHY])
    if len(found) > MAX_DATES:
        raise ValueError(f"{len(found)} days")
    return found


def write_day(intervals: Sequence[Sequence[int]], staffed: Sequence[Sequence[int]] = ()) -> str:
    """The intervals of a day as `parse_day` reads them; empty for closed."""
    return " ".join(spell(*one) + "*" * _is_within(one, staffed) for one in intervals)


def write_dates(dates: Mapping[str, Written]) -> str:
    """Days that differ, as `parse_dates` reads them."""
    return "\n".join(_line(day, dates[day]) for day in sorted(dates))


def _line(day: str, written: Written) -> str:
    why = " | ".join(part for part in (written.zh, written.en) if part)
    parts = (day, write_day(written.day, written.staffed), f"# {why}" if why else "")
    return " ".join(part for part in parts if part)


def _is_within(one: Sequence[int], staffed: Sequence[Sequence[int]]) -> bool:
    return any(begin <= one[0] and one[1] <= end for begin, end in staffed)
