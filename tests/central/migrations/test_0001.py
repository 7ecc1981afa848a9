"""Revision 0001 with data: every table takes a row, and gives it back as it was."""

from datetime import date

from sqlalchemy import insert, select

from central.migrations import tables

ROWS = {
    "branch": {
        "id": "zhen",
        "parent_id": None,
        "tier": "town",
        "name_zh": "镇分馆",
        "name_en": "Town branch",
        "zone": "Asia/Shanghai",
        "position": 2,
    },
    "device": {
        "id": "zhen-24h-1",
        "branch_id": "zhen",
        "name_zh": "二十四小时书屋",
        "name_en": "24-hour room",
        "setting": "room24",
        "commissioned_on": date(2026, 5, 1),
        "retired_on": None,
        "last_order": 7,
    },
    "device_condition": {
        "device_id": "zhen-24h-1",
        "session": 2**32,
        "state": "ready",
        "since_ms": 1_790_000_000_000,
        "heard_ms": 1_790_000_000_001,
        "body": {"troubles": [], "名": "书"},
    },
    "condition_span": {
        "id": 1,
        "device_id": "zhen-24h-1",
        "state": "degraded",
        "faults": [402, 501],
        "from_ms": 1_790_000_000_000,
        "until_ms": None,
    },
    "device_order": {
        "id": 1,
        "device_id": "zhen-24h-1",
        "number": 7,
        "verb": "door.release",
        "seconds": 5,
        "boot": "0123abcd",
        "txn": None,
        "verdict": None,
        "issued_ms": 1_790_000_000_000,
        "deadline_ms": 1_790_000_015_000,
        "staff": "wang",
        "state": "pending",
        "fault": None,
        "answered_ms": None,
    },
    "refused_message": {
        "id": 1,
        "device_id": "nobody",
        "leaf": "facts",
        "why": "malformed",
        "count": 3,
        "first_ms": 1,
        "last_ms": 2,
        "sample": "{",
    },
    "journal": {
        "device_id": "zhen-24h-1",
        "journal": "5f" * 16,
        "epoch": 1_790_000_000_000,
        "committed": 2**62,
        "forked": False,
        "first_ms": 1,
        "last_ms": 2,
    },
    "fact": {
        "id": 2**40,
        "device_id": "zhen-24h-1",
        "journal": "5f" * 16,
        "seq": 2**62,
        "branch_id": "zhen",
        "kind": "visit.entered",
        "at_ms": 1_790_000_000_000,
        "wall_ms": 1_790_000_000_000,
        "mono_ms": 81_234,
        "boot": "0123abcd",
        "clock_set": True,
        "received_ms": 1_790_000_000_500,
        "body": '{"kind":"visit.entered","persons":1,"method":"counter"}',
    },
    "fact_aside": {
        "id": 1,
        "device_id": "zhen-24h-1",
        "journal": "5f" * 16,
        "seq": 3,
        "why": "unknown kind sauna.heated",
        "body": "{}",
        "boot": None,
        "received_ms": 1,
    },
    "tally_hour": {
        "device_id": "zhen-24h-1",
        "branch_id": "zhen",
        "hour": 497_222,
        "measure": "visits",
        "count": 3,
    },
    "tally_day": {
        "device_id": "zhen-24h-1",
        "branch_id": "zhen",
        "day": date(2026, 9, 21),
        "measure": "visits",
        "count": 3,
    },
    "tally_month": {
        "device_id": "zhen-24h-1",
        "branch_id": "zhen",
        "month": date(2026, 9, 1),
        "measure": "visits",
        "count": 3,
    },
    "tally_share": {
        "device_id": "zhen-24h-1",
        "branch_id": "zhen",
        "month": date(2026, 9, 1),
        "measure": "loans",
        "dimension": "clc",
        "value": "I",
        "count": 3,
    },
}
"""Rows of the tables that central's backbone reads and writes, parents first."""


def test_rows_come_back_as_they_were(engine):
    metadata = tables()
    with engine.begin() as connection:
        for name, row in ROWS.items():
            connection.execute(insert(metadata.tables[name]), row)
    with engine.connect() as connection:
        for name, row in ROWS.items():
            columns = [metadata.tables[name].c[column] for column in row]
            assert connection.execute(select(*columns)).mappings().all() == [row], name
