"""What staff do with devices: give orders, enrol kiosks, look at the tree of branches.

Each operation takes the session of its caller's transaction; the caller commits. An order is
published only after that commit (`order_payload`), so that no kiosk carries out what is not on record.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from central.fleet.models import Device, DeviceCondition, Order
from wire import orders, topics
from wire.signing import seal

HEARING = frozenset({"ready", "degraded"})
"""Conditions in which a kiosk carries out orders."""


class NotPossible(ValueError):  # noqa: N818 - an answer to who asked
    """The order cannot be given now; `args[0]` says why in a word: `unknown_device`, `unknown_verb`, `not_ready`."""


def give_order(
    session: Session, device_id: str, verb: str, staff: str, now_ms: int, *, seconds: int = 0
) -> Order:
    """A new order, numbered under the lock of its device's row, pending.

    Args:
        session: the caller's transaction; publish `order_payload` after its commit.
        device_id: who is to do it.
        verb: one of `wire.orders.Verb`.
        staff: user name of who asks.
        now_ms: central's clock; the deadline is 15 s later for live verbs, a day for the others.
        seconds: `door.release`: how long, 0 for the room's own setting.

    Raises:
        NotPossible: no such device or verb, or a live verb while the kiosk is not ready.
    """
    if verb not in orders.VERBS:
        raise NotPossible("unknown_verb")
    device = session.get(Device, device_id, with_for_update={"key_share": True})
    if device is None:
        raise NotPossible("unknown_device")
    live = verb in orders.LIVE_VERBS
    condition = session.get(DeviceCondition, device_id)
    if live and (condition is None or condition.state not in HEARING):
        raise NotPossible("not_ready")
    device.last_order += 1
    order = Order(
        device_id=device_id,
        number=device.last_order,
        verb=verb,
        seconds=seconds,
        boot=_boot(condition) if live else None,
        issued_ms=now_ms,
        deadline_ms=now_ms + 1000 * (orders.LIVE_ORDER_S if live else orders.DURABLE_ORDER_S),
        staff=staff,
        state="pending",
    )
    session.add(order)
    session.flush()
    return order


def order_payload(key: Ed25519PrivateKey, order: Order) -> tuple[str, bytes]:
    """Topic and signed payload of an order: QoS 1, never retained."""
    topic = topics.topic(order.device_id, topics.ORDERS)
    message = orders.Order(
        number=order.number,
        verb=order.verb,  # type: ignore[arg-type] # give_order took it from the same list
        issued_ms=order.issued_ms,
        deadline_ms=order.deadline_ms,
        boot=order.boot,
        seconds=order.seconds,
    )
    return topic, seal(key, topic, message)


def _boot(condition: DeviceCondition | None) -> str | None:
    boot = condition.body.get("boot") if condition else None
    return boot if isinstance(boot, str) and boot.strip("0") else None
