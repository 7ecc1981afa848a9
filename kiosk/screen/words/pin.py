"""The page on which a PIN is changed."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Pin(Struct, frozen=True, forbid_unknown_fields=True):
    """The old one, then the new one twice."""

    change: Words
    """On the button of the account."""
    old: Words
    new: Words
    new_advice: Words
    again: Words
    differs: Words
    asking: Words
    paused: Words
    """`{minutes}`."""
    next: Words
    delete: Words
    clear: Words
