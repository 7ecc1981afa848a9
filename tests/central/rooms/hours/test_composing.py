"""A branch's hours as its kiosks read them."""

from __future__ import annotations

from datetime import date

from central.lists.models import BranchHours
from central.rooms.hours import holidays, operations
from central.rooms.hours.composing import Closed, compose
from wire.hours import NOBODY, Hours, Pause, Reason, check, staffed_on

TODAY = date(2026, 9, 15)
DAY, EVENING = [[480, 720], [720, 1320]], [[600, 1200]]


def row(**changes: object) -> BranchHours:
    """Open from eight to ten in the evening, with staff in the morning, from six on at weekends."""
    made = operations.always()
    made.week, made.staffed = [DAY] * 5 + [EVENING] * 2, [[[480, 720]]] * 5 + [[]] * 2
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def hours(made: BranchHours, *closures: Closed) -> Hours:
    found = compose(made, "Asia/Shanghai", holidays.shipped(), closures, TODAY)
    check(found)
    return found


def test_a_week_alone():
    found = hours(row())
    assert (found.week[0], found.week[6], found.dates) == (((480, 720), (720, 1320)), ((600, 1200),), {})
    assert staffed_on(found, date(2026, 9, 16)) == ((480, 720),)
    assert staffed_on(found, date(2026, 9, 19)) == ()


def test_holidays_of_the_sets_that_a_branch_keeps_and_days_worked_instead():
    found = hours(row(holidays={"national": [[[600, 960]], [[600, 660]]]}, work_as=5))
    assert found.dates["2026-10-01"] == ((600, 960),)
    assert found.reasons["2026-10-01"] == Reason("holiday", "国庆节", "National Day")
    assert staffed_on(found, date(2026, 10, 1)) == ((600, 660),)
    assert found.dates["2026-09-20"] == ((480, 720), (720, 1320)), "a Sunday that is worked as a Friday"
    assert "2026-09-20" not in found.reasons
    assert hours(row(holidays={"xinjiang": [[], []]})).dates == {}, "another year's"
    assert "2026-09-20" not in hours(row(holidays={"national": [[], []]})).dates, (
        "its own weekday's hours hold"
    )


def test_the_last_word_on_a_date_holds():
    kept = row(
        holidays={"national": [[[600, 960]], []]},
        dates={"2026-10-01": [[540, 600]], "2026-10-02": [[540, 600]]},
        reasons={"2026-10-01": ["校庆", ""]},
    )
    found = hours(kept, Closed(date(2026, 10, 2), date(2026, 10, 3), "改造", "Rebuilding"))
    assert found.dates["2026-10-01"] == ((540, 600),)
    assert found.reasons["2026-10-01"] == Reason("special", "校庆")
    assert found.dates["2026-10-02"] == found.dates["2026-10-03"] == ()
    assert found.reasons["2026-10-03"] == Reason("closure", "改造", "Rebuilding")
    assert found.dates["2026-10-04"] == ((600, 960),)


def test_pauses_are_cut_out_of_every_day_but_those_of_a_closure():
    always = operations.always()
    always.pauses = [{"kind": "cleaning", "begin": 180, "end": 210}]
    always.dates = {"2026-09-20": [[0, 200]]}
    found = hours(always, Closed(date(2026, 9, 21), date(2026, 9, 21), "改造", ""))
    assert found.week == (((0, 180), (210, 1440)),) * 7
    assert (found.dates["2026-09-20"], found.dates["2026-09-21"]) == (((0, 180),), ())
    assert found.pauses == (Pause("cleaning", 180, 210),)
    assert found.staffed == NOBODY


def test_dates_that_are_far_away_or_over_are_told_by_another_list():
    far = row(dates={"2026-09-13": [], "2026-09-14": [], "2027-12-31": []})
    assert list(hours(far).dates) == ["2026-09-14"]
