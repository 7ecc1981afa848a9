"""Words of a call for help."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Help(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at the screen wants a person."""

    call: Words
    """On the button of every page."""
    called: Words
    """Nobody has said anything yet."""
    away: Words
    """Nobody can be reached: central is not there."""
    phone: Words
    """`{phone}`."""
    staff: Words
    """Who said it: the duty desk."""
    you: Words
    """Who said it: whoever stands there."""
    yes: Words
    no: Words
    waiting: Words
    solved: Words
    end: Words
    ended: Words
    """The duty desk has ended it."""
