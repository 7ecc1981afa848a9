"""What one fact becomes: kinds unknown, readers hashed, times dated, orders answered."""

from datetime import date

import pytest
from sqlalchemy import select, update

from central.facts.models import FactAside, StoredFact
from central.facts.rows import FIRST_MS, pseudonym
from central.fleet.models import Order
from central.reports.models import TallyDay, TallyHour, TallyMonth
from central.reports.tallies import MAX_COUNT
from central.rooms.alarms.models import Alarm
from tests.central.ingest.world import (
    ABROAD,
    DESK,
    KEY,
    NOW,
    READER,
    ROOM,
    batch,
    loan,
    raw_batch,
    stored,
    take,
    tallies,
    visit,
    visits,
)
from wire import facts


def test_an_unknown_kind_is_stored_kept_aside_and_passed(world):
    body = f'{{"kind":"sauna.heated","degrees":90,"reader":"{READER}"}}'
    outcome = take(world, ROOM, raw_batch(1, body, '{"kind":"visit.entered","persons":0,"method":"counter"}'))
    assert outcome.watermark.seq == 2
    with world.connect() as connection:
        asides = connection.execute(select(FactAside.why, FactAside.body).order_by(FactAside.seq)).all()
        assert [why for why, _ in asides] == ["unknown kind sauna.heated", "unknown kind visit.entered"]
        assert READER not in asides[0].body
        assert pseudonym(KEY, READER) in asides[0].body
    assert [kind for _, kind in stored(world)] == ["sauna.heated", "visit.entered"]
    assert visits(world) == 0


@pytest.mark.parametrize(
    "body", ["[]", "1", "null", '{"persons":1}', '{"kind":7}', '"\\u0000"', '{"persons":1e999}']
)
def test_what_is_no_fact_is_kept_and_does_not_block_the_rest(world, body):
    outcome = take(world, ROOM, raw_batch(1, body, '{"kind":"exit.pressed"}'))
    assert outcome.watermark.seq == 2
    assert [kind for _, kind in stored(world)] == ["unreadable", "exit.pressed"]


def test_a_tag_of_zeros_is_named_without_them(world):
    body = '{"kind":"gate.alarmed","uid":"E1","item":"%s"}'
    outcome = take(world, ROOM, raw_batch(1, body % r"B1\u0000\u0000", body % r"B1\\u0000"))
    assert outcome.watermark.seq == 2
    with world.connect() as connection:
        assert connection.scalars(select(Alarm.part).order_by(Alarm.id)).all() == ["B1", r"B1\u0000"]
        assert (
            connection.scalar(select(StoredFact.body).where(StoredFact.seq == 1)) == body % r"B1\u0000\u0000"
        )


def test_a_fact_that_cannot_be_written_again_is_kept_without_its_body(world):
    take(world, ROOM, raw_batch(1, '{"kind":"sauna.heated","degrees":1e999}'))
    with world.connect() as connection:
        assert connection.execute(select(FactAside.why, FactAside.body)).one() == (
            "unknown kind sauna.heated",
            "null",
        )


def test_text_that_a_database_cannot_hold_is_cleaned(world):
    kind = raw_batch(1, '{"kind":"a\\u0000b"}')
    lent = facts.LoanMade("0" * 16, "B\0001", READER, "adult\0", "三\0体", "I2")
    outcome = take(world, ROOM, kind, batch(2, [lent]))
    assert outcome.watermark.seq == 2
    shares = {key[-1] for key in tallies(world)["tally_share"]}
    assert shares == {"I", "B1", "adult"}


def test_a_reader_is_hashed_once_more(world):
    take(
        world,
        ROOM,
        batch(1, [loan(1), visit()]),
        raw_batch(3, f'{{"kind":"session.opened","\\u0072eader":"{READER}"}}'),
    )
    with world.connect() as connection:
        bodies = connection.scalars(select(StoredFact.body).order_by(StoredFact.seq)).all()
    assert all(READER not in body for body in bodies)
    assert pseudonym(KEY, READER) in bodies[0]
    assert pseudonym(KEY, READER) in bodies[2]
    assert bodies[1] == '{"kind":"visit.entered","persons":1,"method":"counter"}'


@pytest.mark.parametrize(
    ("wall_ms", "clock", "at_ms"),
    [
        (NOW - 86_400_000, True, NOW - 86_400_000 + 1000),
        (NOW - 86_400_000, False, NOW),
        (NOW + 100_000, True, NOW + 101_000),
        (NOW + 120_000, True, NOW),
        (NOW + 30 * 86_400_000, True, NOW),
        (2**53 - 70_000, True, NOW),
        (0, True, NOW),
        (FIRST_MS - 1001, True, NOW),
        (FIRST_MS - 1000, True, FIRST_MS),
    ],
)
def test_the_best_clock_dates_a_fact(world, wall_ms, clock, at_ms):
    take(world, ROOM, batch(1, [visit()], wall_ms=wall_ms, clock=clock))
    with world.connect() as connection:
        row = connection.execute(select(StoredFact.at_ms, StoredFact.wall_ms, StoredFact.received_ms)).one()
    assert row == (at_ms, wall_ms + 1000, NOW)


def test_days_are_those_of_the_branch(world):
    midnight_shanghai = 1_790_006_400_000  # 2026-09-21 16:00 UTC
    for device in (ROOM, ABROAD):
        take(world, device, batch(1, [visit()], wall_ms=midnight_shanghai - 1001), now_ms=midnight_shanghai)
        take(world, device, batch(2, [visit()], wall_ms=midnight_shanghai - 2000), now_ms=midnight_shanghai)
    days = {(key[0], key[2]): count for key, count in tallies(world)["tally_day"].items()}
    assert days == {
        (ROOM, date(2026, 9, 21)): 1,
        (ROOM, date(2026, 9, 22)): 1,
        (ABROAD, date(2026, 9, 21)): 2,
    }


def test_a_counter_that_runs_wild_stops_nothing(world):
    take(world, ROOM, batch(1, [visit(7)]))
    with world.begin() as connection:
        for model in (TallyHour, TallyDay, TallyMonth):
            connection.execute(update(model).values(count=MAX_COUNT - 9))
    for first, counted in ((2, MAX_COUNT - 2), (3, MAX_COUNT), (4, MAX_COUNT)):
        assert take(world, ROOM, batch(first, [visit(7)])).watermark.seq == first
        assert visits(world) == counted


def test_orders_are_answered_by_facts(world):
    with world.begin() as connection:
        for number, state in ((1, "pending"), (2, "pending"), (3, "expired"), (4, "refused")):
            connection.execute(
                Order.__table__.insert(),
                {
                    "device_id": ROOM,
                    "number": number,
                    "verb": "kiosk.restart",
                    "seconds": 0,
                    "issued_ms": 1,
                    "deadline_ms": 2,
                    "staff": "wang",
                    "state": state,
                },
            )
    answers = [
        facts.OrderDone(1, "kiosk.restart"),
        facts.OrderRefused(2, "kiosk.restart", 901),
        facts.OrderDone(3, "kiosk.restart"),
        facts.OrderDone(4, "kiosk.restart"),
        facts.OrderDone(2**32 - 1, "kiosk.restart"),
    ]
    take(world, ROOM, batch(1, answers))
    take(world, DESK, batch(1, [facts.OrderRefused(1, "kiosk.restart", 901)]))
    with world.connect() as connection:
        rows = connection.execute(select(Order.number, Order.state, Order.fault).order_by(Order.number)).all()
    assert rows == [(1, "done", None), (2, "refused", 901), (3, "done", None), (4, "refused", None)]
