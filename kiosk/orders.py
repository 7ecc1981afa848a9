"""Whether an order that central signed is carried out, refused, or known already. Pure."""

from __future__ import annotations

from enum import Enum

from wire.orders import Order


class Replayed(Enum):
    """The order's number was taken before: nothing is done and nothing is answered again."""

    REPLAYED = "replayed"


REPLAYED = Replayed.REPLAYED


def judge(order: Order, now_ms: int, boot: str, *, clock_trusted: bool, taken: bool) -> int | Replayed | None:
    """None: carry it out. A number: refuse it with this fault. REPLAYED: it was taken before.

    Args:
        order: its signature has been checked.
        now_ms: wall clock since 1970 UTC, corrected by central's offset.
        boot: names this boot of the machine.
        clock_trusted: the wall clock has been set since boot.
        taken: the journal holds this number.
    """
    raise NotImplementedError(order, now_ms, boot, clock_trusted, taken)
