"""The one clock: everything that happens is an action at a time, in an order that the seed fixes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from heapq import heappop, heappush
from zlib import crc32

from kiosk.clock import Now

EPOCH_MS = 1_790_000_000_000
"""Wall time at which a simulation begins: 2026-09-21 14:13:20 UTC."""
KEPT_EVENTS = 60
"""Of the trace, what a failure shows."""
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Script = Generator[float, None, None]
"""What somebody does: each value is a time to wait, in milliseconds."""
Verdict = Generator[float, None, bool]
"""The same, and whether it came to pass."""


class Timeline:
    """Milliseconds since the beginning, and what is to happen when. Equal times keep their order."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.events = 0
        self.digest = 0
        """CRC-32 over everything noted: equal for equal seeds, in every process."""
        self._noted: deque[tuple[int, str, str]] = deque(maxlen=KEPT_EVENTS)
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        """What is later than now, as a heap; and what was, of this very millisecond."""
        self._at_once: deque[Callable[[], None]] = deque()
        """What was said in this millisecond to happen in it: after all that was due."""
        self._count = 0

    @property
    def wall_ms(self) -> int:
        """The right time, since 1970."""
        return EPOCH_MS + self.now_ms

    def after(self, wait_ms: float, act: Callable[[], None]) -> None:
        """Let `act` happen in `wait_ms`."""
        if wait_ms < 1:
            self._at_once.append(act)
            return
        self._count += 1
        heappush(self._due, (self.now_ms + int(wait_ms), self._count, act))

    def play(self, script: Script | Verdict, wait_ms: float = 0) -> None:
        """Let somebody begin in `wait_ms`; each yielded value is a wait."""

        def go_on() -> None:
            wait_ms = next(script, None)
            if wait_ms is not None:
                self.after(wait_ms, go_on)

        self.after(wait_ms, go_on)

    def run(self, until_ms: int) -> None:
        """Let everything happen that is due before `until_ms`, and stand there."""
        due, at_once = self._due, self._at_once
        while True:
            if at_once and not (due and due[0][0] <= self.now_ms):
                act = at_once.popleft()
            elif due and due[0][0] <= until_ms:
                self.now_ms, _, act = heappop(due)
            else:
                break
            self.events += 1
            act()
        self.now_ms = max(self.now_ms, until_ms)

    def note(self, who: str, what: str) -> None:
        """Keep a line for whoever reads a failure."""
        self.digest = crc32(f"{self.now_ms} {who} {what}".encode(), self.digest)
        self._noted.append((self.now_ms, who, what))

    def trace(self) -> list[str]:
        """What was noted last."""
        return [f"{_clock(at_ms)}  {who:<12} {what}" for at_ms, who, what in self._noted]


def _clock(at_ms: int) -> str:
    day, rest = divmod(at_ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, ms = divmod(rest, MINUTE)
    return f"day {day} {hours:02d}:{minutes:02d}:{ms / SECOND:06.3f}"


class KioskClock:
    """A machine's two clocks. The wall clock may be wrong; the other starts at each boot."""

    def __init__(self, timeline: Timeline, boot: str) -> None:
        self._timeline = timeline
        self.error_ms = 0
        """Wall clock less the right time."""
        self.trusted = True
        self.begun: dict[str, int] = {}
        """When the other clock of each boot stood at zero, by the right time."""
        self.reboot(boot)

    def reboot(self, boot: str) -> None:
        self.boot, self._booted_ms = boot, self._timeline.now_ms - SECOND
        self.begun[boot] = EPOCH_MS + self._booted_ms

    def now(self) -> Now:
        return Now(self._timeline.wall_ms + self.error_ms, self._timeline.now_ms - self._booted_ms)

    def is_set(self) -> bool:
        return self.trusted

    def is_synchronised(self) -> bool:
        return self.trusted and not self.error_ms
