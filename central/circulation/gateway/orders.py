"""What staff order about a gateway's debts: the order that a kiosk would get, carried out here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from central.circulation.gateway import endings
from central.circulation.gateway.endings import End
from central.circulation.gateway.means import Means, record
from central.circulation.gateway.models import GatewaySite
from central.circulation.gateway.store import Transaction
from central.fleet.models import Order
from central.statements import Cursor
from wire.facts import OrderDone

VERB = "debt.settle"


def obey(cursor: Cursor, means: Means, rows: Sequence[Transaction]) -> list[Transaction]:
    """Carry out what is ordered about these debts, in the caller's transaction; those that are left."""
    by_txn = {row.txn: row for row in rows}
    pending = (
        select(Order.txn, Order.number, Order.verdict)
        .join(GatewaySite, GatewaySite.device_id == Order.device_id)
        .where(
            Order.verb == VERB,
            Order.state == "pending",
            Order.deadline_ms >= means.now_ms(),
            Order.txn.in_(by_txn),
        )
    )
    for txn, number, verdict in cursor.connection.execute(pending).all():
        row = by_txn.pop(str(txn))
        endings.write(cursor, means, End.by_staff(row, done=verdict == "done"))
        record(cursor, means, row, (OrderDone(number, VERB),), means.now_ms())
    return list(by_txn.values())
