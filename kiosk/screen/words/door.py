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
