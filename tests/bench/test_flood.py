"""What the flood's audit finds: a run in which something was lost, doubled or misplaced says so."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from bench import day, flood, restart
from central.db import open_engine
from central.facts.models import StoredFact
from central.ingest.absorb import absorb
from central.reports.models import TallyDay
from kiosk.journal import Journal
from wire.envelope import decode_batch, encode_batch

FIRST_MS = 1_790_000_000_000
NAMES = ["kiosk-0000"]


@pytest.fixture
def engine(tmp_path):
    """A central that has taken one kiosk's day."""
    url = f"sqlite:///{tmp_path}/central.db"
    engine = open_engine(url)
    flood._central(tmp_path, url, 1883, engine, NAMES)
    journal = Journal.open(tmp_path / "journal.db", bytes(32))
    day.write(journal, FIRST_MS)
    sent = 0
    with engine.begin() as connection:
        while sent < journal.head:
            rows = [(row.stamp, row.fact) for row in journal.since(sent, 64)]
            payload, count = encode_batch(journal.id, sent + 1, rows)
            absorb(connection, NAMES[0], decode_batch(payload), FIRST_MS, bytes(32))
            sent += count
    journal.close()
    yield engine
    engine.dispose()


def audit(engine):
    return flood._audit(engine, NAMES, [], FIRST_MS, 0)


def test_a_whole_day_is_whole(engine):
    assert audit(engine) == (0, 0, 0)


def test_a_fact_that_is_missing_is_lost_and_those_behind_it_are_out_of_place(engine):
    with engine.begin() as connection:
        connection.execute(delete(StoredFact).where(StoredFact.seq == day.FACTS - 2))
    assert audit(engine) == (1, 0, 2)


def test_a_visit_that_was_counted_twice_is_doubled(engine):
    with engine.begin() as connection:
        connection.execute(
            update(TallyDay).where(TallyDay.measure == "visits").values(count=TallyDay.count + 1)
        )
    lost, doubled, misplaced = audit(engine)
    assert (lost, misplaced) == (0, 0)
    assert doubled > 0


def test_a_fact_with_another_content_is_out_of_place(engine):
    with engine.begin() as connection:
        connection.execute(update(StoredFact).where(StoredFact.seq == 17).values(kind="loan.refused"))
    assert audit(engine) == (0, 0, 1)


def test_no_reader_owes_more_than_the_rule_lets_them():
    owed = restart._owable(50)
    assert len({item.barcode for _, item in owed}) == 50
    loans = [card for number, (card, _) in enumerate(owed) if number % 2]
    assert max(loans.count(card) for card in loans) <= restart.A_READER
