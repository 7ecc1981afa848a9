"""What the configuration says of counting: `[room.counting]`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.room.written import ClockOrNone


class Counting(Struct, frozen=True, forbid_unknown_fields=True):
    """Visits, who is inside, and how many may be."""

    visits: Literal["counter", "card"] | None = None
    """Whose number is the visits: the counter's (method A) or the cards' (method B). The other's is kept beside as a
    check. Left out: the counter's where one counts, else the cards'.
    """
    occupancy: Literal["counter", "card", "both"] | None = None
    """Who is inside by the counter, by cards shown on the way in and out, or by both: the larger holds. Left out: the
    counter where one counts, else cards where there is an exit reader, else nobody knows.
    """
    exit_readers: tuple[str, ...] = ()
    """Card readers beside the way out, by their names in `devices`. A card shown there tells that its reader leaves;
    the way out is free whether one is shown or not.
    """
    still_min: Annotated[int, Meta(ge=30, le=720)] = 120
    """Nothing has moved for so long, and the door is shut: nobody is inside, whatever was counted. In a room that is closed
    at any hour, in one that is open for two hours from `correct_at` on.
    """
    correct_at: ClockOrNone = "03:00"
    """Civil time of the room's hours, `03:00`. Empty: the number of a room that is open is set right by staff alone."""
    disagree: Annotated[int, Meta(ge=1, le=1000)] = 5
    """Counter and cards that differ by more are a fault, where both are asked."""
    maximum: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """Persons that the fire plan allows inside: no list may raise it. Left out: the plan sets none."""
    shown_from: Annotated[int, Meta(ge=0, le=1000)] = 3
    """The screen outside says how many are inside from this many on, and `fewer` below: who is alone in there at
    night is nobody's business outside. 0: it always says how many.
    """
