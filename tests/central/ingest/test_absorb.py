"""Facts are stored once and counted once, whatever arrives again, out of order, or in another's name."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from central.db import open_sessions
from central.facts.models import FactAside, Journal, StoredFact
from central.fleet.operations import retire
from central.ingest import journals, storing
from central.ingest.absorb import Parcel, absorb, absorb_all
from central.ingest.group import store
from central.ingest.intake import Spoken
from central.ingest.journals import SETTLING_MS
from tests.central.ingest.world import (
    DESK,
    JOURNAL,
    KEY,
    NOW,
    ROOM,
    batch,
    loan,
    stored,
    take,
    tallies,
    visit,
    visits,
)
from wire.condition import Condition

OTHER = "6e" * 16


def test_facts_are_stored_counted_and_marked(world):
    outcome = take(world, ROOM, batch(1, [visit(2), loan(1), visit()]))
    assert (outcome.watermark.journal, outcome.watermark.seq, outcome.new) == (JOURNAL, 3, 3)
    assert outcome.watermark.central_ms == NOW
    assert stored(world) == [(1, "visit.entered"), (2, "loan.made"), (3, "visit.entered")]
    day = (ROOM, "zhen", date(2026, 9, 21))
    assert tallies(world) == {
        "tally_hour": {
            (ROOM, "zhen", NOW // 3_600_000, "visits"): 3,
            (ROOM, "zhen", NOW // 3_600_000, "loans"): 1,
        },
        "tally_day": {(*day, "visits"): 3, (*day, "loans"): 1},
        "tally_month": {
            (ROOM, "zhen", date(2026, 9, 1), "visits"): 3,
            (ROOM, "zhen", date(2026, 9, 1), "loans"): 1,
        },
        "tally_peak": {},
        "tally_share": {
            (ROOM, "zhen", date(2026, 9, 1), "loans", "clc", "I"): 1,
            (ROOM, "zhen", date(2026, 9, 1), "loans", "item", "B0000001"): 1,
            (ROOM, "zhen", date(2026, 9, 1), "loans", "reader_type", "adult"): 1,
        },
    }


def test_a_replay_changes_nothing_and_is_answered(world):
    first = take(world, ROOM, batch(1, [visit(), visit()]))
    again = take(world, ROOM, batch(1, [visit(), visit()]), now_ms=NOW + 60_000)
    assert again.new == 0
    assert (again.watermark.epoch, again.watermark.seq) == (first.watermark.epoch, 2)
    assert visits(world) == 2


def test_an_overlap_counts_only_what_is_new(world):
    outcome = take(world, ROOM, batch(1, [visit(), visit()]), batch(2, [visit(), visit()]))
    assert (outcome.new, outcome.watermark.seq) == (1, 3)
    assert visits(world) == 3


def test_a_gap_takes_nothing_and_sends_the_kiosk_back(world):
    before = take(world, ROOM, batch(1, [visit()])).watermark
    outcome = take(world, ROOM, batch(5, [visit()]), now_ms=NOW + 60_000)
    assert (outcome.new, outcome.watermark.seq) == (0, 1)
    assert outcome.watermark.epoch == NOW + 60_000 > before.epoch
    assert len(stored(world)) == 1


def test_batches_in_the_wake_of_a_gap_share_its_epoch(world):
    take(world, ROOM, batch(1, [visit()]))
    first = take(world, ROOM, batch(5, [visit()]), now_ms=NOW + 60_000)
    wake = take(world, ROOM, batch(6, [visit()]), now_ms=NOW + 60_000 + SETTLING_MS - 1)
    late = take(world, ROOM, batch(7, [visit()]), now_ms=NOW + 60_000 + SETTLING_MS)
    assert first.watermark.epoch == wake.watermark.epoch < late.watermark.epoch


def test_who_has_not_heard_of_the_last_epoch_needs_no_other(world):
    take(world, ROOM, batch(1, [visit()]))
    first = take(world, ROOM, batch(5, [visit()], epoch=NOW), now_ms=NOW + 60_000)
    late = take(world, ROOM, batch(7, [visit()], epoch=NOW), now_ms=NOW + 120_000)
    assert first.watermark.epoch == late.watermark.epoch == NOW + 60_000
    again = take(world, ROOM, batch(7, [visit()], epoch=NOW + 60_000), now_ms=NOW + 180_000)
    assert again.watermark.epoch == NOW + 180_000


@pytest.mark.parametrize("first", [2, 5])
def test_a_restored_central_mints_above_what_the_kiosk_has_seen_though_its_clock_is_behind(world, first):
    take(world, ROOM, batch(1, [visit()]))
    seen = NOW + 7 * 86_400_000
    outcome = take(world, ROOM, batch(first, [visit()], epoch=seen), now_ms=NOW + 3_600_000)
    assert outcome.watermark.epoch == seen + 1
    assert outcome.watermark.seq == (2 if first == 2 else 1)
    later = take(world, ROOM, batch(2, [visit()], epoch=seen + 1), now_ms=NOW + 3_700_000)
    assert (later.watermark.epoch, later.watermark.seq) == (seen + 1, 2)


def test_an_epoch_never_outgrows_its_field(world):
    outcome = take(world, ROOM, batch(1, [visit()], epoch=2**53 - 2))
    assert outcome.watermark.epoch == 2**53 - 1
    assert take(world, ROOM, batch(5, [visit()], epoch=2**53 - 2)).watermark.epoch == 2**53 - 1


def test_an_epoch_rises_though_the_clock_went_back(world):
    before = take(world, ROOM, batch(1, [visit()])).watermark
    after = take(world, ROOM, batch(5, [visit()]), now_ms=NOW - 86_400_000).watermark
    assert after.epoch == before.epoch + 1


def test_a_new_journal_that_starts_late_is_sent_back_to_its_start(world):
    outcome = take(world, ROOM, batch(9, [visit()]))
    assert (outcome.watermark.epoch, outcome.watermark.seq) == (NOW, 0)
    assert take(world, ROOM, batch(1, [visit()])).watermark.seq == 1


def test_a_restored_central_is_behind_and_catches_up(world):
    take(world, ROOM, batch(1, [visit()]), batch(2, [visit(), visit()]))
    with world.begin() as connection:  # yesterday's backup: one fact
        connection.execute(StoredFact.__table__.delete().where(StoredFact.seq > 1))
        connection.execute(update(Journal).values(committed=1))
    behind = take(world, ROOM, batch(4, [visit()]), now_ms=NOW + 86_400_000).watermark
    assert (behind.epoch, behind.seq) == (NOW + 86_400_000, 1)
    outcome = take(world, ROOM, batch(2, [visit(), visit(), visit()]), now_ms=NOW + 86_400_000)
    assert outcome.watermark.seq == 4
    assert [seq for seq, _ in stored(world)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        (batch(2, [visit(7)]), [2]),
        (batch(2, [visit()], wall_ms=NOW + 1), [2]),
        (batch(1, [visit(), visit(7), visit()]), [2, 3]),
    ],
)
def test_other_content_under_the_same_name_is_a_fork(world, changed, kept):
    take(world, ROOM, batch(1, [visit(), visit()]))
    before = tallies(world)
    outcome = take(world, ROOM, changed)
    assert (outcome.refused, outcome.new, outcome.watermark.seq) == ("journal forked", 0, 2)
    assert outcome.watermark.forked
    assert tallies(world) == before
    with world.connect() as connection:
        assert connection.scalar(select(Journal.forked))
        found = connection.execute(select(FactAside.seq, FactAside.why).order_by(FactAside.seq)).all()
        assert found == [(seq, "journal forked") for seq in kept]


def test_a_fork_sent_again_is_kept_once(world):
    take(world, ROOM, batch(1, [visit()]), batch(1, [visit(7)]), batch(1, [visit(7)]), batch(1, [visit(8)]))
    with world.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(FactAside)) == 2


def test_the_evidence_of_a_fork_is_bounded(world, monkeypatch):
    monkeypatch.setattr(storing, "MAX_FORKED", 3)
    take(world, ROOM, batch(1, [visit()] * 9))
    for persons in (2, 3):
        take(world, ROOM, batch(1, [visit(persons)] * 2))
        take(world, ROOM, batch(1, [visit(persons)] * 2))
    with world.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(FactAside)) == 3


def test_a_fork_doubled_within_one_group_is_kept_once(world):
    take(world, ROOM, batch(1, [visit()]))
    with world.begin() as connection:
        absorb_all(connection, [Parcel(ROOM, batch(1, [visit(7)]))] * 2, NOW, KEY)
    with world.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(FactAside)) == 1


def test_a_forked_journal_is_kept_aside_from_then_on_and_told_so(world):
    take(world, ROOM, batch(1, [visit()]), batch(1, [visit(7)]))
    for parcel, kept in ((batch(1, [visit(), visit()]), [1, 2]), (batch(9, [visit()]), [1, 2, 9])):
        outcome = take(world, ROOM, parcel)
        assert (outcome.refused, outcome.watermark.seq, outcome.watermark.forked) == (
            "journal forked",
            1,
            True,
        )
        with world.connect() as connection:
            assert connection.scalars(select(FactAside.seq).order_by(FactAside.seq)).all() == kept
    assert visits(world) == 1


def test_a_new_journal_of_a_forked_device_is_taken(world):
    take(world, ROOM, batch(1, [visit()]), batch(1, [visit(7)]))
    outcome = take(world, ROOM, batch(1, [visit(2)], journal=OTHER))
    assert (outcome.watermark.seq, outcome.watermark.forked) == (1, False)
    assert visits(world) == 3


def test_a_fork_within_one_group_is_seen(world):
    with world.begin() as connection:
        parcels = [Parcel(ROOM, batch(1, [visit()])), Parcel(ROOM, batch(1, [visit(7)]))]
        outcomes = absorb_all(connection, parcels, NOW, KEY)
    assert [outcome.refused for outcome in outcomes] == ["", "journal forked"]
    assert visits(world) == 1


def test_a_device_that_nobody_knows_is_refused(world):
    outcome = take(world, "nobody-1", batch(1, [visit()]))
    assert (outcome.watermark, outcome.refused) == (None, "unknown device")
    assert stored(world, "nobody-1") == []


def test_a_retired_device_is_refused_like_one_that_nobody_knows(world):
    take(world, ROOM, batch(1, [visit()]))
    with open_sessions(world).begin() as session:
        retire(session, ROOM, date(2026, 9, 21))
    outcome = take(world, ROOM, batch(2, [visit()]))
    assert (outcome.watermark, outcome.refused) == (None, "unknown device")
    with world.begin() as connection:
        done = store(connection, [Spoken(ROOM, Condition(1, "ready"))], NOW, KEY)
    assert (done.hearing, done.refused) == (set(), 1)
    assert len(stored(world)) == 1


def test_a_device_begins_no_journal_beyond_the_bound(world, monkeypatch):
    monkeypatch.setattr(journals, "MAX_JOURNALS", 2)
    names = [f"{n:032x}" for n in range(5)]
    with world.begin() as connection:
        parcels = [Parcel(ROOM, batch(1, [visit()], journal=name)) for name in names]
        outcomes = absorb_all(connection, [*parcels, Parcel(DESK, batch(1, [visit()]))], NOW, KEY)
    assert [one.refused for one in outcomes] == ["", "", *["too many journals"] * 3, ""]
    assert take(world, ROOM, batch(1, [visit()], journal=names[4])).refused == "too many journals"
    assert take(world, ROOM, batch(2, [visit()], journal=names[1])).watermark.seq == 2


def test_journals_of_one_device_are_taken_side_by_side(world):
    """An earlier one may come after a newer one, where central was restored in between."""
    take(world, ROOM, batch(1, [visit()], journal=OTHER))
    assert take(world, ROOM, batch(1, [visit()])).watermark.seq == 1
    assert take(world, ROOM, batch(2, [visit()], journal=OTHER)).watermark.seq == 2


def test_one_group_of_many_devices_is_what_single_batches_are(world):
    parcels = [
        Parcel(DESK, batch(1, [visit(), loan(1)])),
        Parcel(ROOM, batch(1, [visit(3)])),
        Parcel(DESK, batch(3, [visit()])),
        Parcel("nobody-1", batch(1, [visit()])),
        Parcel(ROOM, batch(1, [visit(3)])),
        Parcel(ROOM, batch(4, [visit()])),
        Parcel(ROOM, batch(2, [visit()])),
    ]
    with world.begin() as connection:
        outcomes = absorb_all(connection, parcels, NOW, KEY)
    assert [o.watermark.seq if o.watermark else None for o in outcomes] == [2, 1, 3, None, 1, 1, 2]
    assert [o.new for o in outcomes] == [2, 1, 1, 0, 0, 0, 1]
    assert visits(world) == 6


def test_nothing_is_left_of_a_group_that_was_rolled_back(world):
    with world.connect() as connection, connection.begin() as transaction:
        absorb(connection, ROOM, batch(1, [visit()]), NOW, KEY)
        transaction.rollback()
    assert stored(world) == []
    assert take(world, ROOM, batch(1, [visit()])).new == 1
