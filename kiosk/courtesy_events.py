"""What the duty desk says to whoever called for help. Part of `kiosk.events`; made by the loop from orders."""

from __future__ import annotations

from msgspec import Struct

from kiosk.veiled import Veiled


class HelpSaid(Veiled, frozen=True):
    """A line from the duty desk."""

    UNSEEN = frozenset({"text"})

    call: int
    text: str
    """It may name somebody."""


class HelpClosed(Struct, frozen=True):
    """The duty desk ends the call."""

    call: int


HelpEvent = HelpSaid | HelpClosed
