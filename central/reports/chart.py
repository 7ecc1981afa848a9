r"""Geometry of a bar chart: lengths along x in percent, so that it fits any screen; along y in pixels. Pure.

TOP    ┬──────────────────────────── highest tick
       │        ┌──┐ top
       │  ┌──┐  │  │ the rest         a bar stands on the part of the 24-hour rooms
       │  │  │  ├──┤ rooms_top
       │  ├──┤  │  │ the rooms
BOTTOM ┴──┴──┴──┴──┴────────────────
           1     2  labels
HEIGHT
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central.reports.sums import Sum
from central.web.scale import round_step

TOP, BOTTOM, HEIGHT = 12, 182, 206
"""Pixels from the upper edge: highest tick, base line, lower edge below the labels."""
GAP = 0.22
"""Share of a step that stays empty between two bars."""
MAX_TICKS = 4
FEW = 8
"""Labels that fit a phone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the period."""

    label: str
    sum: Sum
    x: float
    """Left edge, percent."""
    width: float
    """Percent."""
    middle: float
    """Percent, for its label."""
    top: float
    """Upper edge of the whole bar, pixels."""
    rooms_top: float
    """Upper edge of the rooms' part, pixels."""
    major: bool
    """Whether the label stays on a narrow screen."""


@dataclass(frozen=True, slots=True)
class Tick:
    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    ticks: list[Tick]
    top: int = TOP
    bottom: int = BOTTOM
    height: int = HEIGHT


def draw(steps: Sequence[tuple[str, Sum]]) -> Chart:
    """Bars for labelled sums, and ticks at round numbers up to the first one that holds them all."""
    largest = max((sum_.total for _, sum_ in steps), default=0)
    step = tick_step(largest)
    upper = max(step * -(-largest // step), step)
    scale = (BOTTOM - TOP) / upper
    ticks = [Tick(value, BOTTOM - value * scale) for value in range(0, upper + 1, step)]
    slot = 100 / max(len(steps), 1)
    every = -(-len(steps) // FEW)
    bars = [
        Bar(
            label=label,
            sum=sum_,
            x=round(at * slot + slot * GAP / 2, 3),
            width=round(slot * (1 - GAP), 3),
            middle=round((at + 0.5) * slot, 3),
            top=round(BOTTOM - sum_.total * scale, 1),
            rooms_top=round(BOTTOM - sum_.rooms * scale, 1),
            major=at % every == 0,
        )
        for at, (label, sum_) in enumerate(steps)
    ]
    return Chart(bars, ticks)


def tick_step(largest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20 … that needs at most MAX_TICKS steps."""
    return int(round_step(max(largest, MAX_TICKS), MAX_TICKS))
