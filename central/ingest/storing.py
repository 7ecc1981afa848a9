"""What one transaction of the ingest writes: facts, what is kept aside, tallies, answers to orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from central.circulation.owed import store as owed_store
from central.circulation.owed.states import CONCERNED, Told, concerns
from central.facts.models import FactAside, StoredFact
from central.facts.rows import Taken
from central.fleet.models import Order
from central.ingest.clocks import Moved
from central.ingest.journals import Locked, Name
from central.lists import operations as lists
from central.payments import store as payments
from central.payments.states import CONCERNED as PAYMENTS
from central.reports.tallies import add
from central.rooms.alarms import store as alarms
from central.statements import Bulk, Cursor, Prepared
from wire.facts import KioskStarted, ListRefused, ListTaken, OrderDone, OrderRefused

FORKED: Final = "journal forked"
MAX_FORKED = 1_000
"""Facts in conflict kept of one journal: evidence enough for the technician who looks at it."""
MAX_ORDER = 2**31 - 1
"""Order numbers are stored in 32 bits; no central ever gave a larger one."""


class Aside(NamedTuple):
    """A fact to keep aside."""

    journal: Locked
    seq: int
    taken: Taken
    why: str


def write_facts(cursor: Cursor, journals: Collection[Locked], now_ms: int, moved: Moved) -> None:
    """Store what is pending in the journals, count it with what moved, and tell whom it concerns."""
    rows: list[tuple[object, ...]] = []
    heard: list[tuple[Locked, int, Taken]] = []
    rung: list[alarms.Heard] = []
    _clear_places(cursor.connection, journals)
    for journal in journals:
        device_id, branch_id, _ = place = journal.place
        rows += [
            (device_id, journal.name, seq, branch_id, *one[1:-2], now_ms, one.body)
            for seq, one in journal.pending.items()
        ]
        for seq, one in journal.pending.items():
            fact = one.fact
            if fact is not None:
                moved.sums.count(place, fact, one.at_ms)
                if type(fact) in _HEARD:
                    heard.append((journal, seq, one))
                if type(fact) in alarms.HEARD and alarms.concerns(fact):
                    rung.append(alarms.Heard(device_id, journal.name, seq, branch_id, one.at_ms, fact))
    if rows:
        cursor.many(_FACTS, rows)
    add(cursor.connection, moved.sums)
    _pass_on(cursor, heard, moved.told)
    alarms.take(cursor.connection, rung, now_ms)


_HEARD = CONCERNED | PAYMENTS | {ListTaken, ListRefused, OrderDone, OrderRefused, KioskStarted}
"""Kinds that change more than figures."""


def _pass_on(cursor: Cursor, heard: Sequence[tuple[Locked, int, Taken]], told: list[Told]) -> None:
    """Tell the staff's lists and the orders of what was heard; `told`: what they hear before it."""
    connection = cursor.connection
    listed: list[lists.Told] = []
    paid: list[Told] = []
    answers: list[tuple[str, OrderDone | OrderRefused, int]] = []
    replaced: list[Name] = []
    for journal, seq, (fact, _, at_ms, *_, body, _) in heard:
        device = journal.place.device_id
        if fact is not None and concerns(fact):
            told.append(Told(device, journal.name, journal.place.branch_id, at_ms, fact, body))
        if type(fact) in PAYMENTS and fact is not None:
            paid.append(Told(device, journal.name, journal.place.branch_id, at_ms, fact, body))
        match fact:
            case ListTaken() | ListRefused():
                listed.append(lists.Told(device, fact, at_ms))
            case OrderDone() | OrderRefused() if fact.order <= MAX_ORDER:
                answers.append((device, fact, at_ms))
            case KioskStarted(before=None) if seq == 1:
                replaced.append((device, journal.name))
    if told:
        owed_store.take(connection, told)
    payments.take(connection, paid)
    for device, name in replaced:
        owed_store.orphan(connection, device, name)
        payments.orphan(connection, device, name)
    lists.note(connection, listed)
    _answer(cursor, answers)


def _answer(cursor: Cursor, answers: Sequence[tuple[str, OrderDone | OrderRefused, int]]) -> None:
    """Write down what became of orders: device, answer, when."""
    for device, answer, at_ms in answers:
        said, fault = ("refused", answer.fault) if isinstance(answer, OrderRefused) else ("done", None)
        cursor.run(_ANSWER, device, answer.order, said, fault, at_ms)


def _clear_places(connection: Connection, journals: Collection[Locked]) -> None:
    """Remove what stands in the place of facts that have come after all; nothing counts it."""
    places = [
        {"d": journal.place.device_id, "j": journal.name, "n": seq}
        for journal in journals
        for seq in journal.mended
    ]
    if places:
        connection.execute(_CLEAR_PLACE, places)


def keep_aside(connection: Connection, asides: Sequence[Aside], now_ms: int) -> None:
    """Keep facts for the technician; a conflict that was kept before is not kept again."""
    kept = [aside for aside in asides if aside.why != FORKED]
    conflicts: dict[Name, dict[tuple[int, str], Aside]] = {}
    for aside in asides:
        if aside.why == FORKED:
            of_it = conflicts.setdefault((aside.journal.place.device_id, aside.journal.name), {})
            of_it[aside.seq, aside.taken.body] = aside
    for name, found in conflicts.items():
        kept += _unknown(connection, name, found)
    if kept:
        connection.execute(insert(FactAside), [_aside_row(aside, now_ms) for aside in kept])


_FACTS = Bulk(
    ("device_id", "journal", "seq", "branch_id", *Taken._fields[1:-2], "received_ms", "body"),
    lambda _: insert(StoredFact),
)
"""The columns between are named as in `Taken`."""

_CLEAR_PLACE = delete(StoredFact).where(
    StoredFact.device_id == bindparam("d"),
    StoredFact.journal == bindparam("j"),
    StoredFact.seq == bindparam("n"),
)

_ANSWER = Prepared(
    "device",
    "order",
    "said",
    "why",
    "at_ms",
    statement=update(Order)
    .where(
        Order.device_id == bindparam("device"),
        Order.number == bindparam("order"),
        or_(Order.state == "pending", Order.state == "expired"),
    )
    .values(state=bindparam("said"), fault=bindparam("why"), answered_ms=bindparam("at_ms")),
)


def _aside_row(aside: Aside, now_ms: int) -> dict[str, Any]:
    return {
        "device_id": aside.journal.place.device_id,
        "journal": aside.journal.name,
        "seq": aside.seq,
        "why": aside.why,
        "body": aside.taken.body,
        "boot": aside.taken.boot,
        "received_ms": now_ms,
    }


def _unknown(connection: Connection, name: Name, found: dict[tuple[int, str], Aside]) -> list[Aside]:
    """Of the conflicts of one journal those that are not kept yet, as many as there is room for."""
    of_journal = (FactAside.device_id == name[0], FactAside.journal == name[1], FactAside.why == FORKED)
    room = MAX_FORKED - (connection.scalar(select(func.count()).where(*of_journal)) or 0)
    if room <= 0:
        return []
    same = select(FactAside.seq, FactAside.body).where(*of_journal, FactAside.seq.in_({n for n, _ in found}))
    known = {(seq, body) for seq, body in connection.execute(same)}
    return [aside for named, aside in found.items() if named not in known][:room]
