"""What a move of the session may know besides the session itself, and what it gives back."""

from __future__ import annotations

from msgspec import Struct

from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.rule import Rule
from kiosk.session.state import Session


class Surroundings(Struct, frozen=True):
    """The time, the desk's settings, and what the kiosk decides by itself."""

    now: Now
    desk: config.Desk
    rule: Rule

    @property
    def mono_ms(self) -> int:
        return self.now.mono_ms

    def idle_end_ms(self) -> int:
        """When a session that nothing more happens to will end (monotonic)."""
        return self.mono_ms + int(self.desk.idle_s * 1000)


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Session, Effects]
