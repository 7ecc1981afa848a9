"""A corrected clock moves the facts of its boot, and their tallies with them."""

import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from central.db import open_engine
from central.facts.models import BootClock, Revision, StoredFact
from central.facts.rows import AHEAD_MS, FIRST_MS
from central.ingest import clocks
from central.ingest.absorb import Parcel, absorb_all
from central.reports.rebuild import rebuild
from tests.central.ingest.world import (
    ABROAD,
    BOOT,
    DESK,
    KEY,
    NOW,
    ROOM,
    batch,
    loan,
    raw_batch,
    settle,
    take,
    tallies,
    visit,
)
from wire import facts

DAY_MS = 86_400_000
OTHER = "6e" * 16
UNSET = 1_000_000
"""What a clock says that nobody has set."""
BEGUN = NOW - DAY_MS
"""When the boot of these stories began: the day before its facts arrive."""
YESTERDAY, TODAY = date(2026, 9, 20), date(2026, 9, 21)


def corrected(mono_ms, begun_ms=BEGUN):
    return facts.ClockCorrected(begun_ms + mono_ms)


def times(engine, device=ROOM):
    """(journal's first digits, seq) → when, after the beginning of the boot."""
    with engine.connect() as connection:
        query = select(StoredFact.seq, StoredFact.at_ms).where(StoredFact.device_id == device)
        return {seq: at_ms - BEGUN for seq, at_ms in connection.execute(query.order_by(StoredFact.id))}


def days(engine, measure="visits"):
    return {
        (key[0], key[2]): count for key, count in tallies(engine)["tally_day"].items() if key[-1] == measure
    }


def revisions(engine):
    row = Revision
    with engine.connect() as connection:
        query = select(row.device_id, row.boot, row.first_day, row.last_day, row.facts, row.at_ms)
        return connection.execute(query.order_by(row.id)).all()


def lines(engine):
    with engine.connect() as connection:
        query = select(BootClock.device_id, BootClock.boot, BootClock.begun_ms)
        return connection.execute(query.order_by(BootClock.device_id, BootClock.boot)).all()


def recounted(engine):
    """The tallies, which a recount of all months leaves as they are."""
    before = tallies(engine)
    rebuild(engine, date(2026, 1, 1), date(2026, 12, 31))
    assert tallies(engine) == before
    assert all(count > 0 for table in before.values() for count in table.values())
    return before


def test_a_correction_moves_what_was_stored_and_its_tallies(world):
    take(world, ROOM, batch(1, [visit(2), loan(1), facts.ExitPressed()], wall_ms=UNSET, clock=False))
    assert days(world) == {(ROOM, TODAY): 2}
    take(world, ROOM, batch(4, [corrected(4000)], wall_ms=UNSET, clock=False), now_ms=NOW + 5)
    assert times(world) == {1: 1000, 2: 2000, 3: 3000, 4: 4000}
    found = recounted(world)
    hour = (BEGUN + 1000) // 3_600_000
    assert found["tally_hour"] == {(ROOM, "zhen", hour, "visits"): 2, (ROOM, "zhen", hour, "loans"): 1}
    assert found["tally_day"] == {
        (ROOM, "zhen", YESTERDAY, "visits"): 2,
        (ROOM, "zhen", YESTERDAY, "loans"): 1,
    }
    assert revisions(world) == [(ROOM, BOOT, YESTERDAY, TODAY, 2, NOW + 5)]
    assert lines(world) == [(ROOM, BOOT, BEGUN)]


def test_a_correction_in_the_same_group_dates_what_came_with_it(world):
    parcels = [
        Parcel(ROOM, batch(1, [visit(2), loan(1)], wall_ms=UNSET, clock=False)),
        Parcel(ROOM, batch(3, [corrected(3000), visit()], wall_ms=UNSET, clock=False)),
        Parcel(DESK, batch(1, [visit()], wall_ms=UNSET, clock=False)),
    ]
    with world.begin() as connection:
        absorb_all(connection, parcels, NOW, KEY)
    assert times(world) == {1: 1000, 2: 2000, 3: 3000, 4: 4000}
    assert days(world) == {(ROOM, YESTERDAY): 3, (DESK, TODAY): 1}
    assert revisions(world) == []
    recounted(world)


def test_facts_of_the_boot_that_come_later_are_on_its_line(world):
    take(world, ROOM, batch(1, [corrected(1000), visit()], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(3, [visit()], wall_ms=UNSET, clock=False), now_ms=NOW + DAY_MS)
    take(world, ROOM, batch(4, [visit()], wall_ms=NOW, clock=True), now_ms=NOW + DAY_MS)
    take(world, ROOM, batch(5, [visit()], wall_ms=UNSET, clock=False, boot="feedbeef"), now_ms=NOW + DAY_MS)
    assert times(world) == {1: 1000, 2: 2000, 3: 3000, 4: 4000, 5: 2 * DAY_MS}
    recounted(world)


def test_a_boot_whose_clock_was_right_keeps_its_own_time(world):
    right = BEGUN + clocks.AGREES_MS
    take(world, ROOM, batch(1, [visit(), loan(1)], wall_ms=right))
    take(world, ROOM, batch(3, [visit(), corrected(4000), visit()], wall_ms=right))
    assert times(world) == {seq: 1000 * seq + clocks.AGREES_MS for seq in range(1, 6)}
    assert (lines(world), revisions(world)) == ([], [])


def test_what_stands_for_a_damaged_row_says_nothing_about_clocks(world):
    lost = facts.FactsLost(1, "damaged")
    take(world, ROOM, batch(1, [lost], wall_ms=0, clock=False), batch(2, [visit()], wall_ms=BEGUN + 1))
    take(world, ROOM, batch(3, [lost], wall_ms=0, clock=False))
    with world.begin() as connection:
        parcels = [batch(4, [lost], wall_ms=0), batch(5, [corrected(5000)], wall_ms=BEGUN)]
        absorb_all(connection, [Parcel(ROOM, one) for one in parcels], NOW, KEY)
    assert times(world)[2] == 2001
    assert lines(world) == []


@pytest.mark.parametrize("device", [ROOM, ABROAD])
def test_one_wrong_fact_puts_its_whole_boot_on_the_line(world, device):
    """So that none is before one that was written before it."""
    take(world, device, batch(1, [visit()], wall_ms=UNSET, clock=False))
    take(world, device, batch(2, [visit(), visit()], wall_ms=BEGUN + 1900))
    take(world, device, batch(4, [visit()], wall_ms=BEGUN - 400_000))
    take(world, device, batch(5, [corrected(5000)], wall_ms=BEGUN))
    assert times(world, device) == {seq: 1000 * seq for seq in range(1, 6)}
    recounted(world)


def test_other_boots_and_other_devices_stay(world):
    take(world, ROOM, batch(1, [visit()], wall_ms=UNSET, clock=False, boot="feedbeef"))
    take(world, DESK, batch(1, [visit()], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(2, [visit(), corrected(3000)], wall_ms=UNSET, clock=False))
    assert times(world) == {1: DAY_MS, 2: 2000, 3: 3000}
    assert times(world, DESK) == {1: DAY_MS}


def test_the_boot_is_dated_in_the_journal_before_too(world):
    """It was set aside within the boot, and the correction stands in the new one."""
    take(world, ROOM, batch(1, [visit()], wall_ms=UNSET, clock=False, boot="feedbeef"))
    take(world, ROOM, batch(2, [visit(3), facts.FactsLost(1, "damaged")], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(4, [facts.FactsLost(1, "damaged")], wall_ms=UNSET, boot="feedbeef"))
    take(world, ROOM, batch(1, [visit(), corrected(2000)], wall_ms=UNSET, clock=False, journal=OTHER))
    assert days(world) == {(ROOM, TODAY): 1, (ROOM, YESTERDAY): 4}
    recounted(world)


def test_the_last_correction_wins_and_a_near_one_changes_nothing(world):
    take(world, ROOM, batch(1, [visit(), corrected(2000)], wall_ms=UNSET, clock=False))
    near = corrected(3000, BEGUN + clocks.AGREES_MS)
    take(world, ROOM, batch(3, [near, visit()], wall_ms=UNSET, clock=False))
    assert times(world) == {seq: 1000 * seq for seq in range(1, 5)}
    far_ms = clocks.BEND_MS + 1
    far = corrected(5000, BEGUN + far_ms)
    take(world, ROOM, batch(5, [far, visit()], wall_ms=UNSET, clock=False))
    assert times(world) == {seq: 1000 * seq + far_ms for seq in range(1, 7)}
    assert lines(world) == [(ROOM, BOOT, BEGUN + far_ms)]
    recounted(world)


@pytest.mark.parametrize("drift_ms", [2_001, 300_000, -2_001, -300_000])
def test_a_line_bends_where_the_oscillator_has_drifted_and_nothing_goes_back(world, drift_ms):
    bend = corrected(4000, BEGUN + drift_ms)
    take(world, ROOM, batch(1, [visit(), corrected(2000)], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(3, [visit(), bend, visit()], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(400, [visit()], oldest=400, wall_ms=UNSET, clock=False))
    knee = max(4000 + drift_ms, 4000)
    assert times(world) == {
        1: 1000,
        2: 2000,
        3: 3000,
        4: knee,
        5: max(5000 + drift_ms, 4000),
        400: 400_000 + drift_ms,
    }
    assert list(times(world).values()) == sorted(times(world).values())
    assert revisions(world) == []
    recounted(world)


@given(
    st.lists(
        st.one_of(st.none(), st.integers(-2 * clocks.BEND_MS, 2 * clocks.BEND_MS)), min_size=1, max_size=12
    ),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_corrected_the_facts_of_a_boot_stay_in_order(migrated_file, offs, cuts):
    with TemporaryDirectory() as folder:
        shutil.copy(migrated_file, Path(folder) / "central.db")
        engine = open_engine(f"sqlite:///{folder}/central.db")
        settle(engine)
        told, first = [], 1
        for at, (off, cut) in enumerate(zip(offs, cuts, strict=False), 1):
            told.append(visit() if off is None else corrected(1000 * at, BEGUN + off))
            if cut or at == len(offs):
                take(engine, ROOM, batch(first, told, wall_ms=UNSET, clock=False), now_ms=NOW + at)
                told, first = [], at + 1
        found = times(engine)
        assert list(found) == list(range(1, len(offs) + 1))
        within = [ms for ms in found.values() if ms < DAY_MS]  # the others were dated by their arrival
        assert within == sorted(within)
        recounted(engine)
        engine.dispose()


def test_a_correction_over_a_month_s_end_moves_months_and_shares(world):
    begun_ms = NOW - 40 * DAY_MS
    take(world, ROOM, batch(1, [visit(), loan(1, "TP3"), loan(2)], wall_ms=UNSET, clock=False))
    take(world, ROOM, batch(4, [loan(3)]))
    take(world, ROOM, batch(5, [corrected(5000, begun_ms)], wall_ms=UNSET, clock=False))
    found = recounted(world)
    august = (ROOM, "zhen", date(2026, 8, 1))
    assert found["tally_month"] == {(*august, "visits"): 1, (*august, "loans"): 3}
    assert found["tally_share"] == {
        (*august, "loans", "clc", "T"): 1,
        (*august, "loans", "clc", "I"): 2,
        (*august, "loans", "reader_type", "adult"): 3,
        **{(*august, "loans", "item", f"B000000{n}"): 1 for n in (1, 2, 3)},
    }
    assert revisions(world)[0][2:5] == (date(2026, 8, 12), TODAY, 4)


def test_a_correction_within_the_hour_moves_facts_and_no_figure(world):
    take(world, ROOM, batch(1, [visit()], wall_ms=NOW - 9000))
    before = tallies(world)
    take(world, ROOM, batch(2, [corrected(2000, NOW - 5000)]))
    assert times(world)[1] == DAY_MS - 4000
    assert tallies(world) == before
    assert revisions(world) == []


def test_nothing_is_dated_long_after_central_s_time(world):
    take(world, ROOM, batch(1, [visit()], wall_ms=UNSET, clock=False))
    ahead = NOW + 30 * DAY_MS
    take(world, ROOM, batch(2, [corrected(2000, ahead), visit()], wall_ms=UNSET, clock=False), now_ms=NOW + 7)
    assert set(times(world).values()) == {DAY_MS + AHEAD_MS + 7}
    recounted(world)


def test_what_came_while_central_s_own_clock_was_behind_is_mended_by_the_next_correction(world):
    behind = NOW - 7 * DAY_MS
    take(world, ROOM, batch(1, [visit(), corrected(2000, BEGUN - 7 * DAY_MS)], wall_ms=BEGUN), now_ms=behind)
    assert days(world) == {(ROOM, date(2026, 9, 13)): 1}
    take(world, ROOM, batch(3, [corrected(3000)], wall_ms=BEGUN))
    assert times(world) == {1: 1000, 2: 2000, 3: 3000}
    assert days(world) == {(ROOM, YESTERDAY): 1}
    recounted(world)


@pytest.mark.parametrize("drawn", [False, True], ids=["no line", "on a line"])
def test_what_came_while_central_was_behind_is_mended_by_a_correction_that_says_what_was_known(world, drawn):
    """A kiosk whose clock is right keeps to it meanwhile, and says so when central's is right again."""
    wall_ms, is_set = (UNSET, False) if drawn else (BEGUN, True)
    behind = BEGUN - 7 * DAY_MS
    take(world, ROOM, batch(1, [visit(), corrected(2000)], wall_ms=wall_ms, clock=is_set))
    assert len(lines(world)) == drawn
    take(world, ROOM, batch(3, [visit(), loan(1)], wall_ms=wall_ms, clock=is_set), now_ms=behind)
    assert times(world)[3] < -6 * DAY_MS, "by no clock that is right"
    take(world, ROOM, batch(5, [corrected(5000)], wall_ms=wall_ms, clock=is_set))
    assert times(world) == {seq: 1000 * seq for seq in range(1, 6)}
    assert days(world) == {(ROOM, YESTERDAY): 2}
    recounted(world)
    before = len(revisions(world))
    take(world, ROOM, batch(6, [corrected(6000)], wall_ms=wall_ms, clock=is_set))
    assert len(revisions(world)) == before, "nothing is left to move"


def test_a_correction_to_before_there_were_kiosks_is_not_believed(world):
    take(world, ROOM, batch(1, [visit(), corrected(2000, FIRST_MS - 1)], wall_ms=UNSET, clock=False))
    assert times(world) == {1: DAY_MS, 2: DAY_MS}
    assert lines(world) == []


def test_a_clock_that_stepped_back_is_put_in_order_by_the_correction(world):
    take(world, ROOM, batch(1, [visit()], wall_ms=BEGUN + 600_000))
    take(world, ROOM, batch(2, [visit()], wall_ms=BEGUN))
    assert times(world) == {1: 601_000, 2: 2000}
    take(world, ROOM, batch(3, [corrected(3000)], wall_ms=BEGUN))
    assert times(world) == {1: 1000, 2: 2000, 3: 3000}


def test_what_this_version_does_not_know_moves_and_counts_nothing(world):
    odd = '{"kind":"visit.entered","persons":0,"method":"counter"}'
    take(world, ROOM, raw_batch(1, odd, "[]", '{"kind":"sauna.heated"}'))
    before = tallies(world)
    take(world, ROOM, batch(4, [corrected(4000)], wall_ms=UNSET, clock=False))
    assert times(world) == {1: 1, 2: 1, 3: 1, 4: 4000}
    assert tallies(world) == before


def test_a_moved_device_s_facts_stay_with_the_branch_where_they_came(world):
    from central.fleet.models import Device

    take(world, ROOM, batch(1, [visit(5)], wall_ms=UNSET, clock=False))
    with world.begin() as connection:
        connection.execute(Device.__table__.update().where(Device.id == ROOM).values(branch_id="delhi"))
    take(world, ROOM, batch(2, [visit(), corrected(3000)], wall_ms=UNSET, clock=False))
    by_branch = {key[1:3]: count for key, count in tallies(world)["tally_day"].items()}
    assert by_branch == {("zhen", YESTERDAY): 5, ("delhi", YESTERDAY): 1}
    recounted(world)


def test_a_large_boot_is_moved_in_pieces(lite_world, monkeypatch):
    monkeypatch.setattr(clocks, "CHUNK", 3)
    for first in range(1, 200, 20):
        take(lite_world, ROOM, batch(first, [visit()] * 20, wall_ms=UNSET, clock=False))
    take(lite_world, ROOM, batch(201, [corrected(201_000)], wall_ms=UNSET, clock=False))
    assert days(lite_world) == {(ROOM, YESTERDAY): 200}
    assert revisions(lite_world)[0].facts == 200
    recounted(lite_world)


def test_what_central_has_had_for_long_stays_where_it_stands(world):
    """A kiosk that goes mad, or is taken over, rewrites no report of last year."""
    take(world, ROOM, batch(1, [visit()], wall_ms=UNSET, clock=False), now_ms=NOW - clocks.MOVABLE_MS)
    take(world, ROOM, batch(2, [visit()], wall_ms=UNSET, clock=False), now_ms=NOW)
    take(world, ROOM, batch(3, [corrected(3000)], wall_ms=UNSET, clock=False))
    assert times(world) == {1: DAY_MS - clocks.MOVABLE_MS, 2: 2000, 3: 3000}
    recounted(world)


@pytest.mark.parametrize("off_ms", [0, clocks.BEND_MS + 1])
def test_many_corrections_together_look_through_the_boot_once(lite_world, off_ms):
    """A batch of them would otherwise keep all other kiosks waiting for minutes."""
    wall_ms = UNSET if off_ms else BEGUN
    take(lite_world, ROOM, batch(1, [visit()], wall_ms=wall_ms, clock=not off_ms))
    many = [corrected(1000 * seq, BEGUN + off_ms * seq) for seq in range(2, 34)]
    ran = []
    event.listen(lite_world, "before_cursor_execute", lambda *heard: ran.append(heard[2]))
    take(lite_world, ROOM, batch(2, many, wall_ms=wall_ms, clock=not off_ms))
    assert len(ran) < 25
    assert times(lite_world) == {seq: 1000 * seq + 33 * off_ms for seq in range(1, 34)}
    assert lines(lite_world) == ([(ROOM, BOOT, BEGUN + 33 * off_ms)] if off_ms else [])
    recounted(lite_world)
