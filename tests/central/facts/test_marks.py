"""What stands beside devices and figures."""

from datetime import date

import pytest
from sqlalchemy import select

from central.circulation.owed.models import OwedTransaction
from central.db import open_sessions
from central.facts import marks
from central.fleet.models import Device
from tests.central.ingest.world import DESK, JOURNAL, NOW, READER, ROOM, batch, settle, take, visit
from wire import facts

NEXT = "6e" * 16
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TXN = "1" * 16


@pytest.fixture
def world(engine):
    settle(engine)
    return engine


def reading(engine):
    return open_sessions(engine, readonly=True)()


def fork(engine, device=ROOM):
    take(engine, device, batch(1, [visit()]), batch(1, [visit(7)]))


def test_a_fork_is_shown_until_the_device_begins_a_new_journal(world):
    fork(world)
    fork(world, DESK)
    with reading(world) as session:
        assert {journal.device_id for journal in marks.forked(session)} == {ROOM, DESK}
        assert [journal.device_id for journal in marks.forked(session, ROOM)] == [ROOM]
    take(world, ROOM, batch(1, [visit()], journal=NEXT), now_ms=NOW + 1)
    with reading(world) as session:
        assert [journal.device_id for journal in marks.forked(session)] == [DESK]


def test_two_machines_that_bear_one_name_are_shown(world):
    take(world, ROOM, batch(1, [visit()]))
    take(world, ROOM, batch(1, [visit()], journal=NEXT), now_ms=NOW + 1)
    later = NOW + 2 * HOUR_MS
    assert take(world, ROOM, batch(2, [visit()]), now_ms=later).new == 1
    with reading(world) as session:
        assert marks.twins(session) == []  # an earlier journal that had not told all
    assert take(world, ROOM, batch(3, [visit()], wall_ms=later), now_ms=later + 9_000).new == 1
    with reading(world) as session:
        assert [journal.journal for journal in marks.twins(session, ROOM)] == [JOURNAL]
        assert marks.twins(session, DESK) == []


def test_gaps_are_shown(world):
    take(world, ROOM, batch(5, [visit()], oldest=5))
    with reading(world) as session:
        assert [(gap.first, gap.last) for gap in marks.gaps(session)] == [(1, 4)]
        assert marks.gaps(session, DESK) == []


def test_a_period_tells_whether_its_figures_were_revised(world):
    take(world, ROOM, batch(1, [visit()], wall_ms=0, clock=False))
    take(world, ROOM, batch(2, [facts.ClockCorrected(NOW - 2 * DAY_MS + 2000)], wall_ms=0, clock=False))
    with reading(world) as session:
        for first, last, found in ((19, 19, 1), (20, 20, 1), (21, 25, 1), (22, 30, 0), (1, 18, 0)):
            days = date(2026, 9, first), date(2026, 9, last)
            assert len(marks.revisions(session, *days)) == found
        days = date(2026, 9, 1), date(2026, 9, 30)
        assert len(marks.revisions(session, *days, ["zhen", "xian"])) == 1
        assert marks.revisions(session, *days, ["xian"]) == []
        assert marks.revisions(session, *days, []) == []


# ---------------------------------------------------------------- what the lists hear
def owed(engine):
    with engine.connect() as connection:
        query = select(OwedTransaction.journal, OwedTransaction.state, OwedTransaction.begun_ms)
        return connection.execute(query.order_by(OwedTransaction.txn)).all()


GRANTED = facts.LoanGranted(TXN, "B1", READER)


def started(journal, **more):
    return facts.KioskStarted("1", journal, unclean=False, **more)


@pytest.mark.parametrize(
    ("first", "more", "state"),
    [
        (1, {}, "orphaned"),
        (1, {"before": JOURNAL, "why": "damaged"}, "granted"),
        (2, {}, "granted"),
    ],
)
def test_a_board_that_knows_of_none_before_it_ends_what_the_old_one_owes(world, first, more, state):
    take(world, ROOM, batch(1, [started(JOURNAL), GRANTED]))
    take(world, DESK, batch(1, [started(JOURNAL), facts.LoanGranted("2" * 16, "B2", READER)]))
    ahead = [batch(1, [visit()], journal=NEXT)] if first == 2 else []
    take(world, ROOM, *ahead, batch(first, [started(NEXT, **more)], journal=NEXT))
    assert [row.state for row in owed(world)] == [state, "granted"]


def test_a_corrected_clock_dates_what_is_owed_anew(world):
    take(world, ROOM, batch(1, [GRANTED, facts.ReturnMade("2" * 16, "B2")], wall_ms=0, clock=False))
    assert owed(world)[0].begun_ms == NOW
    take(world, ROOM, batch(3, [facts.ClockCorrected(NOW - DAY_MS)], wall_ms=0, clock=False))
    assert owed(world)[0].begun_ms == NOW - DAY_MS - 2000

    with world.begin() as connection:
        connection.execute(Device.__table__.update().where(Device.id == ROOM).values(branch_id="xian"))
    take(world, ROOM, batch(4, [facts.ClockCorrected(NOW - 2 * DAY_MS)], wall_ms=0, clock=False))
    assert owed(world)[0].begun_ms == NOW - 2 * DAY_MS - 3000
