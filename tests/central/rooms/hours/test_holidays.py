"""Files of holidays: what is shipped, and what is refused before a room believes it."""

from __future__ import annotations

from datetime import date

import pytest

from central.rooms.hours.holidays import Missing, Unreadable, missing, parse, shipped

FILE = """
set = "national"
year = 2027
zh = "全国法定节假日"
en = "National holidays"

[[holidays]]
zh = "元旦"
en = "New Year"
first = 2027-01-01
last = 2027-01-03
work = [2026-12-27]
"""


def test_shipped_files_are_whole():
    found = {(year.set, year.year): year for year in shipped()}
    assert found.keys() == {("national", 2026), ("xinjiang", 2025)}
    national = [day for one in found["national", 2026].holidays for day in one.days()]
    assert len(national) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    worked = [day for one in found["national", 2026].holidays for day in one.work]
    assert all(day.isoweekday() > 5 for day in worked), "a weekend is worked instead"
    assert [one.first for one in found["xinjiang", 2025].holidays] == [date(2025, 3, 29), date(2025, 6, 6)]


STATE = ("全国法定节假日", "National holidays")


@pytest.mark.parametrize(
    ("today", "kept", "told"),
    [
        (date(2026, 10, 31), ["national"], []),
        (date(2026, 11, 1), ["national"], [Missing("national", *STATE, 2027, is_now=False)]),
        (date(2027, 1, 1), ["national"], [Missing("national", *STATE, 2027, is_now=True)]),
        (date(2026, 11, 1), [], []),
        (
            date(2026, 3, 1),
            ["our-own", "national"],
            [Missing("our-own", "our-own", "our-own", 2026, is_now=True)],
        ),
    ],
)
def test_the_year_that_runs_is_missed_and_from_november_the_next(today, kept, told):
    assert missing(shipped(), kept, today) == told
    assert missing((*shipped(), parse(FILE)), ["national"], date(2026, 12, 31)) == []


def test_a_day_before_new_year_may_be_worked():
    assert parse(FILE).holidays[0].work == (date(2026, 12, 27),)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("last = 2027-01-03", "last = 2026-12-31", "元旦: from 2027-01-01 to 2026-12-31"),
        ("last = 2027-01-03", "last = 2027-03-03", "元旦: from"),
        ("work = [2026-12-27]", "work = [2027-01-02]", "2027-01-02: 元旦 and 元旦"),
        ("work = [2026-12-27]", "work = [2029-01-07]", "2029-01-07 is not in 2027"),
        (
            "first = 2027-01-01\nlast = 2027-01-03",
            "first = 9999-12-31\nlast = 9999-12-31",
            "9999-12-31 is not in",
        ),
        ("year = 2027", "year = 27", "Expected `int` >= 2000"),
        ("last = 2027-01-03", "", "missing required field `last`"),
        ("work =", "worked =", "unknown field `worked`"),
        ("set =", "set", "line 2"),
        ("zh = ", "# " + "x" * 20_000 + "\nzh = ", "longer than 20000 characters"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_the_reason(old, new, told):
    with pytest.raises(Unreadable, match=told):
        parse(FILE.replace(old, new, 1))
