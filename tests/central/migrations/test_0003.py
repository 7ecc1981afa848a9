"""Revision 0003 with data: every table of the lists takes a row, and gives it back as it was."""

from datetime import date

from sqlalchemy import delete, insert, select

from central.migrations import tables
from tests.central.migrations.test_0001 import ROWS as FIRST

ROWS = {
    "lease": {"name": "clock", "holder": "5f" * 8, "until_ms": 1_790_000_030_000},
    "list_entry": {
        "id": 1,
        "kind": "reader",
        "number": "320500001",
        "branch_id": "zhen",
        "reason": "卡已挂失",
        "until_on": date(2026, 12, 31),
        "staff": "wu",
        "at_ms": 1_790_000_000_000,
    },
    "list_import": {
        "id": 1,
        "name": "allow",
        "branch_id": None,
        "staff": "cli",
        "at_ms": 1_790_000_000_000,
        "until_ms": 1_792_592_000_000,
        "numbers": 100_000,
    },
    "list_number": {"import_id": 1, "kind": "reader", "number": "320500002", "type": "成人", "cap": 5},
    "branch_hours": {
        "branch_id": "zhen",
        "week": [[[480, 1200]]] * 6 + [[]],
        "dates": {"2026-10-01": []},
        "staff": "wu",
        "at_ms": 1_790_000_000_000,
    },
    "list_mark": {"name": "deny", "changed_ms": 1_790_000_000_000},
    "list_body": {
        "name": "deny",
        "version": 1_790_000_000_001,
        "scope": "* zhen",
        "digest": "ab" * 32,
        "sha256": "cd" * 32,
        "octets": b"{}",
        "size": 2,
        "entries": 2,
        "made_ms": 1_790_000_000_000,
        "expires_ms": 1_790_604_800_000,
    },
    "list_head": {
        "device_id": "zhen-24h-1",
        "name": "deny",
        "version": 1_790_000_000_001,
        "given_ms": 1_790_000_000_002,
        "taken": 1_790_000_000_001,
        "taken_ms": 1_790_000_000_003,
        "refused": 0,
        "why": "",
    },
}


def test_rows_come_back_as_they_were(engine):
    metadata = tables()
    with engine.begin() as connection:
        for name in ("branch", "device"):
            connection.execute(insert(metadata.tables[name]), FIRST[name])
        for name, row in ROWS.items():
            connection.execute(insert(metadata.tables[name]), row)
    with engine.connect() as connection:
        for name, row in ROWS.items():
            columns = [metadata.tables[name].c[column] for column in row]
            assert connection.execute(select(*columns)).mappings().all() == [row], name


def test_the_numbers_of_an_import_go_with_it(engine):
    metadata = tables()
    with engine.begin() as connection:
        for name in ("list_import", "list_number"):
            connection.execute(insert(metadata.tables[name]), ROWS[name])
        connection.execute(delete(metadata.tables["list_import"]))
        assert connection.execute(select(metadata.tables["list_number"])).all() == []
