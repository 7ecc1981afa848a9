"""A recount gives the numbers that the ingest gave, and mends those that somebody spoiled."""

from datetime import date

import pytest
from sqlalchemy import delete, update

from central.facts.models import StoredFact
from central.facts.redaction import redact
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from central.reports.rebuild import Recounted, Sealed, rebuild
from tests.central.ingest.world import (
    ABROAD,
    DESK,
    NOW,
    READER,
    ROOM,
    batch,
    loan,
    raw_batch,
    take,
    tallies,
    visit,
)
from wire import facts
from wire.envelope import encode_fact

DAY_MS = 86_400_000
PEAKED = facts.OccupancyPeaked("2026-08-31", 4)
"""Told after midnight, of the day before."""


@pytest.fixture
def counted(world):
    """Three devices, three months, unknown facts among them."""
    for device in (ROOM, DESK, ABROAD):
        for month in range(3):
            wall_ms = NOW + month * 30 * DAY_MS
            take(
                world,
                device,
                batch(1 + 3 * month, [visit(2), loan(1), PEAKED], wall_ms=wall_ms),
                now_ms=wall_ms,
            )
        unknown = '{"kind":"loan.made","txn":"%s","item":"B1","reader":"card 123"}' % ("0" * 16)
        take(world, device, raw_batch(10, "[]", '{"kind":"sauna.heated"}', unknown), now_ms=wall_ms)
    return world


def test_a_recount_changes_nothing(counted):
    before = tallies(counted)
    assert rebuild(counted, date(2026, 9, 15), date(2026, 11, 15)) == Recounted(3, 27)
    assert tallies(counted) == before


def test_a_recount_counts_what_nobody_is_named_in_any_more(world):
    granted = facts.LoanGranted(
        "0a" * 8, "B1", READER, due="2026-10-21", sealed="c2VhbGVk", decided_by="rule"
    )
    take(world, ROOM, batch(1, [granted]))
    before = tallies(world)
    assert before["tally_month"]
    with world.begin() as connection:
        connection.execute(update(StoredFact).values(body=redact(encode_fact(granted).decode())))
    rebuild(world, date(2026, 9, 1), date(2026, 9, 30))
    assert tallies(world) == before


@pytest.mark.parametrize("spoil", ["added", "lost", "changed"])
def test_a_recount_mends(counted, spoil):
    before = tallies(counted)
    with counted.begin() as connection:
        for model in (TallyHour, TallyDay, TallyMonth, TallyShare, TallyPeak):
            if spoil == "lost":
                connection.execute(delete(model))
            elif spoil == "changed":
                connection.execute(update(model).values(count=77))
            elif model is TallyPeak:
                connection.execute(update(model).values(inside=99))
            else:
                connection.execute(update(model).where(model.measure == "loans").values(measure="returns"))
    rebuild(counted, date(2026, 9, 1), date(2026, 12, 31))
    assert tallies(counted) == before


def test_other_months_are_left_alone(counted):
    with counted.begin() as connection:
        connection.execute(update(TallyMonth).values(count=77))
    rebuild(counted, date(2026, 10, 1), date(2026, 10, 31))
    months = {(key[2], count == 77) for key, count in tallies(counted)["tally_month"].items()}
    assert months == {(date(2026, 9, 1), True), (date(2026, 10, 1), False), (date(2026, 11, 1), True)}


def test_a_month_that_lost_facts_is_sealed(counted):
    with counted.begin() as connection:
        connection.execute(delete(StoredFact).where(StoredFact.seq <= 2))
    before = tallies(counted)
    with pytest.raises(Sealed, match="2026-10-01"):
        rebuild(counted, date(2026, 9, 1), date(2026, 10, 31))
    assert tallies(counted) == before
    assert rebuild(counted, date(2026, 10, 1), date(2026, 10, 31)).months == 1


def test_a_journal_without_any_fact_left_is_sealed_to_its_end(counted):
    with counted.begin() as connection:
        connection.execute(delete(StoredFact).where(StoredFact.device_id == ROOM))
    with pytest.raises(Sealed):
        rebuild(counted, date(2026, 11, 1), date(2026, 11, 30))


def test_to_find_a_sealed_month_waits_for_no_writer(lite_world):
    take(lite_world, ROOM, batch(1, [visit()]))
    with lite_world.begin() as other:
        other.execute(delete(StoredFact))
    with lite_world.begin(), pytest.raises(Sealed):
        rebuild(lite_world, date(2026, 9, 1), date(2026, 9, 30))


def test_no_month_is_no_work(counted):
    assert rebuild(counted, date(2026, 10, 1), date(2026, 9, 30)) == Recounted(0, 0)
