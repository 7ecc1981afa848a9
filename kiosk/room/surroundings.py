"""What a step of the room may know besides the room itself. Pure."""

from __future__ import annotations

from msgspec import Struct

from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.room.settings import Room as Settings
from kiosk.room.state import Room
from kiosk.rule import Rule


class Surroundings(Struct, frozen=True):
    """What a move may know besides the room: the time, the room's settings, what the kiosk decides by itself."""

    now: Now
    rules: Settings
    rule: Rule

    def after_ms(self, seconds: float) -> int:
        return self.now.mono_ms + int(seconds * 1000)


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Room, Effects]
