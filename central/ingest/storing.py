"""What one transaction of the ingest writes: facts, what is kept aside, tallies, answers to orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

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
    rows: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    sums = Sums()
    for journal in journals:
        for seq, one in journal.pending.items():
            rows.append(_fact_row(journal, seq, one, now_ms))
            if one.fact is not None:
                sums.count(journal.place, one.fact, one.at_ms)
            if isinstance(one.fact, OrderDone | OrderRefused):
                answers.append(_answer_row(journal, one.fact, one.at_ms))
    if rows:
        connection.execute(insert(StoredFact), rows)
    add(connection, sums)
    answers = [answer for answer in answers if answer["n"] <= MAX_ORDER]
    if answers:
        connection.execute(_ANSWER, answers)


def keep_aside(connection: Connection, asides: Iterable[Aside], now_ms: int) -> None:
    """Keep facts for the technician; a conflict that was kept before is not kept again."""
    rows = [_aside_row(aside, now_ms) for aside in asides if not _is_kept(connection, aside)]
    if rows:
        connection.execute(insert(FactAside), rows)


_ANSWER = (
    update(Order)
    .where(
        Order.device_id == bindparam("d"),
        Order.number == bindparam("n"),
        or_(Order.state == "pending", Order.state == "expired"),
    )
    .values(state=bindparam("s"), fault=bindparam("f"), answered_ms=bindparam("at"))
)


def _fact_row(journal: Locked, seq: int, one: Taken, now_ms: int) -> dict[str, Any]:
    return {
        "device_id": journal.place.device_id,
        "journal": journal.name,
        "seq": seq,
        "branch_id": journal.place.branch_id,
        "kind": one.kind,
        "at_ms": one.at_ms,
        "wall_ms": one.wall_ms,
        "mono_ms": one.mono_ms,
        "boot": one.boot,
        "clock_set": one.clock_set,
        "received_ms": now_ms,
        "body": one.body,
    }


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
