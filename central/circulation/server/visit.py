"""What is known of a request beside its words."""

from __future__ import annotations

from msgspec import Struct, field

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.pins import NewPin


class Visit(Struct, frozen=True):
    """Where and when a request is made, and what was found out before its transaction. No secret stands in its repr."""

    desk: Desk
    pin: bool | None = None
    """Whether the PIN fits; None where none was sent."""
    new_pin: NewPin | None = None
    """The one that the reader chose (81)."""
    id_key: bytes = b""
    """Central's secret for ID cards; empty: this server takes none."""
    old_news: list[str] = field(default_factory=list)
    """Items of which the answer says yes though nothing was written: a loan that was told before, a renewal that gives
    no day more. No figure counts them."""

    def __repr__(self) -> str:
        return f"Visit({self.desk!r}, pin={self.pin})"
