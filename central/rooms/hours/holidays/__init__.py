"""Holidays, a file a year and a set: what the state, or a region, has announced. Read, and proven before it is used.

    set = "national"            which holidays these are; a branch chooses sets
    year = 2026
    zh, en                      the set's name
    [[holidays]]
    zh, en                      what readers are told
    first, last                 its days, both included
    work                        days on which people work instead (调休)

Shipped files stand beside this module; what staff have entered of the same set and year replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

MAX_CHARACTERS = 20_000
LONGEST = timedelta(days=31)
ANNOUNCED_MONTH = 11
"""By its begin the State Council announces, or is about to announce, the next year; for 2026 it did on 4 November 2025."""
Name = Annotated[str, Meta(min_length=1, max_length=40)]
SET = re.compile(r"\A[a-z][a-z0-9-]{0,31}\Z")


class Unreadable(ValueError):  # noqa: N818 - a verdict on the file
    """What is wrong with a file of holidays, for whoever wrote it."""


class Holiday(Struct, frozen=True, forbid_unknown_fields=True):
    """One holiday."""

    zh: Name
    en: Name
    first: date
    last: date
    work: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)


class Year(Struct, frozen=True, forbid_unknown_fields=True):
    """The holidays of one set in one year."""

    set: Annotated[str, Meta(pattern=SET.pattern)]
    year: Annotated[int, Meta(ge=2000, le=2100)]
    zh: Name
    en: Name
    holidays: Annotated[tuple[Holiday, ...], Meta(min_length=1, max_length=40)]


def parse(text: str) -> Year:
    """A file of holidays.

    Raises:
        Unreadable: no TOML, an unknown key, a day of another year, an end before its beginning, a day named twice.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"longer than {MAX_CHARACTERS} characters")
    try:
        found = msgspec.toml.decode(text, type=Year)
    except msgspec.MsgspecError as cause:
        raise Unreadable(str(cause)) from None
    named: dict[date, str] = {}
    for holiday in found.holidays:
        if not timedelta() <= holiday.last - holiday.first <= LONGEST:
            raise Unreadable(f"{holiday.zh}: from {holiday.first} to {holiday.last}")
        for day in (*holiday.days(), *holiday.work):
            if day in named:
                raise Unreadable(f"{day}: {named[day]} and {holiday.zh}")
            named[day] = holiday.zh
    # the working days of a New Year may lie in the December before it
    strange = [day for day in named if abs(day - date(found.year, 7, 1)) > timedelta(days=200)]
    if strange:
        raise Unreadable(f"{strange[0]} is not in {found.year}")
    return found


class Missing(NamedTuple):
    """A set that branches keep has no file for a year."""

    set: str
    zh: str
    en: str
    """As the newest file of the set has it; without any its own name."""
    year: int
    is_now: bool
    """It is the year that runs: its holidays are days as usual."""


def missing(known: Collection[Year], kept: Iterable[str], today: date) -> list[Missing]:
    """Files that there should be: of the year that runs, and from ANNOUNCED_MONTH on of the next.

    Args:
        known: all files that there are.
        kept: the sets that branches keep.
        today: civil date.
    """
    newest = {year.set: year for year in sorted(known, key=lambda year: year.year)}
    there = {(year.set, year.year) for year in known}
    years = (today.year, today.year + 1) if today.month >= ANNOUNCED_MONTH else (today.year,)
    return [
        Missing(
            name, *((of.zh, of.en) if (of := newest.get(name)) else (name, name)), year, year == today.year
        )
        for year in years
        for name in sorted(set(kept))
        if (name, year) not in there
    ]


@cache
def shipped() -> tuple[Year, ...]:
    """The files that come with this version."""
    folder = files(__name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(parse(folder.joinpath(name).read_text(encoding="utf-8")) for name in names)
