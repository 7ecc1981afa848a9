"""What staff do with devices: give orders, enrol kiosks.

Each operation takes the session of its caller's transaction; the caller commits. An order is
published only after that commit (`order_payload`), so that no kiosk carries out what is not on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, cast
from zoneinfo import available_timezones

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from central.fleet.models import Branch, Device, DeviceCondition, Order
from central.statements import Cursor, Prepared, among
from wire import orders, topics
from wire.ids import BootId, is_device_id
from wire.signing import seal

LISTENING = frozenset({"ready", "degraded", "broken", "service"})
"""Conditions in which a kiosk hears orders. One that serves nobody, for whatever reason, still has its door."""
NUMBERS_SINCE = 1_767_225_600
"""2026-01-01 in seconds since 1970: order numbers count from here, in 31 bits until 2094."""

Setting = Literal["staffed", "room24"]
Verdict = Literal["", "done", "never"]


class NotPossible(ValueError):  # noqa: N818 - an answer to who asked
    """It cannot be done now; `args[0]` says why in a word: see WHY."""


WHY = frozenset(
    {
        "unknown_device",
        "retired",
        "unknown_verb",
        "not_ready",
        "incomplete",
        "malformed_id",
        "known_device",
        "known_branch",
        "unknown_branch",
        "unknown_zone",
    }
)
BRANCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
"""Also an institution code in SIP2 messages, so no field delimiter and no space."""


def give_order(
    session: Session,
    device_id: str,
    verb: str,
    staff: str,
    now_ms: int,
    *,
    seconds: int = 0,
    boot: str | None = None,
    txn: str | None = None,
    verdict: Verdict = "",
    more: Mapping[str, object] | None = None,
    deadline_ms: int | None = None,
) -> Order:
    """A new order, numbered under the lock of its device's row, pending.

    Numbers grow by one, and with the clock: a central restored from yesterday's backup gives none that
    the kiosk has taken already, which it would not carry out, and whose answer would be another's.

    Args:
        session: the caller's transaction.
        device_id: who is to do it.
        verb: one of `wire.orders.Verb`.
        staff: user name of who asks.
        now_ms: central's clock.
        seconds: `door.release`: how long, 0 for the room's own setting.
        boot: `journal.renew`: the one machine of two that is meant.
        txn: `debt.settle`: which debt; `payment.*`: which payment.
        verdict: `debt.settle`: how it ends.
        more: what else the kiosk is told, by its name in `wire.orders.Order`.
        deadline_ms: None: 15 s later for live verbs, else a day.

    Raises:
        NotPossible: one of WHY.
    """
    _refuse_incomplete(verb, boot, txn, verdict, more)
    cursor, live = Cursor(session.connection()), verb in orders.LIVE_VERBS
    last = _lock(cursor, device_id, verb)
    number = max(last + 1, now_ms // 1000 - NUMBERS_SINCE)
    order = Order(device_id=device_id, verb=verb, seconds=seconds, txn=txn, staff=staff, issued_ms=now_ms)
    order.number, order.boot = number, _hearing(cursor, device_id) if live else boot
    order.verdict, order.more = verdict or None, dict(more) if more else None
    life_s = orders.LIVE_ORDER_S if live else orders.DURABLE_ORDER_S
    order.deadline_ms = deadline_ms or now_ms + 1000 * life_s
    cursor.run(_GIVEN, device_id, number)
    session.add(order)
    session.flush()
    return order


def _refuse_incomplete(
    verb: str, boot: str | None, txn: str | None, verdict: Verdict, more: Mapping[str, object] | None
) -> None:
    complete = {
        "debt.settle": bool(txn and verdict),
        "journal.renew": bool(boot),
        "room.count": "persons" in (more or {}),
    }
    if not complete.get(verb, True) or not _is_boot(boot):
        raise NotPossible("incomplete")


def _is_boot(boot: str | None) -> bool:
    try:
        msgspec.convert(boot, BootId | None)
    except msgspec.ValidationError:
        return False
    return True


def _lock(cursor: Cursor, device_id: str, verb: str) -> int:
    """The number of the last order of a device that can be given this one; its row is locked."""
    if verb not in orders.VERBS:
        raise NotPossible("unknown_verb")
    device = cursor.one(_COMMANDED, device_id)
    if device is None:
        raise NotPossible("unknown_device")
    last, retired_on = device
    if retired_on is not None:
        raise NotPossible("retired")
    return int(last)


def _hearing(cursor: Cursor, device_id: str) -> str | None:
    """The boot of a device that hears orders at this moment; None where it does not name it."""
    state, body = cursor.one(_CONDITION, device_id) or ("", {})
    if state not in LISTENING:
        raise NotPossible("not_ready")
    boot = body.get("boot")
    return boot if isinstance(boot, str) and boot.strip("0") else None


_COMMANDED = Prepared(
    "device",
    statement=select(Device.last_order, Device.retired_on)
    .where(Device.id == bindparam("device"))
    .with_for_update(key_share=True),
)
_GIVEN = Prepared(
    "device",
    "number",
    statement=update(Device).where(Device.id == bindparam("device")).values(last_order=bindparam("number")),
)
_CONDITION = Prepared(
    "device",
    statement=select(DeviceCondition.state, DeviceCondition.body).where(
        DeviceCondition.device_id == bindparam("device")
    ),
)


class Given(NamedTuple):
    """What an order tells its device, by the names of its columns."""

    device_id: str
    number: int
    verb: str
    issued_ms: int
    deadline_ms: int
    boot: str | None
    seconds: int
    txn: str | None
    verdict: str | None
    more: dict[str, object] | None


def order_payload(key: Ed25519PrivateKey, order: Order | Given) -> tuple[str, bytes]:
    """Topic and signed payload of an order: QoS 1, never retained."""
    topic = topics.topic(order.device_id, topics.ORDERS)
    message = orders.Order(
        number=order.number,
        verb=order.verb,
        issued_ms=order.issued_ms,
        deadline_ms=order.deadline_ms,
        boot=order.boot,
        seconds=order.seconds,
        txn=order.txn,
        verdict=cast("Verdict", order.verdict or ""),
        **cast("dict[str, Any]", order.more or {}),
    )
    return topic, seal(key, topic, message)


# ---------------------------------------------------------------- what the ingest asks again and again
def are_late(session: Session, now_ms: int) -> bool:
    """Whether `expire` has anything to do; needs no lock."""
    return Cursor(session.connection()).one(_ARE_LATE, now_ms) is not None


def expire(session: Session, now_ms: int) -> int:
    """Give up on orders past their deadline; how many there were. A late answer still counts."""
    return len(Cursor(session.connection()).all(_EXPIRE, now_ms))


def pending_durable(
    session: Session, now_ms: int, device_ids: Iterable[str] | None = None
) -> Sequence[Given]:
    """Orders to send again, oldest first.

    Args:
        session: may be a reading one.
        now_ms: central's clock.
        device_ids: devices that have just begun to listen; None: all that do.
    """
    cursor = Cursor(session.connection())
    if device_ids is None:
        rows = cursor.all(_PENDING, now_ms)
    else:
        rows = cursor.all(_PENDING_OF, now_ms, sorted(device_ids))
    return [Given(*row) for row in rows]


_LATE = (Order.state == "pending", Order.deadline_ms < bindparam("now_ms"))
_ARE_LATE = Prepared("now_ms", statement=select(Order.id).where(*_LATE).limit(1))
_EXPIRE = Prepared(
    "now_ms", statement=update(Order).where(*_LATE).values(state="expired").returning(Order.id)
)


_STANDING = (
    select(*(Order.__table__.c[name] for name in Given._fields))
    .where(
        Order.state == "pending",
        Order.deadline_ms >= bindparam("now_ms"),
        *(Order.verb != verb for verb in sorted(orders.LIVE_VERBS)),
    )
    .order_by(Order.device_id, Order.number)
)
_HEARS = or_(*(DeviceCondition.state == state for state in sorted(LISTENING)))
_PENDING = Prepared(
    "now_ms",
    statement=_STANDING.where(Order.device_id.in_(select(DeviceCondition.device_id).where(_HEARS))),
)
_PENDING_OF = Prepared(
    "now_ms",
    "devices",
    statement=lambda dialect: _STANDING.where(among(dialect, Order.device_id, "devices")),
)


# ---------------------------------------------------------------- branches and devices
def found(
    session: Session, branch_id: str, parent_id: str | None, tier: str, name_zh: str, name_en: str, zone: str
) -> Branch:
    """Enter a new branch, the last among its siblings.

    Raises:
        NotPossible: `malformed_id`, `known_branch`, `unknown_branch` (its parent) or `unknown_zone`.
    """
    if not BRANCH_ID.fullmatch(branch_id):
        raise NotPossible("malformed_id")
    if session.get(Branch, branch_id) is not None:
        raise NotPossible("known_branch")
    if parent_id is not None and session.get(Branch, parent_id) is None:
        raise NotPossible("unknown_branch")
    if zone not in available_timezones():
        raise NotPossible("unknown_zone")
    siblings = session.scalar(select(func.count()).where(Branch.parent_id == parent_id)) or 0
    branch = Branch(
        id=branch_id,
        parent_id=parent_id,
        tier=tier,
        name_zh=name_zh,
        name_en=name_en,
        zone=zone,
        position=siblings,
    )
    session.add(branch)
    session.flush()
    return branch


def enrol(
    session: Session,
    device_id: str,
    branch_id: str,
    name_zh: str,
    name_en: str,
    setting: Setting,
    commissioned_on: date | None = None,
) -> Device:
    """Enter a new kiosk in the registry.

    Raises:
        NotPossible: `malformed_id`, `known_device` or `unknown_branch`.
    """
    if not is_device_id(device_id) or device_id == topics.CENTRAL:
        raise NotPossible("malformed_id")
    if session.get(Device, device_id) is not None:
        raise NotPossible("known_device")
    if session.get(Branch, branch_id) is None:
        raise NotPossible("unknown_branch")
    device = Device(
        id=device_id,
        branch_id=branch_id,
        name_zh=name_zh,
        name_en=name_en,
        setting=setting,
        commissioned_on=commissioned_on,
        last_order=0,
    )
    session.add(device)
    session.flush()
    return device


def in_service(session: Session, device_id: str) -> Device | None:
    """A kiosk of ours that is not retired; None for anybody else."""
    device = session.get(Device, device_id) if device_id else None
    return device if device is not None and device.retired_on is None else None


def retire(session: Session, device_id: str, today: date) -> None:
    """Take a kiosk out of service for good; what it has told stays, it is heard no more, its orders end.

    Raises:
        NotPossible: `unknown_device`.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise NotPossible("unknown_device")
    device.retired_on = device.retired_on or today
    pending = Order.device_id == device_id, Order.state == "pending"
    session.execute(update(Order).where(*pending).values(state="expired"))
