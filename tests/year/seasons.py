"""When the room of the simulated year is open: its lists, and the same once more in whole numbers.

What the kiosk makes of `wire.hours` is checked against `is_open` and `admits`, which know no time zone but eight
hours and no calendar but a table of days.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain

from kiosk.knowledge import InForce, Lists
from tests.kiosk.ruling import SALT
from wire.admission import BANNED, Admission, Limit
from wire.hours import Day, Hours, Pause, Reason
from wire.lists import Body, Readers, pack

FIRST = date(2026, 10, 1)
DAYS = 365
ROUND_THE_CLOCK = date(2027, 4, 1)
"""From then on the room never closes but for its pauses."""
BEIJING_MS = 8 * 3_600_000
MINUTE_MS = 60_000
DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1)
FIRST_MS = (FIRST - EPOCH).days * DAY_MS - BEIJING_MS
LAST_ENTRY_MIN = 15
FAR_MS = 2**50

MORNING, EVENING = (8 * 60, 12 * 60 + 30), (13 * 60, 22 * 60)
DAY_ROOM: tuple[Day, ...] = ((), *((MORNING, EVENING),) * 6)
STAFFED: tuple[Day, ...] = ((), *(((9 * 60, 12 * 60), (14 * 60, 17 * 60)),) * 6)
SUNDAY: Day = ((0, 240), (270, 300), (310, 1440))
NIGHT_ROOM: tuple[Day, ...] = (*(((0, 240), (270, 1440)),) * 6, SUNDAY)
SHORT: Day = ((9 * 60, 17 * 60),)
NATIONAL = Reason("holiday", "国庆节", "National Day")
SPRING = Reason("holiday", "春节", "Spring Festival")
QURBAN = Reason("holiday", "古尔邦节", "Eid al-Adha")
REPAIR = Reason("closure", "检修", "Repairs")


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


DIFFER: dict[date, tuple[Day, Reason]] = {
    **dict.fromkeys(_days(date(2026, 10, 1), 7), (SHORT, NATIONAL)),
    **dict.fromkeys(_days(date(2026, 11, 10), 3), ((), REPAIR)),
    **dict.fromkeys(_days(date(2027, 2, 5), 4), ((), SPRING)),
    **dict.fromkeys(_days(date(2027, 2, 9), 3), (SHORT, SPRING)),
    **dict.fromkeys(_days(date(2027, 5, 16), 3), (SHORT, QURBAN)),
}
"""Days that are not as their weekday."""
OUTBREAK = (date(2027, 1, 10), date(2027, 2, 20))
FEW, MANY = 8, 30
"""Persons that may be inside during an outbreak, and otherwise."""
COMPANIONS_FROM = date(2027, 6, 1)
MOST_COMPANIONS = 3


# ---------------------------------------------------------------- in whole numbers
def _day(number: int) -> Day:
    """The openings of a civil day, counted from 1970."""
    day = EPOCH + timedelta(days=number)
    if day in DIFFER:
        return DIFFER[day][0]
    return (NIGHT_ROOM if day >= ROUND_THE_CLOCK else DAY_ROOM)[day.weekday()]


def _opening_end(at_ms: int) -> int | None:
    """When the opening in which this time lies ends; None: it lies in none."""
    number, rest_ms = divmod(at_ms + BEIJING_MS, DAY_MS)
    for first, last in _day(number):
        if first * MINUTE_MS <= rest_ms < last * MINUTE_MS:
            end = last
            while end == 24 * 60 and (more := _day(number + 1)) and more[0][0] == 0:
                number, end = number + 1, more[0][1]
            return number * DAY_MS + end * MINUTE_MS - BEIJING_MS
    return None


def is_open(at_ms: int) -> bool:
    return _opening_end(at_ms) is not None


def admits(at_ms: int) -> bool:
    """Open, and not so late that nobody else may come in."""
    end_ms = _opening_end(at_ms)
    return end_ms is not None and at_ms < end_ms - LAST_ENTRY_MIN * MINUTE_MS


def closes_ms(at_ms: int) -> int:
    """When this opening ends."""
    end_ms = _opening_end(at_ms)
    return at_ms if end_ms is None else end_ms


# ---------------------------------------------------------------- as lists
def _hours(at: date) -> Hours:
    never_closes = at >= ROUND_THE_CLOCK
    pauses = (Pause("cleaning", 12 * 60 + 30, 13 * 60),)
    if never_closes:
        pauses = (Pause("cleaning", 240, 270), Pause("self_test", 300, 310, (7,)))
    return Hours(
        "Asia/Shanghai",
        NIGHT_ROOM if never_closes else DAY_ROOM,
        {day.isoformat(): openings for day, (openings, _) in DIFFER.items()},
        staffed=STAFFED,
        reasons={day.isoformat(): reason for day, (_, reason) in DIFFER.items()},
        pauses=pauses,
        last_entry_min=LAST_ENTRY_MIN,
    )


def lists(at: date, denied: list[str], banned: list[str], allowed: list[str], staff: list[str]) -> Lists:
    """What central has published by a day."""
    version = (at - EPOCH).days
    outbreak = Limit(OUTBREAK[0].isoformat(), OUTBREAK[1].isoformat(), FEW)
    companions = MOST_COMPANIONS if at >= COMPANIONS_FROM else 0
    asked = Admission(min_age=12, max_fees_fen=5000, companions=companions, persons=MANY, limits=(outbreak,))
    cards = {"staff": staff, BANNED: banned}
    room = tuple(Readers(pack(SALT, "reader", numbers), kind) for kind, numbers in cards.items())
    bodies = (
        Body("hours", version, hours=_hours(at)),
        Body("deny", version, SALT, (Readers(pack(SALT, "reader", denied)),)),
        Body("allow", version, SALT, (Readers(pack(SALT, "reader", allowed), "adult"),)),
        Body("room", version, SALT, room, room=asked),
    )
    return Lists({body.name: InForce(body, FAR_MS) for body in bodies})


def publications() -> list[date]:
    """Days on which new lists come: each month's first, and whenever something changes."""
    months = [day for day in _days(FIRST, DAYS) if day.day == 1]
    return sorted(set(chain(months, (FIRST, ROUND_THE_CLOCK, COMPANIONS_FROM))))
