"""A reader's card: blocked, and good again; and whether old loans are kept for the reader.

blocked_why   by                                lifted by
`lost`        staff: the reader says so         staff
`staff`       staff, for a while or for good    staff, or its last day
`retained`    a machine that kept the card      a machine (25), staff
`machine`     a machine for another reason      a machine (25), staff
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select, update

from central.circulation.ledger import audit
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Reader
from central.circulation.ledger.outcomes import Blocked, Enabled, Refused
from central.statements import Cursor, Prepared

BY_STAFF = ("lost", "staff")
BY_MACHINES = ("retained", "machine")


def block(cursor: Cursor, desk: Desk, card: str, why: str, *, retained: bool = False) -> Blocked | Refused:
    """A machine keeps a card from all service (01); a block that staff have put up stays theirs.

    Args:
        cursor: in the caller's transaction.
        desk: which machine.
        card: whose; refused with `card_unknown`.
        why: as the machine says it (AL), for the audit.
        retained: the machine has kept the card.
    """
    return _block(cursor, desk, card, "retained" if retained else "machine", why, None)


def block_by_staff(
    cursor: Cursor, desk: Desk, card: str, kind: str, why: str = "", until: date | None = None
) -> Blocked | Refused:
    """Staff keep a card from all service.

    Args:
        cursor: in the caller's transaction.
        desk: who.
        card: whose; refused with `card_unknown`.
        kind: one of `BY_STAFF`.
        why: for the audit.
        until: last day of the ban; None: until somebody lifts it.

    Raises:
        ValueError: another kind.
    """
    if kind not in BY_STAFF:
        raise ValueError(f"a block of kind {kind}")
    return _block(cursor, desk, card, kind, why, until)


def enable(cursor: Cursor, desk: Desk, card: str, *, by_staff: bool = False) -> Enabled | Refused:
    """Lift a block (25). A machine lifts what a machine has put up; refused with `card_blocked` otherwise."""
    row = cursor.one(_LOCK, card)
    if row is None:
        return Refused("card_unknown")
    name, blocked, kind = row
    if blocked and kind not in BY_MACHINES and not by_staff:
        return Refused("card_blocked")
    if blocked:
        cursor.run(_SET, False, "", None, card)
        audit.record(cursor, desk, "reader_enabled", card)
    return Enabled(card, name, blocked)


def keep_history(cursor: Cursor, desk: Desk, card: str, *, keeps: bool) -> Refused | None:
    """Whether a reader wants to see old loans; what is forgotten already stays so. Refused with `card_unknown`."""
    if cursor.one(_KEEP, keeps, card) is None:
        return Refused("card_unknown")
    audit.record(cursor, desk, "reader_changed", card)
    return None


def _block(
    cursor: Cursor, desk: Desk, card: str, kind: str, why: str, until: date | None
) -> Blocked | Refused:
    row = cursor.one(_LOCK, card)
    if row is None:
        return Refused("card_unknown")
    name, blocked, known = row
    if not (blocked and known not in BY_MACHINES and kind in BY_MACHINES):
        cursor.run(_SET, True, kind, until, card)
        audit.record(cursor, desk, "reader_blocked", f"{card} {kind} {why}")
    return Blocked(card, name)


_KEEP = Prepared(
    "keeps",
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(keeps_history=bindparam("keeps"))
    .returning(Reader.card),
)
_LOCK = Prepared(
    "card",
    statement=select(Reader.name, Reader.blocked, Reader.blocked_why)
    .where(Reader.card == bindparam("card"))
    .with_for_update(key_share=True),
)
_SET = Prepared(
    "blocked",
    "why",
    "until",
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(blocked=bindparam("blocked"), blocked_why=bindparam("why"), blocked_until=bindparam("until")),
)
