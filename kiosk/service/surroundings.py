"""What the moves of the service see besides its own state. Frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.fittings import Fittings
from kiosk.service.state import Service
from kiosk.veiled import Veiled


class Surroundings(Veiled, frozen=True):
    UNSEEN = frozenset({"named"})
    now: Now
    named: Callable[[str], str]
    """The pseudonym of a card."""
    staff: frozenset[str]
    """Pseudonyms of the cards that are let in."""
    fittings: Fittings

    def is_staff(self, card: str) -> bool:
        return bool(self.staff) and self.named(card) in self.staff


Effects: TypeAlias = tuple[AnyEffect, ...]
Stepped: TypeAlias = tuple[Service, Effects]
