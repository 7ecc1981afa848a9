"""What the cashier's turns ask of `desk_payment` and change in it: what is due, what is untold, when to look again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import Integer, bindparam, exists, select, update

from central.fleet.models import Order
from central.payments.models import DeskPayment
from central.payments.store import MINE
from central.statements import Cursor, Prepared

MADE: Final = "payment.made"
"""The order by which a kiosk hears of money."""
MOST: Final = 100
"""Payments dealt with in one turn: a provider that needs 100 ms a word is asked for 10 s."""


class Key(NamedTuple):
    device_id: str
    txn: str


class Due(NamedTuple):
    """What a turn needs to know of a payment, by the names of its columns."""

    device_id: str
    txn: str
    state: str
    reference: str
    amount_fen: int
    wanted_ms: int
    dropped: str
    code: str
    expires_ms: int

    @property
    def key(self) -> Key:
        return Key(self.device_id, self.txn)


def due(cursor: Cursor, now_ms: int) -> list[Due]:
    """Payments about which the provider is to be asked; wishes first."""
    return [Due(*row) for row in cursor.all(_DUE, now_ms, MOST)]


def untold(cursor: Cursor, now_ms: int) -> list[Key]:
    """Money of which no order is on its way to the kiosk, or there."""
    return [Key(*row) for row in cursor.all(_UNTOLD, now_ms, MOST)]


def looked_at(cursor: Cursor, key: Key, next_ms: Callable[[int], int | None]) -> None:
    """The provider was asked: next by the row's time of expiry. A code that nobody waits for is shown no more."""
    row = cursor.one(_LOOKED_AT, *key)
    assert row is not None, "a payment stays for ever"
    expires_ms, dropped, code = row
    cursor.run(_LOOK_AGAIN, *key, next_ms(expires_ms), "" if dropped else code)


class Standing(NamedTuple):
    """How a payment stands, by the names of its columns."""

    state: str
    dropped: str
    provider_id: str
    amount_fen: int


def standing(cursor: Cursor, key: Key) -> Standing:
    """How a payment stands; its row is locked."""
    row = cursor.one(_STANDING, *key)
    assert row is not None, "a payment stays for ever"
    return Standing(*row)


def standing_of(cursor: Cursor, reference: str) -> Standing | None:
    """How the payment of a reference stands; its row is locked. None where there is none."""
    row = cursor.one(_STANDING_OF, reference)
    return None if row is None else Standing(*row)


def answered(
    cursor: Cursor, key: Key, state: str, dropped: str, code: str, expires_ms: int, now_ms: int
) -> None:
    """A wish has its code, or none: how it stands now. The provider is asked about it at once."""
    cursor.run(_ANSWERED, *key, state, dropped, code, expires_ms, now_ms)


def orphan(cursor: Cursor, key: Key) -> None:
    """The kiosk will not book the money."""
    cursor.run(_ORPHAN, *key)


class Told(NamedTuple):
    """The last order that told a kiosk of money, by the names of its columns."""

    state: str
    fault: int | None
    issued_ms: int
    deadline_ms: int


def last_told(cursor: Cursor, key: Key) -> Told | None:
    row = cursor.one(_LAST_TOLD, *key)
    return None if row is None else Told(*row)


def put_off(cursor: Cursor, key: Key, look_ms: int | None) -> None:
    """The provider is asked again then; None: never more."""
    cursor.run(_PUT_OFF, *key, look_ms)


_MOST = bindparam("most", type_=Integer)
_DUE = Prepared(
    "now_ms",
    "most",
    statement=select(*(DeskPayment.__table__.c[name] for name in Due._fields))
    .where(DeskPayment.look_ms <= bindparam("now_ms"))
    .order_by(DeskPayment.state != "wanted", DeskPayment.look_ms)
    .limit(_MOST),
)
_TOLD = exists().where(
    Order.device_id == DeskPayment.device_id,
    Order.txn == DeskPayment.txn,
    Order.verb == MADE,
    (Order.state == "done") | (Order.state == "pending") & (Order.deadline_ms >= bindparam("now_ms")),
)
_UNTOLD = Prepared(
    "now_ms",
    "most",
    statement=select(DeskPayment.device_id, DeskPayment.txn)
    .where(DeskPayment.state == "paid", ~_TOLD)
    .order_by(DeskPayment.paid_ms)
    .limit(_MOST),
)
_MINE_CHANGED = update(DeskPayment).where(*MINE)
_LOOKED_AT = Prepared(
    "device",
    "name",
    statement=select(DeskPayment.expires_ms, DeskPayment.dropped, DeskPayment.code)
    .where(*MINE)
    .with_for_update(),
)
_LOOK_AGAIN = Prepared(
    "device",
    "name",
    "look_ms",
    "code",
    statement=_MINE_CHANGED.values(look_ms=bindparam("look_ms"), code=bindparam("code")),
)
_PUT_OFF = Prepared("device", "name", "look_ms", statement=_MINE_CHANGED.values(look_ms=bindparam("look_ms")))
_STAND = select(*(DeskPayment.__table__.c[name] for name in Standing._fields)).with_for_update()
_STANDING = Prepared("device", "name", statement=_STAND.where(*MINE))
_STANDING_OF = Prepared("name", statement=_STAND.where(DeskPayment.reference == bindparam("name")))
_ANSWERED = Prepared(
    "device",
    "name",
    "state",
    "dropped",
    "code",
    "expires_ms",
    "look_ms",
    statement=_MINE_CHANGED.values(
        {name: bindparam(name) for name in ("state", "dropped", "code", "expires_ms", "look_ms")}
    ),
)
_ORPHAN = Prepared("device", "name", statement=_MINE_CHANGED.values(state="orphaned"))
_LAST_TOLD = Prepared(
    "device",
    "name",
    statement=select(*(Order.__table__.c[name] for name in Told._fields))
    .where(Order.device_id == bindparam("device"), Order.txn == bindparam("name"), Order.verb == MADE)
    .order_by(Order.number.desc())
    .limit(1),
)
