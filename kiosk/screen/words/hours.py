"""A room that is closed, or about to close."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """What the screens of a room say of its hours."""

    closed: Words
    cleaning: Words
    self_test: Words
    closing: Words
    """The desk begins nothing new."""
    last_entry: Words
    """At the door: nobody comes in any more, those inside may stay."""
    minutes: Words
    """`{minutes}`: until it closes."""
    opens: Words
    """`{day}`, `{time}`: when it opens next."""
    local: Words
    """`{time}`, `{local}`: by the clock of the room's zone, and by the one that people there go by."""
    way_out: Words
    """Nobody is shut in."""
