"""What kiosks tell of payments, in the ingest's own transaction: facts in, rows out. Few come; each is one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Insert, bindparam, select, update

from central.circulation.owed.states import Told
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.states import SAYS, after, reference
from central.statements import Cursor, Prepared, insert_into
from wire import facts
from wire.learn import learn

AT_ONCE: Final = 0
"""Whatever a kiosk's clock says: the provider is asked at the next turn."""
_NEW: Final = {
    "state": "wanted", "reader": "", "sealed": "", "amount_fen": 0, "fee": "", "dropped": "", "code": "",
    "provider_id": "", "resolution": "", "resolved_by": "", "note": "", "settled_ms": None, "fault": None,
    "paid_ms": None, "resolved_ms": None, "look_ms": AT_ONCE,
}  # fmt: skip
"""A row of which nothing is known but that it is."""


class _Body(msgspec.Struct):
    reader: str = ""


learn(_Body)


class _Row(NamedTuple):
    """What facts may change of a row, by the names of its columns."""

    journal: str
    state: str
    reader: str
    sealed: str
    amount_fen: int
    fee: str
    wanted_ms: int
    dropped: str
    settled_ms: int | None
    fault: int | None
    look_ms: int | None
    provider_id: str


def take(connection: Connection, told: Sequence[Told]) -> None:
    """Take facts about payments, each device's in the order of its journal."""
    if not told:
        return
    cursor = Cursor(connection)
    for one in told:
        device, txn = name = _name(one)
        row = cursor.one(_KNOWN, *name)
        if row is None:
            new = (one.journal, one.branch_id, reference(device, txn), one.at_ms, one.at_ms)
            cursor.run(_MAKE, *name, *new)
            row = cursor.one(_KNOWN, *name)
        assert row is not None
        before = _Row(*row)
        now = _changed(before, one)
        cursor.run(_CHANGE, *name, *now)
        if before.provider_id not in {"", now.provider_id}:
            cursor.run(_SURPLUS, before.provider_id)
            cursor.run(_BOOKED, now.provider_id)
            cursor.run(_PAID, *name, now.provider_id)


def orphan(connection: Connection, device_id: str, new: str) -> None:
    """A board with a journal that knows of none before it: money that the old one had on disk nobody will book."""
    payment = DeskPayment
    connection.execute(
        update(payment)
        .where(payment.device_id == device_id, payment.journal != new, payment.state == "taken")
        .values(state="orphaned")
    )


def _name(told: Told) -> tuple[str, str]:
    fact: Any = told.fact
    return told.device_id, fact.txn


def _made(dialect: str) -> Insert:
    new = insert_into(DeskPayment, dialect)
    return new.values(_NEW).on_conflict_do_nothing()


MINE = (DeskPayment.device_id == bindparam("device"), DeskPayment.txn == bindparam("name"))
"""The payment of a `device`, by the `name` of its transaction."""
_KNOWN = Prepared(
    "device",
    "name",
    statement=select(*(DeskPayment.__table__.c[name] for name in _Row._fields))
    .where(*MINE)
    .with_for_update(),
)
_MAKE = Prepared(
    "device_id", "txn", "journal", "branch_id", "reference", "wanted_ms", "expires_ms", statement=_made
)
_CHANGE = Prepared(
    "device",
    "name",
    *_Row._fields,
    statement=update(DeskPayment).where(*MINE).values({name: bindparam(name) for name in _Row._fields}),
)
_SURPLUS = Prepared(
    "number",
    statement=update(ProviderPayment)
    .where(ProviderPayment.provider_id == bindparam("number"))
    .values(use="surplus"),
)
_BOOKED = Prepared(
    "number",
    statement=update(ProviderPayment)
    .where(ProviderPayment.provider_id == bindparam("number"), ProviderPayment.resolution == "")
    .values(use="payment"),
)
_PAID = Prepared(
    "device",
    "name",
    "number",
    statement=update(DeskPayment)
    .where(*MINE)
    .values(
        paid_ms=select(ProviderPayment.paid_ms)
        .where(ProviderPayment.provider_id == bindparam("number"))
        .scalar_subquery()
    ),
)


def _changed(row: _Row, told: Told) -> _Row:
    """The row after a fact about it."""
    fact: Any = told.fact
    row = row._replace(state=after(row.state, SAYS[type(told.fact)]), journal=told.journal)
    match told.fact:
        case facts.PaymentWanted():
            reader = msgspec.json.decode(told.body, type=_Body).reader
            row = row._replace(reader=reader, sealed=fact.sealed, fee=fact.fee, wanted_ms=told.at_ms)
            return row._replace(amount_fen=row.amount_fen or fact.amount_fen)
        case facts.PaymentDropped():
            return row._replace(dropped=fact.why, look_ms=None if row.look_ms is None else AT_ONCE)
        case facts.PaymentTaken():
            return _with_money(row, fact)
        case facts.PaymentSettled() | facts.PaymentRefused():
            row = _with_money(row, fact)
            return row._replace(settled_ms=told.at_ms, fault=getattr(fact, "fault", None))
    return row


def _with_money(row: _Row, fact: Any) -> _Row:
    """Of money that was paid twice, what the kiosk tells the library system is the payment, and the other is not.

    A restored central may have heard of the other one first.
    """
    if row.provider_id == fact.provider_id:
        return row
    return row._replace(provider_id=fact.provider_id, amount_fen=fact.amount_fen)
