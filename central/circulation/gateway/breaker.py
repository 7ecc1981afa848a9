"""Whether an ILS is worth asking: a circuit breaker. Pure; `now` is seconds of a clock that never goes back.

                     the last of TRIPS failures in a row
        ┌── CLOSED ──────────────────────────────────────▶ OPEN ◀───────┐
        │     ▲                                             │ rested     │ failure
        │     │ answer                                      ▼            │
        └─ answer ─────────────────────────────────── HALF_OPEN ─────────┘

CLOSED      all are asked.
OPEN        nobody is: a terminal gets its offline answer at once instead of after a silence.
HALF_OPEN   one question is out as a probe; all others are answered as while it is open.

A failure is a silence, a refused connection or login, an ILS that says it is off line. A refusal of a loan
is an answer. The rest grows from FIRST_REST_S with each failed probe, to MAX_REST_S.
"""

from __future__ import annotations

from enum import Enum, auto

TRIPS = 3
"""Failures in a row: one may be a line that was cut, two the session beside it."""
FIRST_REST_S = 1.0
MAX_REST_S = 15.0
"""What is owed is told within so long of the ILS being back."""
PROBE_S = 30.0
"""A probe that has not come back by then is given up: whoever made it was cancelled."""


class BreakerState(Enum):
    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


class Felt(Enum):
    """What happens to a breaker."""

    ANSWER = auto()
    FAILURE = auto()
    """One that is not the last of TRIPS in a row."""
    LAST_FAILURE = auto()
    RESTED = auto()
    """Somebody asks, and the rest is over."""


_S, _F = BreakerState, Felt

BREAKER: dict[BreakerState, dict[Felt, BreakerState]] = {
    _S.CLOSED: {
        _F.ANSWER: _S.CLOSED,
        _F.FAILURE: _S.CLOSED,
        _F.LAST_FAILURE: _S.OPEN,
        _F.RESTED: _S.CLOSED,
    },
    _S.OPEN: {
        _F.ANSWER: _S.CLOSED,  # to a question that was under way when it opened
        _F.FAILURE: _S.OPEN,
        _F.LAST_FAILURE: _S.OPEN,
        _F.RESTED: _S.HALF_OPEN,
    },
    _S.HALF_OPEN: {
        _F.ANSWER: _S.CLOSED,
        _F.FAILURE: _S.OPEN,
        _F.LAST_FAILURE: _S.OPEN,
        _F.RESTED: _S.HALF_OPEN,
    },
}


class Breaker:
    """The breaker of one ILS."""

    def __init__(self) -> None:
        self.state = BreakerState.CLOSED
        self._failures = 0
        self._rest_s = FIRST_REST_S
        self._until = 0.0
        """Nobody asks before, while it is open; no second probe before, while it is half open."""

    def lets_ask(self, now: float) -> bool:
        """Whether a question may go out, as a probe if need be; what is let through ends in `answered` or `failed`."""
        if self.state is BreakerState.CLOSED:
            return True
        if now < self._until:
            return False
        self._step(Felt.RESTED)
        self._until = now + PROBE_S
        return True

    def answered(self) -> None:
        """The ILS has answered, whatever it said."""
        self._step(Felt.ANSWER)
        self._failures, self._rest_s = 0, FIRST_REST_S

    def failed(self, now: float) -> None:
        """The ILS has not answered, or cannot."""
        self._failures += 1
        before = self.state
        self._step(Felt.LAST_FAILURE if self._failures >= TRIPS else Felt.FAILURE)
        if self.state is BreakerState.OPEN and before is not BreakerState.OPEN:
            self._until = now + self._rest_s
            self._rest_s = min(2 * self._rest_s, MAX_REST_S)

    def _step(self, felt: Felt) -> None:
        self.state = BREAKER[self.state][felt]
