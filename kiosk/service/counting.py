"""What staff empty and fill: counted as it happens, kept in the same transaction as its facts. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from drivers.events import Printed
from kiosk.clock import Now
from kiosk.effects import AnyEffect, Remember, of_kinds
from kiosk.events import AnyEvent
from kiosk.service.state import Counts
from wire import facts

COUNTS = "service.counts"
"""Under which they are remembered."""


HEARS: frozenset[type] = frozenset(
    {
        Printed,
        facts.LoanMade,
        facts.LoanGranted,
        facts.ReturnMade,
        facts.ReturnTaken,
    }
)


def count(counts: Counts, event: AnyEvent, effects: tuple[AnyEffect, ...]) -> Counts:
    """The counts after a step. What was lent or taken by the rule is counted once, at its time."""
    loans = returns = 0
    for fact in of_kinds(effects, HEARS):
        match fact:
            case facts.LoanMade(granted=False) | facts.LoanGranted():
                loans += 1
            case facts.ReturnMade(taken=False) | facts.ReturnTaken():
                returns += 1
    slips = int(isinstance(event, Printed) and event.error is None)
    if not (loans or returns or slips):
        return counts
    return replace(
        counts, loans=counts.loans + loans, returns=counts.returns + returns, slips=counts.slips + slips
    )


def begun_anew(counts: Counts, act: Literal["box_emptied", "paper_changed"], now: Now) -> Counts:
    """The counts after staff emptied the box, or changed the paper."""
    wall_ms = max(now.wall_ms, 0)
    if act == "box_emptied":
        return replace(counts, loans=0, returns=0, box_ms=wall_ms)
    return replace(counts, slips=0, paper_ms=wall_ms)


def kept(counts: Counts) -> Remember:
    return Remember(COUNTS, msgspec.json.encode(counts).decode())


def recalled(text: str | None) -> Counts:
    """What was kept; nothing where it cannot be read."""
    try:
        return msgspec.json.decode(text or "{}", type=Counts)
    except msgspec.MsgspecError:
        return Counts()
