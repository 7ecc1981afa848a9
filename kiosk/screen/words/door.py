"""The page at the door of a 24-hour room."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Door(Struct, frozen=True, forbid_unknown_fields=True):
    """The screen outside a 24-hour room."""

    secured: Words
    secured_advice: Words
    asking: Words
    asking_advice: Words
    come_in: Words
    come_in_advice: Words
    refused: Words
    released: Words
    released_advice: Words
    open: Words
    open_advice: Words
    free: Words
    free_advice: Words
    fire: Words
    lost: Words
    pin: Words
    pin_advice: Words
    companions: Words
    companions_advice: Words
    """The reader is not counted: next to numbers on buttons."""
    alone: Words
    """On the button for nobody else."""
    until: Words
    """`{date}`: last day of a ban."""
    inside: Words
    """`{count}` persons are inside."""
    few_inside: Words
    """Fewer than `{count}` are: how many is nobody's business outside."""
    most_inside: Words
    """`{count}` may be."""
