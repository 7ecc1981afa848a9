"""Whatever windows of a journal arrive, doubled and in any order: once each, and the tallies say so."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from central.db import open_engine
from central.ingest.absorb import Parcel, absorb_all
from central.reports.rebuild import rebuild
from central.reports.tallies import Place, Sums
from tests.central.ingest.world import (
    ABROAD,
    DESK,
    KEY,
    NOW,
    ROOM,
    batch,
    loan,
    settle,
    stored,
    tallies,
    visit,
)
from wire import facts

PLACES = {
    ROOM: Place(ROOM, "zhen", "Asia/Shanghai"),
    DESK: Place(DESK, "xian", "Asia/Shanghai"),
    ABROAD: Place(ABROAD, "delhi", "Asia/Kolkata"),
}
STEP_MS = 5 * 3_600_000 + 1_234_567
"""Between two facts: thirty of them cross days, a month's end, and hours of both kinds of zone."""
LENGTH = 30

windows = st.lists(
    st.tuples(st.sampled_from(sorted(PLACES)), st.integers(1, LENGTH), st.integers(1, 8)), max_size=25
)
groups = st.lists(windows, min_size=1, max_size=6)


def fact(seq):
    kinds = (
        visit(seq),
        loan(seq, "ABI2"[seq % 4]),
        facts.ExitPressed(),
        facts.SessionClosed("done", seq % 2, 0, 0, 9),
    )
    return kinds[seq % len(kinds)]


def window(first, length):
    last = min(LENGTH, first + length - 1)
    rows = [batch(seq, [fact(seq)], wall_ms=NOW + STEP_MS * seq) for seq in range(first, last + 1)]
    return rows[0].__class__(1, rows[0].journal, first, [row.facts[0] for row in rows])


def expected(committed):
    sums = Sums()
    for device, upto in committed.items():
        for seq in range(1, upto + 1):
            sums.count(PLACES[device], fact(seq), NOW + STEP_MS * seq + 1000 * seq)
    counts = sums.totals()
    return {
        "tally_hour": counts.hours,
        "tally_day": counts.days,
        "tally_month": counts.months,
        "tally_share": counts.shares,
        "tally_peak": counts.peaks,
    }


@settings(max_examples=30, deadline=None)
@given(groups)
def test_facts_once_watermark_rising_tallies_right(migrated_file, arrivals):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(migrated_file, Path(folder) / "central.db")
        engine = open_engine(f"sqlite:///{folder}/central.db")
        settle(engine)
        try:
            check(engine, arrivals)
        finally:
            engine.dispose()


def check(engine, arrivals):
    committed = dict.fromkeys(PLACES, 0)
    marks = dict.fromkeys(PLACES, (0, 0))
    now_ms = NOW + STEP_MS * (LENGTH + 1)
    for group in arrivals:
        now_ms += 3_000
        parcels = [Parcel(device, window(first, length)) for device, first, length in group]
        with engine.begin() as connection:
            outcomes = absorb_all(connection, parcels, now_ms, KEY)
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            device, last = parcel.device_id, parcel.batch.first + len(parcel.batch.facts) - 1
            if parcel.batch.first <= committed[device] + 1:
                committed[device] = max(committed[device], last)
            mark = (outcome.watermark.epoch, outcome.watermark.seq)
            assert mark >= marks[device]
            assert mark[1] == committed[device]
            marks[device] = mark
    for device, upto in committed.items():
        assert [seq for seq, _ in stored(engine, device)] == list(range(1, upto + 1))
    assert tallies(engine) == expected(committed)
    rebuild(engine, date(2026, 9, 1), date(2026, 10, 31))
    assert tallies(engine) == expected(committed)
