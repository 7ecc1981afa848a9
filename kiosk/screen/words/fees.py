"""What a reader owes, and the paying of it."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Fees(Struct, frozen=True, forbid_unknown_fields=True):
    """The fees, the code, and what becomes of the money."""

    open: Words
    """On the button that leads to the fees."""
    none: Words
    total: Words
    """`{yuan}`."""
    pay_all: Words
    pay: Words
    """Beside one fee."""
    later: Words
    """Central is away."""
    at_desk: Words
    """This machine takes no money."""
    asking: Words
    scan: Words
    scan_advice: Words
    """`{yuan}`."""
    booking: Words
    booked: Words
    settled_later: Words
    """The library system is silent: booked by itself."""
    failed: Words
    received: Words
    """The library system will not book it: staff see to it."""
    back: Words
