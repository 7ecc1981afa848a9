"""What lies on a pad, from what each inventory found. Pure: the time is an argument.

    unknown --found--> present --missed `missed` complete inventories and `absent_ms` long--> unknown
                       present --found again--> present, nothing is said: it only flickered

An inventory that the reader could not finish shows who is there, and proves nobody's absence. Some readers
near metal finish none for hours: a tag that all of them have missed for `doubted_ms` is gone all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresenceRule:
    """When a tag counts as gone: both must be fulfilled."""

    missed: int = 3
    """Complete inventories in a row that did not find it: a tag at the edge misses one or two."""
    absent_ms: int = 250
    """Time since it was last found: three quick polls are no proof while a hand moves the pile."""
    doubted_ms: int = 3000
    """The same where no inventory was finished."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an inventory changed, each in the order in which the tags came."""

    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


NOTHING = Changes()


@dataclass(slots=True)
class _Trace:
    found_ms: int
    missed: int = 0


class Presence:
    """The tags that are taken to be there."""

    def __init__(self, rule: PresenceRule) -> None:
        self._rule = rule
        self._traces: dict[str, _Trace] = {}

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(self._traces)

    def observe(self, found: Iterable[str], now_ms: int, *, complete: bool = True) -> Changes:
        """Take in one inventory.

        Args:
            found: UIDs, each at least once.
            now_ms: any clock that never runs back.
            complete: False where the reader says that there may be more.
        """
        here = dict.fromkeys(found)
        if not here and not self._traces:
            return NOTHING
        came = tuple(uid for uid in here if uid not in self._traces)
        for uid in here:
            self._traces[uid] = _Trace(now_ms)
        missing = [uid for uid in self._traces if uid not in here]
        if complete:
            gone = tuple(uid for uid in missing if self._miss(uid, now_ms))
        else:
            gone = tuple(uid for uid in missing if self._unseen_ms(uid, now_ms) >= self._rule.doubted_ms)
        for uid in gone:
            del self._traces[uid]
        return Changes(came, gone)

    def _miss(self, uid: str, now_ms: int) -> bool:
        trace = self._traces[uid]
        trace.missed += 1
        return trace.missed >= self._rule.missed and self._unseen_ms(uid, now_ms) >= self._rule.absent_ms

    def _unseen_ms(self, uid: str, now_ms: int) -> int:
        return now_ms - self._traces[uid].found_ms
