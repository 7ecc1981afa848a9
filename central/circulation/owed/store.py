"""Owed transactions in the ingest's own transaction: facts in, rows of the staff's list out.

- In bulk: one question for what is known, one statement for what is new, whatever the number of facts.
- Whether a loan is in conflict, or undone, is judged anew whenever its end, a return of its item or that return's end
  comes in, so that the order in which two kiosks are heard makes no difference. On PostgreSQL workers that write ends
  take turns with those that write returns: each sees what the other has committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Update,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from central.circulation.ledger.models import Item, Loan
from central.circulation.owed.models import ItemReturn, OwedTransaction
from central.circulation.owed.states import WAITING, Entry, Told, clean, merged, said
from central.statements import Bulk, Cursor, Prepared, among, among_pairs, insert_into
from wire import facts
from wire.learn import learn

TURN = 0x5368_6F77
"""Number of PostgreSQL's advisory lock under which conflicts are judged."""

JUDGED = ("loan", "return")
"""Kinds whose end says where a book is."""
Key = tuple[str, str]
"""Device and txn."""


def take(connection: Connection, told: Sequence[Told]) -> None:
    """Take facts that the list is concerned by (`owed.concerns`), each device's in the order of its journal.

    To take one again with another time corrects it.
    """
    returns = {row[:2]: row for one in told for row in _returned(one)}
    entries = _fold(connection, told)
    ended = {entry.item for entry in entries if entry.kind in JUDGED and entry.settled_ms is not None}
    _take_turns(connection, ends=bool(ended), returns=bool(returns))
    if entries:
        _ENTRIES.execute(connection, [(*_row(entry), *_BY_STAFF.values()) for entry in entries])
    if returns:
        _RETURNS.execute(connection, [returns[name] for name in sorted(returns)])
    if items := ended | {item for item, _ in returns}:
        Cursor(connection).run(_JUDGE, sorted(items))
    _carry_over(connection, told)


def orphan(connection: Connection, device_id: str, new: str) -> int:
    """A board with a journal that knows of none before it: nobody will send the ends of what the others hold.

    How many there were.
    """
    done = connection.execute(
        update(OwedTransaction)
        .where(
            OwedTransaction.device_id == device_id,
            OwedTransaction.journal != new,
            OwedTransaction.state.in_(WAITING),
        )
        .values(state="orphaned")
    )
    return done.rowcount


def _returned(told: Told) -> Iterator[tuple[str, str, int]]:
    """A book came back. One that was taken did so when it was taken, not when the ILS heard of it."""
    fact = told.fact
    if isinstance(fact, facts.ReturnTaken) or (isinstance(fact, facts.ReturnMade) and not fact.taken):
        yield clean(fact.item), told.device_id, told.at_ms


# ---------------------------------------------------------------- entries
class _Body(msgspec.Struct):
    reader: str = ""


learn(_Body)


def _fold(connection: Connection, told: Iterable[Told]) -> list[Entry]:
    """The transactions that the facts change, as they are after them, in the order of their keys."""
    late = [(one, says) for one in told if (says := said(one.fact)) is not None]
    if not late:
        return []
    known = _known(connection, sorted({_key(one) for one, _ in late}))
    changed: dict[Key, Entry] = {}
    for one, says in late:
        key = _key(one)
        entry = changed.get(key) or known.get(key)
        if entry is not None or says.opens:
            reader = msgspec.json.decode(one.body, type=_Body).reader
            changed[key] = merged(entry, one, says, reader)
    return [changed[key] for key in sorted(changed)]


def _key(told: Told) -> Key:
    fact: Any = told.fact
    return told.device_id, fact.txn


def _known(connection: Connection, keys: list[Key]) -> dict[Key, Entry]:
    rows = Cursor(connection).all(_KNOWN, keys)
    return {(row[0], row[1]): Entry(*row) for row in rows}


_COLUMNS = [field.name for field in fields(Entry)]
_row = attrgetter(*_COLUMNS)
_KNOWN = Prepared(
    "keys",
    statement=lambda dialect: (
        select(*(OwedTransaction.__table__.c[name] for name in _COLUMNS))
        .where(among_pairs(dialect, (OwedTransaction.device_id, OwedTransaction.txn), "keys"))
        .order_by(OwedTransaction.device_id, OwedTransaction.txn)
        .with_for_update()
    ),
)
_BY_STAFF = dict.fromkeys(("resolution", "resolved_by", "note", "contacted_by"), "")
"""What a new row says of staff; in one that stands it stays as it is."""


def _entries(dialect: str) -> Insert:
    made = insert_into(OwedTransaction, dialect)
    new = {name: made.excluded[name] for name in _COLUMNS[2:]}
    return made.on_conflict_do_update(index_elements=_COLUMNS[:2], set_=new)


def _returns(dialect: str) -> Insert:
    made = insert_into(ItemReturn, dialect)
    return made.on_conflict_do_update(
        index_elements=["item", "device_id"], set_={"at_ms": made.excluded["at_ms"]}
    )


_ENTRIES = Bulk((*_COLUMNS, *_BY_STAFF), _entries)
_RETURNS = Bulk(("item", "device_id", "at_ms"), _returns)


# ---------------------------------------------------------------- conflicts
def _take_turns(connection: Connection, *, ends: bool, returns: bool) -> None:
    if connection.dialect.name == "postgresql" and (ends or returns):
        turn = func.pg_advisory_xact_lock if ends else func.pg_advisory_xact_lock_shared
        connection.execute(select(turn(TURN)))


def _judgement(dialect: str) -> Update:
    """A loan that the ILS heard of too late, because its book had come back elsewhere, is in conflict.

    It is undone where a return from before it, taken elsewhere by the rule, was heard of after it: an ILS that takes
    nothing afterwards ends whatever loan there is, and one that does has taken the loan for the one that ran already, which
    this return then ends. Not where both were entered at their own times (no block).

    Unless it came back once more after that, or our own ledger, which knows better, has it in stock, or on loan. Of equal
    times, which a central whose clock was behind gives, nobody knows the order: staff look.
    """
    owed, back, later = OwedTransaction, aliased(ItemReturn), aliased(ItemReturn)
    taken = aliased(OwedTransaction)
    elsewhere = exists().where(
        back.item == owed.item,
        back.device_id != owed.device_id,
        back.at_ms >= owed.begun_ms,
        back.at_ms < owed.settled_ms,
    )
    again = exists().where(later.item == owed.item, later.at_ms >= owed.settled_ms)
    on_loan = exists().where(Loan.item_barcode == owed.item, Loan.returned_ms.is_(None))
    in_stock = and_(exists().where(Item.barcode == owed.item), ~on_loan)
    before = exists().where(
        taken.item == owed.item,
        taken.device_id != owed.device_id,
        taken.kind == "return",
        taken.handed_over,
        taken.state == "made",
        taken.begun_ms <= owed.begun_ms,
        taken.settled_ms >= owed.settled_ms,
        ~and_(taken.forced, owed.forced),
    )
    conflict: ColumnElement[bool] = and_(elsewhere, ~again, ~in_stock)
    undone: ColumnElement[bool] = and_(before, ~again, ~on_loan)
    state = case((conflict, "conflict"), (undone, "undone"), else_="made")
    return (
        update(owed)
        .where(
            among(dialect, owed.item, "items"),
            owed.kind == "loan",
            owed.handed_over,
            or_(*(owed.state == one for one in ("made", "conflict", "undone"))),
            owed.resolution == "",
            owed.state != state,
        )
        .values(state=state)
    )


_JUDGE = Prepared("items", statement=_judgement)


def _carry_over(connection: Connection, told: Iterable[Told]) -> None:
    """What a journal held goes to the one that took its place."""
    for one in told:
        if isinstance(one.fact, facts.KioskStarted):
            connection.execute(
                update(OwedTransaction)
                .where(
                    OwedTransaction.device_id == one.device_id,
                    OwedTransaction.journal == one.fact.before,
                    OwedTransaction.state.in_(WAITING),
                )
                .values(journal=one.journal)
            )
