"""Revision 0002 with data: what was there stays, and owed transactions have their place."""

import pytest
from sqlalchemy import insert, select

from central.migrations import migrate, tables
from tests.central.migrations.test_0001 import ROWS as FIRST

BEFORE = {
    "branch": FIRST["branch"],
    "device": FIRST["device"],
    "device_order": {k: v for k, v in FIRST["device_order"].items() if k not in {"txn", "verdict"}},
    "fact_aside": {k: v for k, v in FIRST["fact_aside"].items() if k != "boot"},
    "title": {
        "id": 1,
        "title": "三体",
        "author": "",
        "publisher": "",
        "year": "",
        "isbn": "",
        "clc": "",
        "call_number": "",
    },
    "item": {
        "barcode": "B1",
        "title_id": 1,
        "type": "book",
        "home_branch_id": "zhen",
        "place_branch_id": "zhen",
        "status": "available",
    },
}
AFTER = {
    "device_order": {"txn": None, "verdict": None},
    "fact_aside": {"boot": None},
    "item": {"returned_ms": None},
}
OWED = {
    "owed_transaction": {
        "device_id": "zhen-24h-1",
        "txn": "0a" * 8,
        "journal": "5f" * 16,
        "kind": "loan",
        "state": "refused",
        "handed_over": True,
        "branch_id": "zhen",
        "item": "书" * 200,
        "title": "三" * 200,
        "reader": "?" + "ab" * 16,
        "sealed": "c" * 200,
        "decided_by": "rule",
        "due": "2026-12-01",
        "begun_ms": 1_790_000_000_000,
        "fault": 103,
        "forced": True,
        "settled_ms": 1_790_000_000_001,
        "settled_by": "ils",
        "resolution": "accepted",
        "resolved_by": "wu",
        "resolved_ms": 1_790_000_000_002,
        "note": "补录",
        "contacted_by": "wu",
        "contacted_ms": 1_790_000_000_003,
    },
    "item_return": {"item": "书" * 200, "device_id": "zhen-24h-1", "at_ms": 1_790_000_000_000},
}


@pytest.fixture
def before(older):
    """A database at revision 0001, with rows in it."""
    return older("0001", BEFORE.items())


def test_what_was_there_stays(before):
    migrate(before)
    with before.connect() as connection:
        for name, row in BEFORE.items():
            found = connection.execute(select(tables().tables[name])).mappings().one()
            assert {**row, **AFTER.get(name, {})}.items() <= dict(found).items(), name


def test_rows_come_back_as_they_were(before):
    migrate(before)
    with before.begin() as connection:
        for name, row in OWED.items():
            connection.execute(insert(tables().tables[name]), row)
            assert connection.execute(select(tables().tables[name])).mappings().one() == row
