"""What stands where, read when all is quiet: kiosks' journals, central's tables, rigs, the broker's retained messages."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from central.circulation.ledger.models import Loan
from central.config import Mqtt
from central.facts.models import StoredFact
from central.facts.rows import pseudonym
from central.mqtt import Heard, Link
from wire import topics
from wire.envelope import decode_fact
from wire.facts import Fact

RETAINED_S = 1.5
"""A broker sends what it retains at once."""


class Entry(NamedTuple):
    """A fact as both sides keep it."""

    seq: int
    wall_ms: int
    mono_ms: int
    boot: str
    body: str
    """JSON, its reader as central hashes readers."""


@dataclass(frozen=True, slots=True)
class Journalled:
    """One journal on a kiosk's disk."""

    device: str
    id: str
    watermark: int
    entries: Sequence[Entry]
    facts: Sequence[Fact]
    open: frozenset[str]
    """Transactions without an end."""


def journal(path: Path, device: str, readers_key: bytes) -> Journalled:
    """All of a journal, while its kiosk may have it open."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
        db.execute("BEGIN")
        ((name, watermark),) = db.execute("SELECT id, watermark FROM journal").fetchall()
        rows = db.execute("SELECT seq, wall_ms, mono_ms, boot, fact FROM fact ORDER BY seq").fetchall()
        intents = frozenset(txn for (txn,) in db.execute("SELECT txn FROM intent"))
    facts = [decode_fact(str(row[-1]).encode()) for row in rows]
    assert all(isinstance(fact, Fact) for fact in facts), "a fact that we do not know ourselves"
    entries = [Entry(*row[:-1], _body(row[-1], readers_key)) for row in rows]
    return Journalled(device, name, watermark, entries, facts, intents)


def recall(path: Path, name: str) -> str:
    """What a journal remembers under a name; empty where it does not, or is not there yet."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
            found = db.execute("SELECT value FROM memory WHERE name = ?", (name,)).fetchone()
    except sqlite3.OperationalError:
        return ""
    return str(found[0]) if found else ""


def _body(fact: str, readers_key: bytes) -> str:
    reader = msgspec.json.decode(fact).get("reader")
    return fact.replace(reader, pseudonym(readers_key, reader)) if reader else fact


def stored(connection: Connection) -> dict[tuple[str, str], list[Entry]]:
    """Central's facts by device and journal, in the order of their numbers."""
    fact, found = StoredFact, defaultdict(list)
    query = select(
        fact.device_id, fact.journal, fact.seq, fact.wall_ms, fact.mono_ms, fact.boot, fact.body
    ).order_by(fact.device_id, fact.journal, fact.seq)
    for device, name, *entry in connection.execute(query):
        found[device, name].append(Entry(*entry))
    return found


def loans(connection: Connection, since_ms: int) -> list[Any]:
    """The ledger's loans that are not the seed's."""
    return list(connection.execute(select(Loan.__table__).where(Loan.lent_ms >= since_ms).order_by(Loan.id)))


def retained(settings: Mqtt) -> dict[str, bytes]:
    """What the broker keeps, by topic."""
    kept: dict[str, bytes] = {}

    def hear(heard: Heard) -> None:
        if heard.retained:
            kept[heard.topic] = heard.payload

    leaves = (topics.CONDITION, topics.WATERMARK)
    link = Link(settings, "chaos-audit", hear, [(topics.every(leaf), 1) for leaf in leaves])
    link.open()
    assert link.wait_connected(10)
    time.sleep(RETAINED_S)
    link.close()
    return kept
