"""Round numbers for the axis of a chart. Pure."""

from __future__ import annotations

from math import floor, log10

NICE = (1.0, 2.0, 5.0, 10.0)


def round_step(span: float, steps: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten of which at most `steps` hold a span above 0."""
    power = 10.0 ** floor(log10(span / steps))
    return next(nice * power for nice in NICE if nice * power * steps >= span)
