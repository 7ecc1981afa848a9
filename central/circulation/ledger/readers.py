"""A reader's card: blocked, and good again."""

from __future__ import annotations

from datetime import date

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Blocked, Enabled, Refused
from central.statements import Cursor


def block(
    cursor: Cursor, desk: Desk, card: str, why: str, *, retained: bool = False, until: date | None = None
) -> Blocked | Refused:
    """Keep a card from all service (01).

    Args:
        cursor: in the caller's transaction.
        desk: who blocks it.
        card: whose.
        why: for staff, as the machine says it (AL); or one of `WHY` by staff.
        retained: the machine has kept the card.
        until: last day of the ban; None: until somebody lifts it.
    """
    raise NotImplementedError


def enable(cursor: Cursor, desk: Desk, card: str, *, by_staff: bool = False) -> Enabled | Refused:
    """Lift a block (25). A machine lifts what a machine has put up; refused with `card_blocked` otherwise."""
    raise NotImplementedError
