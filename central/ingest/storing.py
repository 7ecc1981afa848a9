"""What one transaction of the ingest writes: facts, what is kept aside, tallies, answers to orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from central.db import Bulk
from central.facts.models import FactAside, StoredFact
from central.facts.rows import Taken
from central.fleet.models import Order
from central.ingest.journals import Locked
from central.reports.tallies import Sums, add
from wire.facts import OrderDone, OrderRefused

FORKED: Final = "journal forked"
MAX_FORKED = 10_000
"""Facts in conflict kept of one journal: evidence enough for the technician who looks at it."""
MAX_ORDER = 2**31 - 1
"""Order numbers are stored in 32 bits; no central ever gave a larger one."""


class Aside(NamedTuple):
    """A fact to keep aside."""

    journal: Locked
    seq: int
    taken: Taken
    why: str


def write_facts(connection: Connection, journals: Iterable[Locked], now_ms: int) -> None:
    """Store what is pending in the journals, and count it."""
    rows: list[tuple[object, ...]] = []
    answers: list[dict[str, Any]] = []
    sums = Sums()
    for journal in journals:
        place = journal.place
        for seq, one in journal.pending.items():
            fact, *stamped, body, _ = one
            rows.append((place.device_id, journal.name, seq, place.branch_id, *stamped, now_ms, body))
            if fact is None:
                continue
            sums.count(place, fact, one.at_ms)
            if isinstance(fact, OrderDone | OrderRefused) and fact.order <= MAX_ORDER:
                answers.append(_answer_row(journal, fact, one.at_ms))
    if rows:
        _FACTS.execute(connection, rows)
    add(connection, sums)
    if answers:
        connection.execute(_ANSWER, answers)


def keep_aside(connection: Connection, asides: Iterable[Aside], now_ms: int) -> None:
    """Keep facts for the technician; a conflict that was kept before is not kept again."""
    rows = [_aside_row(aside, now_ms) for aside in asides if not _is_kept(connection, aside)]
    if rows:
        connection.execute(insert(FactAside), rows)


_FACTS = Bulk(
    ("device_id", "journal", "seq", "branch_id", *Taken._fields[1:-2], "received_ms", "body"),
    lambda _: insert(StoredFact),
)
"""The columns between are named as in `Taken`."""

_ANSWER = (
    update(Order)
    .where(
        Order.device_id == bindparam("d"),
        Order.number == bindparam("n"),
        or_(Order.state == "pending", Order.state == "expired"),
    )
    .values(state=bindparam("s"), fault=bindparam("f"), answered_ms=bindparam("at"))
)


def _answer_row(journal: Locked, answer: OrderDone | OrderRefused, at_ms: int) -> dict[str, Any]:
    name = {"d": journal.place.device_id, "n": answer.order, "at": at_ms}
    if isinstance(answer, OrderRefused):
        return {**name, "s": "refused", "f": answer.fault}
    return {**name, "s": "done", "f": None}


def _aside_row(aside: Aside, now_ms: int) -> dict[str, Any]:
    return {
        "device_id": aside.journal.place.device_id,
        "journal": aside.journal.name,
        "seq": aside.seq,
        "why": aside.why,
        "body": aside.taken.body,
        "received_ms": now_ms,
    }


def _is_kept(connection: Connection, aside: Aside) -> bool:
    if aside.why != FORKED:
        return False
    of_journal = (
        FactAside.device_id == aside.journal.place.device_id,
        FactAside.journal == aside.journal.name,
        FactAside.why == FORKED,
    )
    same = select(FactAside.id).where(
        *of_journal, FactAside.seq == aside.seq, FactAside.body == aside.taken.body
    )
    many = select(func.count()).where(*of_journal)
    return connection.scalar(same) is not None or (connection.scalar(many) or 0) >= MAX_FORKED
