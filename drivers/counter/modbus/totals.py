"""From a counter's registers to totals that wrap at 2**32. Pure.

A register that is smaller than it was has wrapped, or was reset. It has wrapped where the way round is
short: at most `MAX_STEP` persons between two looks. Otherwise the unit began anew at 0, and who has come
since then is what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_STEP = 1000
"""More persons between two looks than that are no crowd: a jump."""
WRAP = 1 << 32


@dataclass(frozen=True, slots=True)
class Step:
    """How a total went on."""

    total: int
    reset: bool = False
    """The unit began anew."""


class Total:
    """One direction's total: as the unit shows it at first, and grown by what it counts."""

    def __init__(self, width: int) -> None:
        """Of a register of `width` bits."""
        self._wrap = 1 << width
        self._shown: int | None = None
        self._total = 0

    def take(self, shown: int) -> Step:
        """Take what the register shows now."""
        last, self._shown = self._shown, shown
        if last is None:
            self._total = shown
            return Step(self._total)
        grown = (shown - last) % self._wrap
        reset = shown < last and grown > MAX_STEP
        self._total = (self._total + (shown if reset else grown)) % WRAP
        return Step(self._total, reset)
