"""What a device or a line of a kiosk stands on: the clock, chance, and the kiosk's queue."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Protocol

from kiosk.events import AnyEvent
from tests.simulation.timeline import Timeline


class Host(Protocol):
    """A kiosk as its devices and lines see it."""

    timeline: Timeline
    chance: Random

    def post(self, event: AnyEvent) -> None:
        """Put an event on the kiosk's queue; nothing happens where it has no power."""

    def later(self, wait_ms: float, act: Callable[[], None]) -> None:
        """Let something happen, unless the kiosk's program ends before."""
