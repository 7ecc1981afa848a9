"""What the configuration says of closing, arming and the night: `[room.closing]`, `[room.arming]`, `[room.night]`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.room.written import Clock

Minutes = Annotated[int, Meta(ge=0, le=120)]
Language = Literal["zh-CN", "en", "ug-Arab", "kk-Arab", "mn-Mong"]
"""As `kiosk.config.Language`."""


class Closing(Struct, frozen=True, forbid_unknown_fields=True):
    """The last minutes before a room closes."""

    announce_min: tuple[Literal[15, 10, 5], ...] = (15, 10, 5)
    """Minutes before closing at which it is announced; each has its prompt."""
    languages: tuple[Language, ...] = ()
    """In which announcements are spoken, one after the other; empty: those of the screen."""
    desk_min: Minutes = 5
    """So long before closing the desk begins nothing new; what runs is finished."""
    dim_min: Minutes = 5
    """So long before closing lights are dimmed, where the room has some to dim."""


class Arming(Struct, frozen=True, forbid_unknown_fields=True):
    """A closed room that is empty and still: from then on whatever moves is an alarm."""

    tolerance: Annotated[int, Meta(ge=0, le=20)] = 1
    """Persons that the counter may be off by: so many inside still count as none. Two who pass the beam as one are one
    person too many until the night.
    """
    quiet_min: Annotated[int, Meta(ge=1, le=120)] = 10
    """Nothing has moved for so long."""
    overstay_min: Minutes = 10
    """Somebody who is inside so long after closing is an alarm."""
    late_min: Annotated[int, Meta(ge=1, le=720)] = 60
    """Not armed so long after closing: staff are told."""


class Night(Struct, frozen=True, forbid_unknown_fields=True):
    """Who stays for very long in the night is gently reminded; nobody is sent out."""

    begin: Clock = "23:00"
    end: Clock = "06:00"
    stay_h: Annotated[float, Meta(gt=0, le=24)] = 8.0
    """Somebody has surely been inside for so long: by cards, or by the counter if the first to come go first."""
    remind_min: Annotated[int, Meta(ge=5, le=720)] = 60
    """Between two reminders."""
