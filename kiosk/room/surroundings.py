"""What a step of the room may know besides the room itself. Pure."""

from __future__ import annotations

from msgspec import Struct

from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.room.hours import MINUTE_MS, civil_minute
from kiosk.room.settings import Room as Settings
from kiosk.room.state import Room
from kiosk.rule import Rule
from wire.hours import DAY_MIN


class Surroundings(Struct, frozen=True):
    """What a move may know besides the room: the time, the room's settings, what the kiosk decides by itself."""

    now: Now
    rules: Settings
    rule: Rule

    def after_ms(self, seconds: float) -> int:
        return self.now.mono_ms + int(seconds * 1000)


def until_min(begin: int, length: int, around: Surroundings) -> int | None:
    """Minutes until an hour of the room's day, 0 within it; None where nobody knows the civil time.

    Args:
        begin: minute of the day at which it begins.
        length: minutes for which it lasts, across midnight too.
        around: the time, and the list of hours that names the zone.
    """
    listed = around.rule.lists.hours
    if listed is None or not around.rule.memory.clock_set(around.now):
        return None
    at = civil_minute(listed.zone, around.rule.memory.time_ms(around.now) // MINUTE_MS)
    since = (at.hour * 60 + at.minute - begin) % DAY_MIN
    return 0 if since < length else DAY_MIN - since


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Room, Effects]
