"""Revision 0006 with data: accounts stay as they were, and kept answers are found by their subject."""

import pytest
from sqlalchemy import select

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


@pytest.fixture
def before(older):
    """A database at revision 0005, with an account and an answer in it."""
    return older(
        "0005",
        [
            ("branch", FIRST["branch"]),
            ("sip_account", ACCOUNT),
            ("sip_answer", {"item_barcode": "B1" * 32, **ANSWER}),
        ],
    )


def test_accounts_and_answers_stay(before):
    migrate(before)
    with before.connect() as connection:
        account = connection.execute(select(tables().tables["sip_account"])).mappings().one()
        answer = connection.execute(select(tables().tables["sip_answer"])).mappings().one()
    assert account == {**ACCOUNT, **GROWN}
    assert answer == {"subject": "item " + "B1" * 32, **ANSWER}
