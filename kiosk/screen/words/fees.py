"""What a reader owes, and the paying of it."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Kinds(Struct, frozen=True, forbid_unknown_fields=True):
    """What a fee of the built-in ledger is for."""

    overdue: Words
    lost: Words
    damage: Words
    card: Words
    other: Words


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
    kinds: Kinds
    waived: Words
    """Above what an amnesty forgives."""
    forgiven: Words
    """`{yuan}`, of late."""
    free: Words
    """What is returned now costs nothing."""
    less: Words
    """The same, `{percent}` less."""
    received: Words
    """The library system will not book it: staff see to it."""
    back: Words
