"""When a scanner is told what, and whether it answers. Pure: `now` is an argument, in seconds of a steady clock.

    opened ──> set up: one command, its answer, the next ──> look, again every `every_s` and after each payload
                                                               ^                    |
                                                               └── ready ── stop <── busy

A scanner that answers is proven by its first answer, and gone after UNANSWERED commands without one.
"""

from __future__ import annotations

from collections import deque

from drivers.errors import Gone, Unsupported
from drivers.scanner.trigger import Trigger

ANSWER_S = 0.5
"""A scanner answers within 0.1 s."""
UNANSWERED = 3
"""Commands in a row without an answer before the scanner is gone."""


class Looking:
    """One scanner with a trigger, or without one: then it is told nothing."""

    def __init__(self, trigger: Trigger | None, every_s: float, setup: tuple[bytes, ...] = ()) -> None:
        self._trigger = trigger
        self._every_s = every_s
        self._setup = deque(setup)
        self._due_s = 0.0
        """When it is told to look again."""
        self._looks = False
        self._asked_s: float | None = None
        """When a command was written whose answer is owed."""
        self._unanswered = 0
        self.proven = not (trigger and trigger.answer)
        """It has answered, or never does."""

    def due(self, now: float, *, wanted: bool) -> bytes:
        """What is to be written now; mostly nothing.

        Raises:
            Gone: it answers nothing.
        """
        if not self._trigger or self._is_waiting(now):
            return b""
        command = b""
        if self._setup:
            command = self._setup[0]
        elif wanted and (not self._looks or now >= self._due_s):
            self._looks, self._due_s = True, now + self._every_s
            command = self._trigger.look
        elif self._looks and not wanted:
            self._looks = False
            command = self._trigger.stop
        self._asked_s = now if command and self._trigger.answer else None
        return command

    def heard(self, answers: list[bool]) -> None:
        """It has answered.

        Raises:
            Unsupported: it does not take a setting, or not this trigger.
        """
        if not answers:
            return
        self.proven, self._unanswered, self._asked_s = True, 0, None
        command = self._setup.popleft() if self._setup else b""
        if not all(answers):
            raise Unsupported(
                f"the scanner refuses {command!r}" if command else "the scanner refuses its trigger"
            )

    def shown(self) -> None:
        """A payload came: scanners stop looking after each."""
        self.proven, self._due_s = True, 0.0

    def _is_waiting(self, now: float) -> bool:
        """Whether an answer is owed, and may still come."""
        if self._asked_s is None:
            return False
        if now - self._asked_s < ANSWER_S:
            return True
        self._asked_s = None
        self._unanswered += 1
        if self._unanswered == UNANSWERED:
            raise Gone("no answer to its trigger: is it this maker's scanner, at this baud rate?")
        return False
