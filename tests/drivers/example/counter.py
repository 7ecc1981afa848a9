"""The light barrier as the house knows it: a counter.

- Asks for the totals every `poll_ms`; posts `Crossed` at connect and whenever they have changed.
- An answer that does not come within `timeout_ms`, three times in a row, is `Gone`; so is a line that is spoiled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import TypeVar

from drivers.device import Post
from drivers.errors import Gone, Misbehaved
from drivers.events import Crossed, DeviceBack
from drivers.line.line import Line, OpenLine
from tests.drivers.example.codec import Lines
from tests.drivers.example.messages import ASK_IDENTITY, ASK_TOTALS, Identity, Totals

TRIES = 3
Answer = TypeVar("Answer", Totals, Identity)


@dataclass(frozen=True, slots=True)
class Timing:
    poll_ms: int = 250
    timeout_ms: int = 200
    """The datasheet promises an answer within 50 ms."""


class LightBarrier:
    """A `drivers.device.Counter`."""

    def __init__(
        self,
        name: str,
        open_line: OpenLine,
        timing: Timing = Timing(),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = name
        self._open_line = open_line
        self._timing = timing
        self._clock = clock

    def abandon(self, post: Post) -> None:
        """It takes no orders; nothing is owed."""

    def run(self, post: Post, stop: Event) -> None:
        """Watch the totals until `stop` is set.

        Raises:
            Gone: the line broke, or the unit does not answer.
            Misbehaved: what answers is no LS-2.
        """
        line = self._open_line()
        try:
            post(DeviceBack(self.name, str(self._ask(line, ASK_IDENTITY, Identity))))
            told: Totals | None = None
            while not stop.is_set():
                totals = self._ask(line, ASK_TOTALS, Totals)
                if totals != told:
                    post(Crossed(self.name, totals.entered, totals.left))
                told = totals
                stop.wait(self._timing.poll_ms / 1000)
        finally:
            line.close()

    def identify(self) -> Identity:
        """Who answers; for a probe."""
        line = self._open_line()
        try:
            return self._ask(line, ASK_IDENTITY, Identity)
        finally:
            line.close()

    def _ask(self, line: Line, question: bytes, kind: type[Answer]) -> Answer:
        """The answer of this kind; one to an earlier question is passed over."""
        spoiled: Misbehaved | None = None
        for _ in range(TRIES):
            lines, give_up = Lines(), self._clock() + self._timing.timeout_ms / 1000
            line.write(question)
            while (left_s := give_up - self._clock()) > 0:
                try:
                    heard = lines.feed(line.read(left_s))
                except Misbehaved as cause:
                    spoiled = cause
                    break
                for answer in heard:
                    if isinstance(answer, kind):
                        return answer
        raise spoiled or Gone(f"no answer in {self._timing.timeout_ms} ms")
