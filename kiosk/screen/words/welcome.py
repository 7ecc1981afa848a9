"""The page of an idle desk."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Welcome(Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody is there."""

    heading: Words
    return_name: Words
    return_how: Words
    borrow_name: Words
    borrow_how: Words
    refused: Words
    """Above the reason why a card was not taken."""
    come_back: Words
    """The gate has sounded."""
