from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.reports.period import Kind, between, containing, parse_day

KINDS = [Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.YEAR]
days = st.dates(date(2000, 2, 1), date(2100, 11, 30))


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (Kind.DAY, "2026-11-22", "2026-11-22"),
        (Kind.WEEK, "2026-11-16", "2026-11-22"),
        (Kind.MONTH, "2026-11-01", "2026-11-30"),
        (Kind.YEAR, "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_around_a_sunday(kind, first, last):
    period = containing(kind, date(2026, 11, 22))
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_february_of_a_leap_year_has_29_days():
    assert containing(Kind.MONTH, date(2028, 2, 1)).days == 29


@given(st.sampled_from(KINDS), days)
def test_periods_follow_each_other_without_gap_or_overlap(kind, day):
    period = containing(kind, day)
    assert period.first <= day <= period.last
    assert period.following().first == period.last + timedelta(days=1)
    assert period.previous().last == period.first - timedelta(days=1)
    assert period.following().previous() == period
    assert containing(kind, period.last) == period


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("2026-01-01", "2026-12-31", True),
        ("2026-02-01", "2026-02-28", True),
        ("2026-02-01", "2026-02-27", False),
        ("2026-02-02", "2026-02-28", False),
        ("2026-01-01", "2026-02-28", True),
    ],
)
def test_whole_months(first, last, whole):
    assert between(parse_day(first), parse_day(last)).whole_months is whole


def test_a_day_is_as_long_as_the_zone_makes_it():
    spring = containing(Kind.DAY, date(2026, 3, 29))
    for zone, hours in (("Asia/Shanghai", 24), ("Europe/Berlin", 23)):
        length = spring.ends_ms(ZoneInfo(zone)) - spring.begins_ms(ZoneInfo(zone))
        assert length == hours * 3_600_000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "1999-12-31", "2101-01-01", "2026-1-1"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_day(text)


def test_a_span_does_not_run_backwards():
    with pytest.raises(ValueError, match="before"):
        between(date(2026, 1, 2), date(2026, 1, 1))
