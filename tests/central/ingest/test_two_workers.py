"""Two ingest workers on one device at once: its journal's lock keeps them apart."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import text

from central.ingest.absorb import Parcel, absorb_all
from central.ingest.group import store
from central.ingest.intake import Spoken
from central.reports.rebuild import rebuild
from tests.central.ingest.world import DESK, KEY, NOW, ROOM, batch, settle, stored, tallies, visit, visits
from tests.central.kiosk import until
from wire.condition import Condition

BATCHES = [(1 + 5 * at, 5) for at in range(40)]


def test_both_send_everything_and_each_fact_counts_once(postgres_engine):
    settle(postgres_engine)

    def work(seed):
        order = [(device, *one) for one in BATCHES for device in (ROOM, DESK)]
        new, chance = 0, random.Random(seed)
        for at in range(0, len(order), 4):
            group = [Parcel(device, batch(first, [visit()] * n)) for device, first, n in order[at : at + 4]]
            chance.shuffle(group)
            group.sort(key=lambda parcel: parcel.batch.first)
            with postgres_engine.begin() as connection:
                new += sum(outcome.new for outcome in absorb_all(connection, group, NOW, KEY))
        return new

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(work, (1, 2)))
    assert sum(taken) == 2 * 200
    for device in (ROOM, DESK):
        assert [seq for seq, _ in stored(postgres_engine, device)] == list(range(1, 201))
    assert visits(postgres_engine) == 400
    before = tallies(postgres_engine)
    rebuild(postgres_engine, date(2026, 9, 1), date(2026, 9, 30))
    assert tallies(postgres_engine) == before


def test_a_recount_beside_the_ingest_loses_nothing(postgres_engine):
    settle(postgres_engine)

    def work(_):
        for first, n in BATCHES:
            with postgres_engine.begin() as connection:
                absorb_all(connection, [Parcel(ROOM, batch(first, [visit()] * n))], NOW, KEY)

    with ThreadPoolExecutor(2) as pool:
        ingest = pool.submit(work, None)
        while not ingest.done():
            rebuild(postgres_engine, date(2026, 9, 1), date(2026, 9, 30))
        ingest.result()
    assert visits(postgres_engine) == 200


def test_both_hear_the_first_words_of_a_device(postgres_engine):
    settle(postgres_engine)

    def work(_):
        with postgres_engine.begin() as connection:
            return store(connection, [Spoken(ROOM, Condition(1, "ready"))], NOW, KEY)

    with ThreadPoolExecutor(1) as pool:
        with postgres_engine.begin() as connection:
            first = store(connection, [Spoken(ROOM, Condition(1, "ready"))], NOW, KEY)
            second = pool.submit(work, None)
            with postgres_engine.connect() as watching:
                until(lambda: watching.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
        assert (first.hearing, second.result().hearing) == ({ROOM}, set())


def test_conditions_in_another_order_stop_neither(postgres_engine):
    settle(postgres_engine)

    def work(order):
        for n in range(1, 100):
            spoken = [Spoken(device, Condition(n, "ready" if n % 2 else "degraded")) for device in order]
            with postgres_engine.begin() as connection:
                store(connection, spoken, NOW + n, KEY)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ([ROOM, DESK], [DESK, ROOM])))
