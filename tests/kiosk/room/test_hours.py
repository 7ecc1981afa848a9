"""What a room is at a moment, and when that changes next."""

from __future__ import annotations

from datetime import datetime

import pytest

from kiosk.room.hours import Moment, State, moment
from wire.hours import Hours, Overlapping, Pause, Reason, check

DAY = ((8 * 60 + 30, 17 * 60 + 30), (17 * 60 + 30, 22 * 60))
"""With staff until half past five, and on without them: one opening."""
HOLIDAY = Reason("holiday", "国庆节", "National Day")
SHUT = Reason("closure", "改造", "Rebuilding")
LIBRARY = Hours(
    "Asia/Shanghai",
    (DAY,) * 7,
    {"2026-10-01": ((600, 960),), "2026-10-02": ()},
    staffed=((DAY[0],),) * 7,
    reasons={"2026-10-01": HOLIDAY, "2026-10-02": SHUT},
    last_entry_min=15,
)
ALWAYS = Hours(
    "Asia/Shanghai",
    (((0, 180), (210, 720), (725, 1440)),) * 7,
    pauses=(Pause("cleaning", 180, 210), Pause("self_test", 720, 725)),
)


def at(text: str, zone: str = "+08:00") -> int:
    return int(datetime.fromisoformat(f"2026-{text}{zone}").timestamp()) * 1000


@pytest.mark.parametrize(
    ("when", "state", "staffed", "until", "closes", "opens"),
    [
        ("09-30T08:29", "closed", False, "09-30T08:30", None, "09-30T08:30"),
        ("09-30T08:30", "open", True, "09-30T17:30", "09-30T22:00", None),
        ("09-30T17:30", "open", False, "09-30T21:45", "09-30T22:00", None),
        ("09-30T21:45", "last_entry", False, "09-30T22:00", "09-30T22:00", None),
        ("09-30T22:00", "closed", False, "10-01T00:00", None, "10-01T10:00"),
        ("10-01T16:00", "closed", False, "10-02T00:00", None, "10-03T08:30"),
    ],
)
def test_a_day_of_a_library(when, state, staffed, until, closes, opens):
    found = moment(LIBRARY, at(when))
    assert (found.state, found.staffed) == (state, staffed)
    assert found.until_ms == at(until)
    assert (found.closes_ms, found.opens_ms) == (closes and at(closes), opens and at(opens))


def test_a_day_that_differs_says_why():
    assert moment(LIBRARY, at("10-01T09:00")).reason == HOLIDAY
    assert moment(LIBRARY, at("10-02T12:00")).reason == SHUT
    assert moment(LIBRARY, at("10-03T12:00")).reason is None


@pytest.mark.parametrize(
    ("when", "state", "closes", "next_state"),
    [
        ("09-29T23:00", "open", "09-30T03:00", "cleaning"),
        ("09-30T03:00", "cleaning", None, "closed"),
        ("09-30T03:30", "open", "09-30T12:00", "self_test"),
        ("09-30T12:00", "self_test", None, "closed"),
        ("09-30T12:05", "open", "10-01T03:00", "cleaning"),
    ],
)
def test_a_room_that_never_closes_is_cleaned_and_tests_itself(when, state, closes, next_state):
    found = moment(ALWAYS, at(when))
    assert (found.state, found.next) == (state, next_state)
    assert found.closes_ms == (closes and at(closes))


def test_a_room_without_an_end_in_sight_never_closes():
    endless = Hours("Asia/Shanghai", (((0, 1440),),) * 7)
    found = moment(endless, at("09-30T12:00"))
    assert (found.state, found.closes_ms, found.until_ms) == (State.OPEN, None, at("10-01T00:00"))
    never = moment(Hours("Asia/Shanghai", ((),) * 7), at("09-30T12:00"))
    assert (never.state, never.opens_ms) == (State.CLOSED, None)


def test_in_a_pause_of_a_closed_day_nobody_cleans():
    shut = Hours("Asia/Shanghai", ((),) * 7, pauses=ALWAYS.pauses, reasons={"2026-09-30": SHUT})
    assert moment(shut, at("09-30T03:10")).state is State.CLOSED
    assert moment(shut, at("09-29T03:10")).state is State.CLEANING


def test_a_moment_holds_until_the_next_and_not_before_itself():
    """Where the clock is set back, what was found holds no longer."""
    found = moment(LIBRARY, at("09-30T22:30"))
    assert found.holds(at("09-30T22:00"))
    assert not found.holds(at("09-30T21:59"))
    assert not found.holds(found.until_ms)


def test_where_clocks_are_put_back_an_hour_is_twice_as_long():
    summer = Hours("Europe/Berlin", (((60, 240),),) * 7)
    found = moment(summer, at("10-25T00:30", "+00:00"))
    assert found.state is State.OPEN
    assert found.closes_ms == at("10-25T03:00", "+00:00")


def test_each_moment_of_a_year_ends_where_the_next_begins():
    """Whoever looks again at `until_ms` misses nothing: no moment is empty, none overlaps the one before."""
    now, end, seen = at("01-01T00:00"), at("12-31T00:00"), list[Moment]()
    while now < end:
        found = moment(LIBRARY, now)
        assert found.from_ms <= now < found.until_ms
        seen.append(found)
        now = found.until_ms
    opened = sum(one.until_ms - one.from_ms for one in seen if one.inhabited)
    assert opened == (362 * 13.5 + 6) * 3_600_000


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (((480, 720), (660, 780)), "weekday 2: 08:00-12:00 and 11:00-13:00 overlap"),
        (((600, 660), (480, 540)), "weekday 2: 10:00-11:00 and 08:00-09:00 overlap"),
        (((600, 600),), "weekday 2: 10:00-10:00 is no time"),
    ],
)
def test_hours_that_overlap_are_refused_with_the_place(day, said):
    with pytest.raises(Overlapping, match=said):
        check(Hours("Asia/Shanghai", ((), day, (), (), (), (), ())))
