"""What Shuwu's promises need of a database."""

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError

from central.db import open_engine, open_sessions
from central.fleet.models import Branch, Device
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


def test_a_server_that_vanished_is_noticed_and_the_url_has_the_last_word():
    asked = {}
    engine = open_engine("postgresql+psycopg://shuwu@127.0.0.1/shuwu?keepalives_idle=99")

    @event.listens_for(engine, "do_connect")
    def connect(_dialect, _record, _positional, named):
        asked.update(named)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.connect()
    assert asked["keepalives_idle"] == "99"
    assert asked["tcp_user_timeout"] == 25_000
    assert asked["keepalives_interval"] * asked["keepalives_count"] == 15
