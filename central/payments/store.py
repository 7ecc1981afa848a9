"""What kiosks tell of payments, in the ingest's own transaction: facts in, rows out. Few come; each is one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Executable, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from central.circulation.owed.states import Told
from central.payments.models import DeskPayment
from central.payments.states import SAYS, after, reference
from wire import facts
from wire.learn import learn

AT_ONCE: Final = 0
"""Whatever a kiosk's clock says: the provider is asked at the next turn."""
_NEW: Final = {
    "reader": "", "sealed": "", "amount_fen": 0, "fee": "", "dropped": "", "code": "", "provider_id": "",
    "resolution": "", "resolved_by": "", "note": "", "settled_ms": None, "fault": None, "paid_ms": None,
    "resolved_ms": None,
}  # fmt: skip
"""A row of which nothing is known but that it is."""


class _Body(msgspec.Struct):
    reader: str = ""


learn(_Body)


def take(connection: Connection, told: Sequence[Told]) -> None:
    """Take facts about payments, each device's in the order of its journal."""
    for one in told:
        known = _locked(connection, one)
        connection.execute(_change(one, known))


def orphan(connection: Connection, device_id: str, new: str) -> None:
    """A board with a journal that knows of none before it: money that the old one had on disk nobody will book."""
    payment = DeskPayment
    connection.execute(
        update(payment)
        .where(payment.device_id == device_id, payment.journal != new, payment.state == "taken")
        .values(state="orphaned")
    )


def _locked(connection: Connection, told: Told) -> RowMapping:
    """The row, made where there is none."""
    fact: Any = told.fact
    name = {"device_id": told.device_id, "txn": fact.txn}
    first = {
        **_NEW,
        **name,
        "journal": told.journal,
        "branch_id": told.branch_id,
        "state": "wanted",
        "reference": reference(told.device_id, fact.txn),
        "wanted_ms": told.at_ms,
        "expires_ms": told.at_ms,
        "look_ms": AT_ONCE,
    }
    connection.execute(_made(connection.dialect.name).values(first))
    query = select(DeskPayment.__table__).filter_by(**name)
    return connection.execute(query.with_for_update()).mappings().one()


def _made(dialect: str) -> Any:
    new = postgresql.insert(DeskPayment) if dialect == "postgresql" else sqlite.insert(DeskPayment)
    return new.on_conflict_do_nothing()


def _change(told: Told, known: RowMapping) -> Executable:
    fact: Any = told.fact
    says = SAYS[type(told.fact)]
    values: dict[str, object] = {"state": after(known["state"], says), "journal": told.journal}
    match told.fact:
        case facts.PaymentWanted():
            reader = msgspec.json.decode(told.body, type=_Body).reader
            values |= {"reader": reader, "sealed": fact.sealed, "fee": fact.fee, "wanted_ms": told.at_ms}
            values |= {"amount_fen": known["amount_fen"] or fact.amount_fen}
        case facts.PaymentDropped():
            values |= {"dropped": fact.why, "look_ms": None if known["look_ms"] is None else AT_ONCE}
        case facts.PaymentTaken():
            values |= _money(fact, known)
        case facts.PaymentSettled() | facts.PaymentRefused():
            values |= {**_money(fact, known), "settled_ms": told.at_ms}
            values |= {"fault": getattr(fact, "fault", None)}
    payment = DeskPayment
    mine = (payment.device_id == told.device_id, payment.txn == fact.txn)
    return update(payment).where(*mine).values(values)


def _money(fact: Any, known: RowMapping) -> dict[str, object]:
    """What the kiosk says of the money is the provider's word, handed on."""
    return (
        {"provider_id": fact.provider_id, "amount_fen": fact.amount_fen} if not known["provider_id"] else {}
    )
