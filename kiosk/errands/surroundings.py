"""What a move of an errand may know besides the errand itself, and what it gives back."""

from __future__ import annotations

from msgspec import Struct

from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.errands.state import Errand
from kiosk.payments import Payments
from kiosk.session.state import Session


class Surroundings(Struct, frozen=True):
    """The time, the desk's settings, who stands there, and what the ILS takes."""

    now: Now
    desk: config.Desk
    session: Session
    """As it is after this event."""
    takes: frozenset[str] = frozenset()
    """Identifiers of the requests that the ILS answers."""
    online: bool = False
    """Broker and central are both there."""
    payments: Payments = Payments()
    """Money that is under way."""

    @property
    def mono_ms(self) -> int:
        return self.now.mono_ms

    def idle_end_ms(self) -> int:
        return self.mono_ms + int(self.desk.idle_s * 1000)


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Errand, Effects]
"""The errand, and what is to be done."""
