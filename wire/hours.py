"""When a room admits readers, in civil time; and why not, when it does not. Part of `wire.lists`. Pure.

    week, dates      the minutes in which readers are admitted; a day that differs replaces its weekday
    staffed          which of them have staff in the house
    pauses           why the gaps between them are: cleaning, self-test
    reasons          why days differ: a closure, a holiday
    last_entry_min   how long before the end of an opening nobody is let in any more

A kiosk that knows `week` and `dates` alone still admits nobody at a wrong time: pauses and closures are cut out
of them already. Days in zones ahead or behind of the clock that people go by are told in both: `shown_min`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.fact import Name

DAY_MIN = 1440
Minute = Annotated[int, Meta(ge=0, le=DAY_MIN)]
"""Of a civil day, from midnight; 1440 is the next midnight."""
Interval = tuple[Minute, Minute]
"""From the first minute to before the second."""
Day = tuple[Interval, ...]
"""In order; none: closed."""
Week = tuple[Day, Day, Day, Day, Day, Day, Day]
"""Monday first."""
Date = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""ISO 8601."""
NOBODY: Week = ((), (), (), (), (), (), ())
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
Said = Annotated[str, Meta(max_length=80)]
"""What readers are told, in one language."""


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why a day differs."""

    kind: Literal["closure", "holiday", "special"]
    zh: Said = ""
    en: Said = ""


class Pause(Struct, frozen=True, omit_defaults=True):
    """Minutes of each of these days in which nobody is admitted, also in a room that never closes.

    For `cleaning` readers go out; in a `self_test` they may stay.
    """

    kind: Literal["cleaning", "self_test"]
    begin: Minute
    end: Minute
    weekdays: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = EVERY_DAY
    """ISO 8601: Monday is 1."""


class Hours(Struct, frozen=True, omit_defaults=True):
    """When readers are admitted."""

    zone: Name
    """IANA name."""
    week: Week
    dates: dict[Date, Day] = {}
    """Days that differ."""
    staffed: Week = NOBODY
    staffed_dates: dict[Date, Day] = {}
    """Of days that differ; nobody is there on one that does not stand here."""
    reasons: dict[Date, Reason] = {}
    pauses: tuple[Pause, ...] = ()
    """They hold on every day but those of a closure."""
    last_entry_min: Annotated[int, Meta(ge=0, le=120)] = 0
    shown_min: Annotated[int, Meta(ge=-720, le=720)] = 0
    """The clock that people there go by, less the zone's: -120 in Xinjiang. Shown beside, never counted by."""


class Overlapping(ValueError):  # noqa: N818 - a verdict on the hours
    """Hours that contradict themselves; the text says where, for a person."""


def open_on(hours: Hours, day: date) -> Day:
    """The minutes in which readers are admitted on a civil day."""
    return hours.dates.get(day.isoformat(), hours.week[day.weekday()])


def joined(day: Iterable[Interval]) -> Day:
    """The same minutes in as few intervals as there can be: those that touch are one."""
    found: list[Interval] = []
    for begin, end in day:
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return tuple(found)


def staffed_on(hours: Hours, day: date) -> Day:
    """The minutes in which staff are there; they count inside `open_on` alone."""
    name = day.isoformat()
    return hours.staffed_dates.get(name, () if name in hours.dates else hours.staffed[day.weekday()])


def reason_on(hours: Hours, day: date) -> Reason | None:
    """Why this day differs; None: it does not, or nobody said why."""
    return hours.reasons.get(day.isoformat())


def pauses_on(hours: Hours, day: date) -> tuple[Pause, ...]:
    """The pauses of a civil day."""
    reason = reason_on(hours, day)
    if reason is not None and reason.kind == "closure":
        return ()
    return tuple(pause for pause in hours.pauses if day.isoweekday() in pause.weekdays)


def at_minute(day: date, minute: int, zone: tzinfo) -> int:
    """A minute of a civil day, in milliseconds since 1970 UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int((midnight + timedelta(minutes=minute)).timestamp()) * 1000


def check(hours: Hours) -> None:
    """See that no day contradicts itself.

    Raises:
        Overlapping: two intervals of a day overlap, stand in the wrong order, or one is empty.
    """
    weekdays = [(f"weekday {n}", day) for n, day in enumerate(hours.week, 1)]
    weekdays += [(f"weekday {n}, staffed", day) for n, day in enumerate(hours.staffed, 1)]
    for name, day in (*weekdays, *hours.dates.items(), *hours.staffed_dates.items()):
        check_day(day, name)
    for pause in hours.pauses:
        check_day(((pause.begin, pause.end),), pause.kind)


def check_day(day: Day, name: str) -> None:
    """The same of one day.

    Raises:
        Overlapping: as `check`.
    """
    for begin, end in day:
        if begin >= end:
            raise Overlapping(f"{name}: {spell(begin)}-{spell(end)} is no time")
    for one, other in pairwise(day):
        if other[0] < one[1]:
            raise Overlapping(f"{name}: {spell(*one)} and {spell(*other)} overlap")


def spell(*minutes: int) -> str:
    """`08:30` of a minute, `08:30-12:00` of two."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
