"""Whether an order that central signed is carried out, refused, or known already. Pure.

The reasons in the order in which they are looked for:

    taken before                                       → REPLAYED
    a verb that this version does not know             → order_unknown
    for another boot of this machine                   → order_late
    no boot named, and the clock cannot be trusted     → order_not_possible
    no boot named, for one of two that write a journal → order_not_possible
    past its deadline, or a live one older than 15 s   → order_late
"""

from __future__ import annotations

from enum import Enum

from wire import faults
from wire.orders import LIVE_ORDER_S, LIVE_VERBS, VERBS, Order


class Replayed(Enum):
    """The order's number was taken before: nothing is done and nothing is answered again."""

    REPLAYED = "replayed"


REPLAYED = Replayed.REPLAYED


def judge(order: Order, now_ms: int, boot: str, *, clock_trusted: bool, taken: bool) -> int | Replayed | None:
    """None: carry it out. A number: refuse it with this fault. REPLAYED: it was taken before.

    Args:
        order: its signature has been checked.
        now_ms: since 1970 UTC by central's clock, which gave it.
        boot: names this boot of the machine.
        clock_trusted: the wall clock has been set since boot.
        taken: the journal holds this number.
    """
    if taken:
        return REPLAYED
    if order.verb not in VERBS:
        return faults.number("order_unknown")
    if order.boot not in {None, boot}:
        return faults.number("order_late")
    if order.boot is None and (order.verb == "journal.renew" or not clock_trusted):
        return faults.number("order_not_possible")
    return faults.number("order_late") if now_ms > _end_ms(order) else None


def _end_ms(order: Order) -> int:
    """Last moment at which the order is worth carrying out, by central's clock."""
    if order.verb in LIVE_VERBS:
        return min(order.deadline_ms, order.issued_ms + LIVE_ORDER_S * 1000)
    return order.deadline_ms
