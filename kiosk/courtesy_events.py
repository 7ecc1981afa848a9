"""What the duty desk says to whoever called for help. Part of `kiosk.events`; made by the loop from orders."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HelpSaid:
    """A line from the duty desk."""

    call: int
    text: str = field(repr=False)
    """It may name somebody."""


@dataclass(frozen=True, slots=True)
class HelpClosed:
    """The duty desk ends the call."""

    call: int


HelpEvent = HelpSaid | HelpClosed
