"""What is known of a request beside its words."""

from __future__ import annotations

from dataclasses import dataclass, field

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.pins import NewPin


@dataclass(frozen=True, slots=True)
class Visit:
    """Where and when a request is made, and what was found out before its transaction."""

    desk: Desk
    pin: bool | None = None
    """Whether the PIN fits; None where none was sent."""
    new_pin: NewPin | None = field(default=None, repr=False)
    """The one that the reader chose (81)."""
    id_key: bytes = field(default=b"", repr=False)
    """Central's secret for ID cards; empty: this server takes none."""
