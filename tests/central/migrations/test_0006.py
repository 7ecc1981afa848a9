"""Revision 0006 with data: accounts stay as they were, and kept answers are found by their subject."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, select

from central import migrations
from central.db import open_engine
from central.migrations import migrate, tables
from tests.central.migrations.test_0001 import ROWS as FIRST

ACCOUNT = {
    "username": "zhen-24h-1",
    "password_hash": "$argon2id$",
    "branch_id": FIRST["branch"]["id"],
    "dialect": "shuwu",
    "active": False,
}
GROWN = {
    "kind": "kiosk",
    "overrides": "",
    "certificate": "",
    "addresses": "",
    "max_connections": 16,
    "no_block": True,
}
ANSWER = {
    "account": "zhen-24h-1",
    "request_digest": "ab" * 32,
    "answered_ms": 1_790_000_000_000,
    "answer": b'{"ok":true}',
}


@pytest.fixture(params=["sqlite", "postgres"])
def before(request, tmp_path):
    """A database at revision 0005, with an account and an answer in it."""
    url = f"sqlite:///{tmp_path / 'central.db'}"
    engine = open_engine(url if request.param == "sqlite" else request.getfixturevalue("cluster").create())
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        old = MetaData()
        old.reflect(connection)
        connection.execute(insert(old.tables["branch"]), FIRST["branch"])
        connection.execute(insert(old.tables["sip_account"]), ACCOUNT)
        connection.execute(insert(old.tables["sip_answer"]), {"item_barcode": "B1" * 32, **ANSWER})
    yield engine
    engine.dispose()


def test_accounts_and_answers_stay(before):
    migrate(before)
    with before.connect() as connection:
        account = connection.execute(select(tables().tables["sip_account"])).mappings().one()
        answer = connection.execute(select(tables().tables["sip_answer"])).mappings().one()
    assert account == {**ACCOUNT, **GROWN}
    assert answer == {"subject": "item " + "B1" * 32, **ANSWER}
