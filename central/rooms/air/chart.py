r"""Geometry of a chart of one measured point: x in percent, so that it fits any screen; y in pixels. Pure.

TOP    ┬──────────────── highest tick
       │   ┌┐
       │ ┌┐││┌┐            a step's band from its lowest to its highest value,
       │ └┘└┘└┘            and its last value within
BOTTOM ┴──────────────── lowest tick
HEIGHT   labels of days
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from central.rooms.air.reading import Told
from central.web.scale import round_step

TOP, BOTTOM, HEIGHT = 12, 132, 156
STEPS = 168
MAX_TICKS = 4
THIN = 2.0
"""Pixels: a band of one value is still seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was told within one part of the time."""

    at_ms: int
    """Of the last of it."""
    x: float
    width: float
    top: float
    height: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tick:
    value: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    steps: list[Step]
    ticks: list[Tick]
    top: int = TOP
    bottom: int = BOTTOM
    height: int = HEIGHT


def draw(told: Sequence[Told], first_ms: int, last_ms: int) -> Chart:
    """The chart of a point between two times. A part in which nothing was told stays empty.

    Args:
        told: in order, at least one.
        first_ms: left edge.
        last_ms: right edge.
    """
    ticks = scale(min(one.low for one in told), max(one.high for one in told))
    floor_, top = ticks[0], ticks[-1]

    def y(value: float) -> float:
        return round(BOTTOM - (value - floor_) / (top - floor_) * (BOTTOM - TOP), 1)

    parts: dict[int, list[Told]] = {}
    for one in told:
        part = (one.at_ms - first_ms) * STEPS // (last_ms - first_ms)
        parts.setdefault(min(max(part, 0), STEPS - 1), []).append(one)
    width, steps = 100 / STEPS, []
    for part, within in parts.items():
        low, high = min(one.low for one in within), max(one.high for one in within)
        height = max(round(y(low) - y(high), 1), THIN)
        steps.append(
            Step(
                within[-1].at_ms, round(part * width, 3), round(width, 3), y(high), height,
                within[-1].value, low, high,
            )
        )  # fmt: skip
    return Chart(steps, [Tick(value, y(value)) for value in ticks])


def scale(low: float, high: float) -> list[float]:
    """Round values from below `low` to above `high`, at most MAX_TICKS steps apart."""
    span = max(high - low, abs(high) * 0.02, 0.5)
    step = round_step(span, MAX_TICKS)
    first, last = floor(low / step), ceil(high / step)
    last = max(last, first + 1)
    return [round(n * step, 6) for n in range(first, last + 1)]
