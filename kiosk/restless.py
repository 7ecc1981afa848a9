"""Faults that come and go: told some times, then left standing until they are over for good. Pure.

A loose wire, or a library system that greets and then answers nothing, would fill the journal all by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

Key = tuple[int, str]
"""A fault's number, and its device."""
OFTEN = 10
WITHIN_MS = 10 * 60_000
"""What has begun OFTEN times in so long is told no more of."""
CALM_MS = 5 * 60_000
"""It is over when it has not been there for so long."""


class Restless(Struct, frozen=True):
    """What is known of faults that were there before; all times are monotonic milliseconds."""

    begun: Mapping[Key, tuple[int, ...]] = {}
    """When each began, the last OFTEN times, told or not."""
    over: Mapping[Key, int] = {}
    """Of those that are left standing, since when they are not there."""

    def begin(self, key: Key, now_ms: int) -> Restless:
        """A fault begins, or one that was left standing is there again."""
        began = (*self.begun.get(key, ()), now_ms)[-OFTEN:]
        return replace(self.end(key), begun={**self.begun, key: began})

    def end(self, key: Key) -> Restless:
        """A fault is left standing no longer."""
        return replace(self, over={other: ms for other, ms in self.over.items() if other != key})

    def leave(self, key: Key, now_ms: int) -> Restless:
        """A fault is not there any more, and is left standing."""
        return replace(self, over={**self.over, key: now_ms})

    def is_restless(self, key: Key, now_ms: int) -> bool:
        """Whether a fault has begun so often of late that its end is not believed."""
        begun = self.begun.get(key, ())
        return len(begun) == OFTEN and now_ms - begun[0] <= WITHIN_MS

    def calmed(self, now_ms: int) -> tuple[Key, ...]:
        """Faults that were left standing, and are over."""
        return tuple(key for key, ms in self.over.items() if ms + CALM_MS <= now_ms)

    def deadline_ms(self) -> int | None:
        """When the next of them may be; None: none is left standing."""
        return min(self.over.values()) + CALM_MS if self.over else None
