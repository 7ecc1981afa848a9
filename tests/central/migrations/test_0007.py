"""Revision 0007 with data: every table of the gateway takes a row, and gives it back as it was."""

from sqlalchemy import insert, select

from central.migrations import tables
from tests.central.migrations.test_0001 import ROWS as FIRST

GATEWAY = {
    "gateway_site": {"branch_id": "zhen", "counts": "machines", "device_id": "zhen-24h-1"},
    "gateway_transaction": {
        "id": 2**31 - 1,
        "gateway": "county",
        "account": "maker-1",
        "branch_id": "zhen",
        "zone": "Asia/Shanghai",
        "txn": "0a" * 8,
        "subject": "item " + "书" * 64,
        "digest": None,
        "message": "11",
        "request": b'{"item_identifier":"B1"}',
        "item": "书" * 200,
        "reader": "ab" * 16,
        "sealed": "c" * 200,
        "counted": True,
        "state": "granted",
        "heard": False,
        "due": "2026-12-01",
        "asked_ms": 1_790_000_000_000,
        "answer": None,
        "ended_ms": None,
    },
    "gateway_reader": {
        "gateway": "county",
        "reader": "ab" * 16,
        "type": "成人",
        "good_ms": 1_790_000_000_000,
    },
}


def test_rows_come_back_as_they_were(engine):
    metadata = tables()
    with engine.begin() as connection:
        for name in ("branch", "device"):
            connection.execute(insert(metadata.tables[name]), FIRST[name])
        for name, row in GATEWAY.items():
            connection.execute(insert(metadata.tables[name]), row)
    with engine.connect() as connection:
        for name, row in GATEWAY.items():
            assert connection.execute(select(metadata.tables[name])).mappings().all() == [row], name
