"""What Shuwu's promises need of a database."""

from datetime import date

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from central.db import Bulk, open_sessions
from central.fleet.models import Branch, Device
from central.reports.models import TallyDay
from tests.central.ingest.world import settle


def test_sqlite_is_durable_and_keeps_its_references(sqlite_engine):
    with sqlite_engine.connect() as connection:
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_on_sqlite_does_not_wait_for_a_writer(sqlite_engine):
    settle(sqlite_engine)
    with sqlite_engine.begin() as writer:
        writer.execute(text("UPDATE branch SET name_zh = '新'"))
        with open_sessions(sqlite_engine, readonly=True)() as session:
            assert session.get(Branch, "xian").name_zh == "xian"
    with open_sessions(sqlite_engine, readonly=True)() as session:
        assert session.get(Branch, "xian").name_zh == "新"


def test_objects_stay_readable_after_the_commit(engine):
    settle(engine)
    with open_sessions(engine).begin() as session:
        branch = session.get(Branch, "zhen")
    assert branch.parent_id == "xian"


def test_an_error_quotes_no_values(engine):
    with pytest.raises(IntegrityError) as failure, engine.begin() as connection:
        connection.execute(
            insert(Device),
            {"id": "a", "branch_id": "secret-card-number", "name_zh": "", "name_en": "", "setting": ""},
        )
    assert "parameters hidden" in str(failure.value)


def test_a_bulk_takes_rows_as_they_are(engine):
    names = ["device_id", "branch_id", "day", "measure", "count"]
    bulk = Bulk(names, lambda _: insert(TallyDay))
    day = date(2026, 9, 21)
    written = day.isoformat() if engine.dialect.name == "sqlite" else day
    with engine.begin() as connection:
        bulk.execute(connection, [("d", "b", written, f"m{n}", n) for n in range(3)])
        rows = connection.execute(select(TallyDay.__table__).order_by(TallyDay.measure)).all()
    assert rows == [("d", "b", day, f"m{n}", n) for n in range(3)]
