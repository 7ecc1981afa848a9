"""What `[room.admission]` says: the house's own part of who comes in. Whom else the room admits is central's to say."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Card = Annotated[str, Meta(min_length=1, max_length=64)]


class Admission(Struct, frozen=True, forbid_unknown_fields=True):
    """What is odd about an entry, how often a PIN may be wrong, and cards that open without central's list."""

    shared_s: Annotated[float, Meta(ge=0, le=600)] = 60.0
    """A card that lets somebody in again within this time is marked: two persons, one card."""
    pin_tries: Annotated[int, Meta(ge=1, le=10)] = 3
    """Wrong PINs of one card before it has to wait; the library system's own bound may be stricter."""
    pin_pause_s: Annotated[float, Meta(ge=1, le=3600)] = 300.0
    """How long it waits then; twice as long with each wrong one more, for an hour at most. A right one, or a day, ends
    the counting.
    """
    cards: dict[Literal["staff", "cleaner", "emergency"], tuple[Card, ...]] = {}
    """Numbers of cards that always open: the fire brigade's, for a room whose lists have never come."""
