"""Every sum against a recount of the facts by hand, on both databases."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from central.db import open_sessions
from central.fleet.models import ConditionSpan
from central.reports import sums
from central.reports.catalogue import MEASURES
from central.reports.period import Kind, between, containing
from central.reports.sums import Sum
from central.reports.tallies import Place, Sums, add, civil_day
from central.reports.visits import NOT_COUNTING
from tests.central.ingest.world import DESK, ROOM, settle
from wire import facts

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACES = {
    ROOM: Place(ROOM, "zhen", "Asia/Shanghai"),
    DESK: Place(DESK, "xian", "Asia/Shanghai"),
}
BEGIN = int(datetime(2025, 11, 20, tzinfo=UTC).timestamp() * 1000)
END = int(datetime(2026, 3, 10, tzinfo=UTC).timestamp() * 1000)


def happenings(count=1_500):
    """Facts at random times around New Year: (device, fact, when)."""
    chance = random.Random(26)
    for _ in range(count):
        fact = chance.choice(
            [
                facts.VisitEntered(persons=chance.randint(1, 4), method="counter"),
                loan(chance.choice(["I247.57/1", "K825.6", "TP312", "", "b12"])),
                facts.ReturnMade(txn="a" * 16, item="B1"),
                facts.SessionClosed(why="done", loans=chance.randint(0, 2), returns=0, refusals=0, seconds=9),
                facts.LoanRefused(txn="a" * 16, item="B1", reader="b" * 32, fault=202),
                facts.EntryRefused(fault=102),
                facts.ReaderRegistered(txn="a" * 16, credential="id_card", reader_type="adult"),
                facts.ExitPressed(),
            ]
        )
        yield chance.choice([ROOM, DESK]), fact, chance.randrange(BEGIN, END)


def loan(call_number):
    return facts.LoanMade(txn="a" * 16, item="B1", reader="b" * 32, call_number=call_number)


def amount(fact, measure):
    """What one fact counts for a measure, by the words of the definitions and not by the catalogue."""
    match measure, fact:
        case "visits", facts.VisitEntered(persons=persons):
            return persons
        case "loan_sessions", facts.SessionClosed(loans=loans):
            return 1 if loans else 0
        case (
            ("loans", facts.LoanMade())
            | ("returns", facts.ReturnMade())
            | ("refusals", facts.LoanRefused())
            | ("entries_refused", facts.EntryRefused())
            | ("readers_registered", facts.ReaderRegistered())
        ):
            return 1
    return 0


@pytest.fixture
def reading(engine):
    settle(engine)
    counted = Sums()
    for device, fact, at_ms in happenings():
        counted.count(PLACES[device], fact, at_ms)
    with engine.begin() as connection:
        add(connection, counted)
    return open_sessions(engine, readonly=True)


def recount(period, device=None):
    total = Counter()
    for who, fact, at_ms in happenings():
        if device in {None, who} and period.first <= civil_day("Asia/Shanghai", at_ms) <= period.last:
            for measure in MEASURES:
                total[measure] += amount(fact, measure)
    return {measure: n for measure, n in total.items() if n}


PERIODS = [
    containing(Kind.DAY, date(2025, 12, 31)),
    containing(Kind.WEEK, date(2026, 1, 1)),
    containing(Kind.MONTH, date(2026, 1, 15)),
    containing(Kind.YEAR, date(2025, 6, 1)),
    containing(Kind.YEAR, date(2026, 6, 1)),
    between(date(2025, 12, 1), date(2026, 1, 31)),
    between(date(2025, 12, 13), date(2026, 2, 2)),
    containing(Kind.DAY, date(2024, 1, 1)),
]


@pytest.mark.parametrize("period", PERIODS, ids=lambda p: f"{p.kind}-{p.first}")
def test_counts_are_what_the_facts_say(reading, period):
    with reading() as session:
        found = sums.counts(session, period)
    for device, setting in ((ROOM, "room24"), (DESK, "staffed")):
        assert {c.measure: c.amount for c in found if c.device == device} == recount(period, device)
        assert {(c.branch, c.setting) for c in found if c.device == device} <= {
            (PLACES[device].branch_id, setting)
        }
    assert all(type(c.amount) is int for c in found)


@pytest.mark.parametrize(
    "period", [p for p in PERIODS if p.kind is not Kind.SPAN], ids=lambda p: f"{p.kind}-{p.first}"
)
def test_the_steps_of_a_chart_add_up_to_the_period(reading, period):
    with reading() as session:
        steps = sums.steps(session, period)
        found = sums.counts(session, period)
    for measure in sums.CHARTED:
        parts = [of.get(measure, Sum()) for of in steps.values()]
        assert sum(p.total for p in parts) == sum(c.amount for c in found if c.measure == measure)
        assert sum(p.rooms for p in parts) == sum(
            c.amount for c in found if c.measure == measure and c.device == ROOM
        )
    assert len(steps) == {Kind.DAY: 24, Kind.WEEK: 7, Kind.YEAR: 12}.get(period.kind, period.days)


def test_an_hour_is_where_the_clock_on_the_wall_put_it(reading):
    period = containing(Kind.DAY, date(2026, 1, 1))
    with reading() as session:
        steps = sums.steps(session, period)
    by_hand = Counter()
    for _, fact, at_ms in happenings():
        at = datetime.fromtimestamp(at_ms / 1000, SHANGHAI)
        if at.date() == period.first:
            by_hand[f"{at.hour:02}"] += amount(fact, "visits")
    assert {hour: of["visits"].total for hour, of in steps.items() if "visits" in of} == {
        hour: n for hour, n in by_hand.items() if n
    }


def test_branches_can_be_picked(reading):
    period = containing(Kind.MONTH, date(2026, 1, 15))
    with reading() as session:
        found = sums.counts(session, period, {"zhen"})
        steps = sums.steps(session, period, {"zhen"})
        none = sums.counts(session, period, set())
        shares = sums.shares(session, period, {"zhen"})
    assert {c.device for c in found} == {ROOM}
    assert sum(of.get("visits", Sum()).total for of in steps.values()) == recount(period, ROOM)["visits"]
    assert sum(n for _, n in shares) == recount(period, ROOM)["loans"]
    assert none == []


@pytest.mark.parametrize("period", PERIODS[2:6], ids=lambda p: f"{p.kind}-{p.first}")
def test_classes_are_counted_by_whole_months(reading, period):
    with reading() as session:
        shares = sums.shares(session, period)
    by_hand = Counter()
    for _, fact, at_ms in happenings():
        if (
            isinstance(fact, facts.LoanMade)
            and period.first <= civil_day("Asia/Shanghai", at_ms) <= period.last
        ):
            by_hand[fact.call_number[:1].upper() or "?"] += 1
    assert dict(shares) == by_hand
    assert [n for _, n in shares] == sorted(by_hand.values(), reverse=True)


# ---------------------------------------------------------------- coverage
def spans(engine, *rows):
    settle(engine)
    with open_sessions(engine).begin() as session:
        session.add_all(
            ConditionSpan(device_id=device, state=state, faults=[], from_ms=since, until_ms=until)
            for device, state, since, until in rows
        )
    return open_sessions(engine, readonly=True)


def test_heard_is_every_state_but_gone_within_the_period(engine):
    reading = spans(
        engine,
        (ROOM, "ready", 0, 150),
        (ROOM, "gone", 150, 160),
        (ROOM, "degraded", 160, 190),
        (ROOM, "broken", 190, None),
        (DESK, "gone", 50, None),
    )
    with reading() as session:
        assert sums.heard(session, 100, 200) == {ROOM: 90, DESK: 0}
        assert sums.heard(session, 100, 155) == {ROOM: 50, DESK: 0}
        assert sums.heard(session, 150, 160) == {ROOM: 0, DESK: 0}


def test_the_time_of_a_fault_can_be_left_out(engine):
    settle(engine)
    with open_sessions(engine).begin() as session:
        for faults, since, until in (([], 0, 40), ([702, 742], 40, 60), ([405], 60, 70), ([702], 70, None)):
            session.add(
                ConditionSpan(device_id=ROOM, state="degraded", faults=faults, from_ms=since, until_ms=until)
            )
    with open_sessions(engine, readonly=True)() as session:
        assert sums.heard(session, 0, 100) == {ROOM: 100}
        assert sums.heard(session, 0, 100, NOT_COUNTING) == {ROOM: 70}


def test_the_peak_of_a_period_is_the_most_of_its_days(engine):
    settle(engine)
    counted = Sums()
    for day, inside in (("2025-12-31", 31), ("2026-01-01", 7), ("2026-01-02", 12), ("2026-02-30", 99)):
        counted.count(PLACES[ROOM], facts.OccupancyPeaked(day, inside), BEGIN)
    with engine.begin() as connection:
        add(connection, counted)
    periods = {Kind.DAY: 7, Kind.MONTH: 12, Kind.YEAR: 12}
    before = containing(Kind.YEAR, date(2025, 1, 1))
    with open_sessions(engine, readonly=True)() as session:
        for kind, most in periods.items():
            assert sums.peaks(session, containing(kind, date(2026, 1, 1))) == {("zhen", ROOM): most}
        assert sums.peaks(session, before, {"zhen"}) == {("zhen", ROOM): 31}
        assert sums.peaks(session, before, {"xian"}) == {}
    counted = Sums()
    counted.count(PLACES[ROOM], facts.OccupancyPeaked("2026-01-02", 12), BEGIN, -1)
    with engine.begin() as connection:
        add(connection, counted)
    with open_sessions(engine, readonly=True)() as session:
        assert sums.peaks(session, containing(Kind.MONTH, date(2026, 1, 1))) == {("zhen", ROOM): 7}


def test_of_what_is_not_on_record_nothing_is_said(engine):
    reading = spans(engine, (ROOM, "ready", 0, 100), (DESK, "ready", 200, None))
    with reading() as session:
        assert sums.heard(session, 100, 200) == {}


def test_any_cut_of_the_time_adds_up(engine):
    chance = random.Random(3)
    rows, at = [], 0
    while at < 10_000:
        until = at + chance.randint(1, 400)
        rows.append((ROOM, chance.choice(["ready", "gone", "degraded"]), at, until))
        at = until
    reading = spans(engine, *rows)
    with reading() as session:
        whole = sums.heard(session, 0, 10_000)[ROOM]
        cuts = [0, *sorted(chance.sample(range(1, 10_000), 30)), 10_000]
        parts = sum(sums.heard(session, a, b).get(ROOM, 0) for a, b in pairwise(cuts))
    assert parts == whole == sum(min(u, 10_000) - s for _, state, s, u in rows if state != "gone")


def test_weeks_over_new_year_have_seven_days():
    assert sums._buckets(containing(Kind.WEEK, date(2026, 1, 1))) == [
        (date(2025, 12, 29) + timedelta(days=n)).isoformat() for n in range(7)
    ]
