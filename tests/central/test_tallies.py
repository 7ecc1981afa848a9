"""Sums by hour, day, month and share, and their addition to what stands."""

from datetime import date

import pytest

from central.reports.tallies import HOUR_MS, Place, Sums, add, civil_day
from tests.central.ingest.world import NOW, loan, settle, tallies, visit
from wire import facts

SHANGHAI = Place("zhen-24h-1", "zhen", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("zone", "at_ms", "day"),
    [
        ("UTC", 0, date(1970, 1, 1)),
        ("Asia/Shanghai", 1_790_006_399_999, date(2026, 9, 21)),  # 23:59:59.999
        ("Asia/Shanghai", 1_790_006_400_000, date(2026, 9, 22)),
        ("Asia/Kathmandu", 1_790_014_499_999, date(2026, 9, 21)),  # 45 minutes off the hour
        ("Asia/Kathmandu", 1_790_014_500_000, date(2026, 9, 22)),
        ("America/New_York", 1_793_505_599_999, date(2026, 10, 31)),
        ("America/New_York", 1_793_505_600_000, date(2026, 11, 1)),  # a day of 25 hours
        ("America/New_York", 1_793_595_599_999, date(2026, 11, 1)),
        ("America/New_York", 1_793_595_600_000, date(2026, 11, 2)),
        ("Pacific/Kiritimati", 1_790_000_000_000, date(2026, 9, 22)),
    ],
)
def test_civil_days(zone, at_ms, day):
    assert civil_day(zone, at_ms) == day


def test_a_fact_that_no_measure_counts_adds_nothing():
    sums = Sums()
    sums.count(SHANGHAI, facts.ExitPressed(), NOW)
    assert not any(sums.totals())


def test_long_values_are_cut():
    sums = Sums()
    made = facts.LoanMade("0" * 16, "B" * 200, "ab" * 16, "t" * 64, "", "TP3")
    sums.count(SHANGHAI, made, NOW)
    assert sorted(key[-1] for key in sums.totals().shares) == ["B" * 64, "T", "t" * 64]


def test_sums_are_added_to_what_stands(engine):
    settle(engine)
    for _ in range(2):
        sums = Sums()
        sums.count(SHANGHAI, visit(3), NOW)
        sums.count(SHANGHAI, visit(4), NOW + HOUR_MS)
        sums.count(SHANGHAI, loan(1), NOW)
        with engine.begin() as connection:
            add(connection, sums)
    found = tallies(engine)
    key = ("zhen-24h-1", "zhen")
    assert found["tally_hour"] == {
        (*key, NOW // HOUR_MS, "visits"): 6,
        (*key, NOW // HOUR_MS + 1, "visits"): 8,
        (*key, NOW // HOUR_MS, "loans"): 2,
    }
    assert found["tally_day"] == {
        (*key, date(2026, 9, 21), "visits"): 14,
        (*key, date(2026, 9, 21), "loans"): 2,
    }
    assert found["tally_month"][(*key, date(2026, 9, 1), "visits")] == 14
    assert found["tally_share"][(*key, date(2026, 9, 1), "loans", "clc", "I")] == 2


def test_nothing_to_add_is_no_statement(engine):
    with engine.begin() as connection:
        add(connection, Sums())
    assert all(not rows for rows in tallies(engine).values())
