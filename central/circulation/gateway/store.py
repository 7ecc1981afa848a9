"""The gateway's transactions and the readers that it knows, in the database. Statements alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, delete, func, insert, or_, select, update

from central.circulation.gateway.models import GatewayReader, GatewayTransaction
from central.circulation.gateway.rule import Known
from central.circulation.gateway.states import State
from central.circulation.server.repeats import REPLAY_MS
from central.lists.models import ListEntry, ListImport, ListNumber
from central.statements import Cursor, Prepared, among, insert_into

DAY_MS = 86_400_000
MAX_WAITING = 200
"""Debts that are read at once."""


class Transaction(NamedTuple):
    """A row of `GatewayTransaction`, in the order of its columns."""

    id: int
    gateway: str
    account: str
    branch_id: str
    zone: str
    txn: str
    subject: str
    digest: str | None
    message: str
    request: bytes
    item: str
    reader: str
    sealed: str
    counted: bool
    state: str
    heard: bool
    due: str
    asked_ms: int
    answer: bytes | None
    ended_ms: int | None


_T = GatewayTransaction.__table__.c
_ALL = tuple(_T[name] for name in Transaction._fields)
_WAITS = _T.ended_ms.is_(None)


# ---------------------------------------------------------------- transactions
_NEW = Transaction._fields[1:]
_INSERT = Prepared(*_NEW, statement=insert(GatewayTransaction).values({n: bindparam(n) for n in _NEW}))
_LATEST = Prepared(
    "gateway",
    "subject",
    statement=select(*_ALL)
    .where(_T.gateway == bindparam("gateway"), _T.subject == bindparam("subject"))
    .order_by(_T.id.desc())
    .limit(1),
)
_ONE = select(*_ALL).where(_T.txn == bindparam("txn"))
_LOOK = Prepared("txn", statement=_ONE)
_LOCK = Prepared("txn", statement=_ONE.with_for_update())
_OWES = Prepared(
    "gateway",
    "subject",
    statement=select(_T.id)
    .where(_T.gateway == bindparam("gateway"), _T.subject == bindparam("subject"), _WAITS, _T.counted)
    .limit(1),
)
_WAITING = Prepared(
    "gateway",
    "after",
    statement=select(*_ALL)
    .where(_T.gateway == bindparam("gateway"), _WAITS, _T.counted, _T.id > bindparam("after"))
    .order_by(_T.id)
    .limit(MAX_WAITING),
)
_CHANGE = Prepared(
    "txn",
    "new_state",
    "was_heard",
    "told_due",
    "told",
    "at_ms",
    statement=update(GatewayTransaction)
    .where(_T.txn == bindparam("txn"))
    .values(
        state=bindparam("new_state"),
        heard=bindparam("was_heard"),
        due=bindparam("told_due"),
        answer=bindparam("told"),
        ended_ms=bindparam("at_ms"),
    ),
)
_DROP_SUBJECT = Prepared(
    "gateway",
    "subject",
    statement=delete(GatewayTransaction).where(
        _T.gateway == bindparam("gateway"), _T.subject == bindparam("subject")
    ),
)
_DROP = Prepared("txn", statement=delete(GatewayTransaction).where(_T.txn == bindparam("txn")))
_SWEEP = Prepared(
    "until_ms",
    statement=delete(GatewayTransaction).where(
        or_(
            _T.ended_ms < bindparam("until_ms"),
            # asked by a process that ended, for a kiosk, which finds out by itself
            (_T.state == State.ASKED) & ~_T.counted & (_T.asked_ms < bindparam("until_ms")),
        )
    ),
)


def add(cursor: Cursor, new: Transaction) -> None:
    """Write a new transaction; its `id` is the database's to give."""
    cursor.run(_INSERT, *new[1:])


def latest(cursor: Cursor, gateway: str, subject: str) -> Transaction | None:
    """The last transaction on a subject that was done, or may be."""
    row = cursor.one(_LATEST, gateway, subject)
    return None if row is None else Transaction(*row)


def look(cursor: Cursor, txn: str) -> Transaction | None:
    """A transaction as it is now."""
    row = cursor.one(_LOOK, txn)
    return None if row is None else Transaction(*row)


def lock(cursor: Cursor, txn: str) -> Transaction | None:
    """A transaction as it is now, and stays to the end of the caller's."""
    row = cursor.one(_LOCK, txn)
    return None if row is None else Transaction(*row)


def owes(cursor: Cursor, gateway: str, subject: str) -> bool:
    """Whether something about a subject waits to be told to the ILS."""
    return cursor.one(_OWES, gateway, subject) is not None


def waiting(cursor: Cursor, gateway: str, after: int = 0) -> list[Transaction]:
    """What the ILS is to be told or asked about, the oldest first; some of it, behind the row `after`."""
    return [Transaction(*row) for row in cursor.all(_WAITING, gateway, after)]


def change(cursor: Cursor, now: Transaction) -> None:
    """Write what may change: state, whether it was heard, due date, answer, end."""
    cursor.run(_CHANGE, now.txn, now.state, now.heard, now.due, now.answer, now.ended_ms)


def drop(cursor: Cursor, txn: str) -> None:
    """As if it had never been asked."""
    cursor.run(_DROP, txn)


def drop_subject(cursor: Cursor, gateway: str, subject: str) -> None:
    """Forget all about a subject."""
    cursor.run(_DROP_SUBJECT, gateway, subject)


def sweep(cursor: Cursor, now_ms: int) -> None:
    """Drop what nobody may ask for any more."""
    cursor.run(_SWEEP, now_ms - REPLAY_MS)


# ---------------------------------------------------------------- readers
def _upsert_reader(dialect: str) -> Executable:
    made = insert_into(GatewayReader, dialect)
    new = {"good_ms": made.excluded.good_ms}
    kind = func.coalesce(func.nullif(made.excluded.type, ""), GatewayReader.type)
    return made.on_conflict_do_update(index_elements=["gateway", "reader"], set_={**new, "type": kind})


_GOOD = Prepared("gateway", "reader", "type", "good_ms", statement=_upsert_reader)
_BAD = Prepared(
    "gateway",
    "reader",
    statement=delete(GatewayReader).where(
        GatewayReader.gateway == bindparam("gateway"), GatewayReader.reader == bindparam("reader")
    ),
)
_FORGET = Prepared(
    "gateway",
    "until_ms",
    statement=delete(GatewayReader).where(
        GatewayReader.gateway == bindparam("gateway"), GatewayReader.good_ms < bindparam("until_ms")
    ),
)


def remember(cursor: Cursor, gateway: str, reader: str, kind: str, now_ms: int) -> None:
    """The ILS had nothing against this reader; `kind` is empty where it did not say the type."""
    cursor.run(_GOOD, gateway, reader, kind, now_ms)


def forget(cursor: Cursor, gateway: str, reader: str) -> None:
    """The ILS has something against this reader."""
    cursor.run(_BAD, gateway, reader)


def forget_all(cursor: Cursor, gateway: str, until_ms: int) -> None:
    """Drop readers of whom nothing good was heard since."""
    cursor.run(_FORGET, gateway, until_ms)


class Asked(NamedTuple):
    """What a rule is asked about."""

    gateway: str
    card: str
    reader: str
    """Keyed hash of the card."""
    item: str
    branches: Sequence[str]
    """The terminal's and all above it: where an entry of the deny list counts."""
    today: date
    now_ms: int
    known_days: int


def known(cursor: Cursor, asked: Asked) -> Known:
    """What central knows of a reader and an item."""
    since_ms = asked.now_ms - asked.known_days * DAY_MS
    reader = cursor.one(_KNOWN, asked.gateway, asked.reader, since_ms)
    granted = cursor.one(_GRANTED, asked.gateway, asked.reader)
    branches = list(asked.branches)
    denied = cursor.all(_DENIED, asked.card, asked.item, branches, asked.today)
    denied += cursor.all(_DENIED_BY_IMPORT, asked.card, asked.item, branches, asked.now_ms)
    return Known(
        reader=reader is not None,
        reader_type=reader[0] if reader else "",
        reader_denied=("reader", asked.card) in denied,
        item_denied=("item", asked.item) in denied,
        granted=granted[0] if granted else 0,
    )


_KNOWN = Prepared(
    "gateway",
    "reader",
    "since_ms",
    statement=select(GatewayReader.type).where(
        GatewayReader.gateway == bindparam("gateway"),
        GatewayReader.reader == bindparam("reader"),
        GatewayReader.good_ms >= bindparam("since_ms"),
    ),
)
_GRANTED = Prepared(
    "gateway",
    "reader",
    statement=select(func.count(_T.id)).where(
        _T.gateway == bindparam("gateway"),
        _WAITS,
        _T.reader == bindparam("reader"),
        _T.state == State.GRANTED,
    ),
)
_DENIED = Prepared(
    "card",
    "item",
    "branches",
    "today",
    statement=lambda dialect: select(ListEntry.kind, ListEntry.number).where(
        or_(ListEntry.number == bindparam("card"), ListEntry.number == bindparam("item")),
        or_(ListEntry.branch_id.is_(None), among(dialect, ListEntry.branch_id, "branches")),
        or_(ListEntry.until_on.is_(None), ListEntry.until_on >= bindparam("today")),
    ),
)
_DENIED_BY_IMPORT = Prepared(
    "card",
    "item",
    "branches",
    "now_ms",
    statement=lambda dialect: (
        select(ListNumber.kind, ListNumber.number)
        .join(ListImport, ListImport.id == ListNumber.import_id)
        .where(
            ListImport.name == "deny",
            or_(ListNumber.number == bindparam("card"), ListNumber.number == bindparam("item")),
            or_(ListImport.branch_id.is_(None), among(dialect, ListImport.branch_id, "branches")),
            ListImport.until_ms > bindparam("now_ms"),
        )
    ),
)
