"""What is asked of a door, in a row, until its thread takes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.bell import Bell
from drivers.device import Post
from drivers.errors import DriverError, Gone, Misuse
from drivers.events import DoorAnswered

STALE_S = 2.0
"""A door that opens later than that opens for somebody else."""


@dataclass(frozen=True, slots=True)
class Order:
    """A release, or its end."""

    verb: Literal["release", "secure"]
    asked_at: float
    limit_ms: int = 0


class Watch(Protocol):
    """What a connected door knows of itself."""

    def refusal(self, order: Order) -> DriverError | None:
        """Why what the door shows forbids the order. May raise as `obey` does: it may look once more."""

    def obey(self, order: Order) -> None:
        """Write the order."""


class Orders:
    """One door's inbox. `ask` from any thread, the rest from the door's own."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self._waiting: deque[Order] = deque()
        self._bell = Bell()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def ask(self, verb: Literal["release", "secure"], limit_ms: int = 0) -> None:
        """Put an order behind the others and wake who waits."""
        self._waiting.append(Order(verb, self._clock(), limit_ms))
        self._bell.ring()

    def carry_out(self, longest_ms: int, watch: Watch, post: Post) -> Order | None:
        """Put the next order to the door; one that it took is returned, any other is answered.

        Raises:
            DriverError: the line failed, not this order.
        """
        if not self._waiting:
            return None
        order = self._waiting.popleft()
        try:
            refusal = self.impossible(order, longest_ms) or watch.refusal(order)
            if refusal is not None:
                post(self.answer(order, refusal))
                return None
            watch.obey(order)
        except DriverError as error:
            post(self.answer(order, error))
            if error.status is None:
                raise
            return None
        return order

    def wait(self, timeout_s: float) -> None:
        """Until an order comes, or time is over."""
        if not self._waiting:
            self._bell.wait(timeout_s)

    def abandon(self, post: Post) -> None:
        """Answer every waiting order `Gone`."""
        while self._waiting:
            post(self.answer(self._waiting.popleft(), Gone(f"{self._name} is not there")))

    def answer(self, order: Order, error: DriverError | None = None) -> DoorAnswered:
        """The one answer to an order."""
        return DoorAnswered(self._name, order.verb, error)

    def impossible(self, order: Order, longest_ms: int) -> DriverError | None:
        """Why it is not carried out, whatever the door shows: too old, or too long."""
        if self._clock() - order.asked_at > STALE_S:
            return Gone(f"{self._name} was not there for {STALE_S:g} s")
        if order.verb == "release" and not 1 <= order.limit_ms <= longest_ms:
            return Misuse(f"a release of {order.limit_ms} ms; 1 to {longest_ms} allowed")
        return None
