"""Guesses at passwords and PINs: who misses often waits, longer each time, and is not even heard meanwhile.

- Counted apart: what is guessed (an account, a card), where (a network, a terminal), and the two together;
  so one card tried from everywhere and every card tried from one place are both slow.
- Whoever fitted here before waits for misses of the very same name at the very same place alone: nobody can
  keep a terminal from coming back by guessing at its password elsewhere, or at others' beside it.
- While a guess waits the answer is no, whatever was said: a right one teaches nothing either.
- Counts are forgotten FORGET_S after the last miss, and when the process ends.
- At most MAX_KEPT are kept, the longest quiet leave first. Thread-safe.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network
from threading import Lock
from typing import NamedTuple

FREE_NAME = 5
"""Misses of one account or card that cost nothing: a person mistypes twice, and tries the old one."""
FREE_PLACE = 20
"""Misses in one network or at one terminal that cost nothing: a school's readers in one break."""
FIRST_S, MOST_S = 1.0, 300.0
DOUBLINGS = 9
"""The wait doubles from the first to the longest: some 500 guesses a day, 3 years for half of six digits."""
FORGET_S = 900.0
MAX_KEPT = 10_000
IPV6_BITS = 64
"""Of an address, its network's: what a subscriber is given at least (RFC 6177)."""


def network(address: str) -> str:
    """Whose guesses are counted together: one machine may have all addresses of a network of IPv6."""
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), IPV6_BITS), strict=False))


class Guess(NamedTuple):
    """What is guessed at, and where."""

    name: str
    """`account …`, `card …` or `staff …`."""
    place: str
    """`network …` or `terminal …`."""


@dataclass(slots=True)
class _Count:
    misses: int = 0
    missed_at: float = 0.0
    until: float = 0.0
    """No guess is heard before."""


class Guesses:
    """What was missed lately."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Nothing missed yet; `now_s` is a clock that never goes back."""
        self._now_s = now_s
        self._counts: OrderedDict[object, _Count] = OrderedDict()
        self._proven: OrderedDict[Guess, None] = OrderedDict()
        self._lock = Lock()

    def are_heard(self, guess: Guess) -> bool:
        """Whether this guess is looked at now."""
        with self._lock:
            now = self._now_s()
            if guess in self._proven:
                return not self._waits(guess, now)
            return not any(self._waits(key, now) for key in (guess, *guess))

    def missed(self, guess: Guess) -> float:
        """A guess was wrong; how long the next one waits, in seconds."""
        with self._lock:
            now = self._now_s()
            frees = {guess: FREE_NAME, guess.name: FREE_NAME, guess.place: FREE_PLACE}
            waits_s = [self._miss(key, free, now) for key, free in frees.items()]
            while len(self._counts) > MAX_KEPT:
                self._counts.popitem(last=False)
            return max(waits_s)

    def fitted(self, guess: Guess) -> None:
        """A guess was right: this name is at home at this place."""
        with self._lock:
            self._counts.pop(guess, None)
            self._proven[guess] = None
            self._proven.move_to_end(guess)
            while len(self._proven) > MAX_KEPT:
                self._proven.popitem(last=False)

    def _waits(self, key: object, now: float) -> bool:
        count = self._counts.get(key)
        return count is not None and now < count.until

    def _miss(self, key: object, free: int, now: float) -> float:
        count = self._counts.get(key)
        if count is None or now - count.missed_at >= FORGET_S:
            count = self._counts[key] = _Count()
        self._counts.move_to_end(key)
        count.misses += 1
        count.missed_at = now
        over = count.misses - free
        wait_s = min(FIRST_S * 2 ** min(over - 1, DOUBLINGS), MOST_S) if over > 0 else 0.0
        count.until = now + wait_s
        return wait_s
