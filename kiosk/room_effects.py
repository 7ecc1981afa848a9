"""What the kiosk does to the room itself: lights, power, sirens. Part of `kiosk.effects`."""

from __future__ import annotations

from msgspec import Struct


class Switch(Struct, frozen=True):
    """Switch one output. Answered by OutputSwitched."""

    device: str
    """The board, as the configuration names it."""
    output: str
    """As the board's own settings name it."""
    on: bool
    limit_ms: int = 0
    """After this the board itself ends it; 0: it stays."""
