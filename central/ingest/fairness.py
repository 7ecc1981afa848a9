"""The order in which waiting messages are served: whoever sends little is soon served, whatever others send.

The virtual clock (L. Zhang, SIGCOMM 1990): each device may send RATE octets a second; a message is due when
its device would be through with it at that rate, and the one that is due first goes next. So a kiosk that
tells one fact passes a thousand that each send a day of them, whose full batches are due half a minute
later; no message waits for ever, since those that come later are due later; and each device's messages stay
in order. Pure: `now_s` is an argument.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

RATE = 512
"""Octets a second: two facts, more than a room where somebody is lending tells."""
MESSAGE_OCTETS = 128
"""What a message costs besides its own octets."""
MAX_DEBT_S = 300.0
"""What a device has sent beyond its rate is forgotten after this long (nine full batches), or when nothing waits."""

GROUP_S = 0.4
"""Longest that one transaction is to take: a message that is due next may wait for two of them."""
MAX_OCTETS = 512 * 1024
"""Of one transaction, give or take a message: some 3,000 facts, 100 ms of a machine that has nothing else to do."""
MIN_OCTETS = 32 * 1024
"""Less would cost a slow machine more for its commits than for what they hold."""

T = TypeVar("T")


@dataclass(slots=True)
class Portion:
    """How much goes into one transaction: learnt from what the last one took, by halves and doubles."""

    octets: int = MAX_OCTETS

    def took(self, seconds: float) -> None:
        """The last one took so long."""
        if seconds > GROUP_S:
            self.octets = max(self.octets // 2, MIN_OCTETS)
        elif seconds < GROUP_S / 4:
            self.octets = min(self.octets * 2, MAX_OCTETS)


class Fair(Generic[T]):
    """Messages that wait, by device."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._queue: list[tuple[float, int, str, T]] = []
        self._numbers = count()
        self._due_s: dict[str, float] = {}
        """When the last message of each device was due, or is."""
        self._waiting: dict[str, int] = {}
        """How many messages of each device wait, where any do."""

    def __len__(self) -> int:
        return len(self._queue)

    def waiting(self, device: str) -> int:
        """How many messages of a device wait."""
        return self._waiting.get(device, 0)

    def put(self, device: str, octets: int, message: T, now_s: float) -> None:
        """Let a message of so many octets wait."""
        begun_s = max(now_s, self._due_s.get(device, now_s))
        due_s = min(begun_s + (octets + MESSAGE_OCTETS) / RATE, now_s + MAX_DEBT_S)
        self._due_s[device] = due_s
        self._waiting[device] = self.waiting(device) + 1
        heapq.heappush(self._queue, (due_s, next(self._numbers), device, message))

    def take(self) -> T:
        """The message that is due first; `IndexError` where none waits."""
        _, _, device, message = heapq.heappop(self._queue)
        self._waiting[device] -= 1
        if not self._waiting[device]:
            del self._waiting[device]
        if not self._queue:
            self._due_s.clear()
        return message
