"""What the configuration says of a room's alarms: `[room.alarms]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from kiosk.room.written import Clock, Name


class Output(Struct, frozen=True, forbid_unknown_fields=True):
    """One output of a board. Never one that the lock hangs on."""

    device: Name
    """The board, as `[devices]` names it."""
    output: Name
    """As the board's own settings name it."""


class Quiet(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours in which nothing but what is about people and fire is loud."""

    begin: Clock = "22:00"
    end: Clock = "07:00"


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """Between which values a measured point is well, in the unit in which it is measured."""

    low: float | None = None
    high: float | None = None
    back: Annotated[float, Meta(ge=0)] = 1.0
    """It is well again once it is so far within its limits."""


class Alarms(Struct, frozen=True, forbid_unknown_fields=True):
    """Light, siren and voice; what is watched besides the contacts."""

    light: Output | None = None
    """On for as long as an alarm stands that has a light."""
    siren: Output | None = None
    siren_s: Annotated[float, Meta(ge=1, le=300)] = 60.0
    """The board itself ends the siren after this."""
    voice: bool = True
    """Say what is to be done, in the languages in which the room says that it closes."""
    quiet: Quiet | None = None
    drill: bool = True
    """Light, siren and voice in a drill too: people learn what they will hear."""
    tailgating: bool = True
    """More who come in by the counter than cards have let in is an alarm."""
    left_open_s: Annotated[float, Meta(ge=5, le=3600)] = 60.0
    """A door that stands open for so long after closing is an alarm."""
    limits: Annotated[dict[Name, Limit], Meta(max_length=32)] = {}
    """By the names that the vitals give what is measured."""
