"""A small library network, and facts as kiosks would send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import select

from central.db import open_sessions
from central.facts.models import StoredFact
from central.fleet.models import Branch, Device
from central.ingest.absorb import absorb
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from wire import facts
from wire.envelope import Batch, Row, Stamp, decode_batch, encode_batch, encode_fact

NOW = 1_790_000_000_000
"""2026-09-21 14:13:20 UTC, 22:13:20 in Shanghai."""
KEY = b"k" * 32
ROOM = "zhen-24h-1"
DESK = "xian-desk-1"
ABROAD = "delhi-desk-1"
JOURNAL = "5f" * 16
BOOT = "0123abcd"
READER = "ab" * 16


def settle(engine) -> None:
    """Three branches, three devices; one of them half an hour off the whole hours."""
    with open_sessions(engine).begin() as session:
        for identity, parent, tier, zone in (
            ("xian", None, "county", "Asia/Shanghai"),
            ("zhen", "xian", "town", "Asia/Shanghai"),
            ("delhi", "xian", "village", "Asia/Kolkata"),
        ):
            session.add(
                Branch(
                    id=identity, parent_id=parent, tier=tier, name_zh=identity, name_en=identity, zone=zone
                )
            )
            session.flush()
        for device, branch, setting in (
            (ROOM, "zhen", "room24"),
            (DESK, "xian", "staffed"),
            (ABROAD, "delhi", "staffed"),
        ):
            session.add(
                Device(
                    id=device,
                    branch_id=branch,
                    name_zh=device,
                    name_en=device,
                    setting=setting,
                    commissioned_on=date(2026, 1, 1),
                )
            )


def visit(persons: int = 1) -> facts.VisitEntered:
    return facts.VisitEntered(persons, "counter")


def loan(number: int, call_number: str = "I247.57/12") -> facts.LoanMade:
    return facts.LoanMade(f"{number:016x}", f"B{number:07d}", READER, "adult", "三体", call_number)


def batch(
    first: int,
    of: Sequence[facts.Fact],
    *,
    journal: str = JOURNAL,
    wall_ms: int = NOW,
    clock: bool = True,
    boot: str = BOOT,
    oldest: int = 1,
    epoch: int | None = None,
) -> Batch:
    """Consecutive facts, a second apart by both clocks, over the wire and back."""
    rows = [
        (Stamp(wall_ms + 1000 * (first + at), 1000 * (first + at), boot, clock), encode_fact(fact))
        for at, fact in enumerate(of)
    ]
    payload, count = encode_batch(journal, first, rows, oldest, epoch)
    assert count == len(of)
    return decode_batch(payload)


def raw_batch(first: int, *bodies: str, journal: str = JOURNAL) -> Batch:
    """Rows whose facts are given as JSON."""
    rows = [Row(NOW, 1, BOOT, True, msgspec.Raw(body.encode())) for body in bodies]
    return Batch(1, journal, first, rows)


def tallies(engine) -> dict[str, dict[tuple, int]]:
    """Every tally, by table and key."""
    found = {}
    with engine.connect() as connection:
        for model in (TallyHour, TallyDay, TallyMonth, TallyShare, TallyPeak):
            rows = connection.execute(select(model.__table__)).all()
            found[model.__tablename__] = {tuple(row[:-1]): row[-1] for row in rows}
    return found


def take(engine, device, *batches, now_ms=NOW):
    """Absorb each batch in a transaction of its own; the last outcome."""
    outcome = None
    for one in batches:
        with engine.begin() as connection:
            outcome = absorb(connection, device, one, now_ms, KEY)
    return outcome


def stored(engine, device=ROOM):
    """(seq, kind) of a device's facts in order."""
    with engine.connect() as connection:
        query = select(StoredFact.seq, StoredFact.kind).where(StoredFact.device_id == device)
        return connection.execute(query.order_by(StoredFact.journal, StoredFact.seq)).all()


def visits(engine):
    """Persons in the month tallies."""
    return sum(count for key, count in tallies(engine)["tally_month"].items() if key[-1] == "visits")
