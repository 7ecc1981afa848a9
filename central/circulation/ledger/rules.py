"""Who may borrow what: one literal table over one value, no database.

The first rule that bites is the fault that the reader is told, so the table runs from the card, over
the item, to the numbers: a reader whose card is blocked hears that, not that the limit is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Allowance:
    """The lending rule for this type of reader and this type of item."""

    max_loans: int
    days: int
    max_fees_fen: int
    max_renewals: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a rule may look at."""

    today: date
    """Civil date at the branch."""
    blocked: bool
    expires_on: date
    """Last day on which the card is good."""
    fees_fen: int
    item_status: str
    lent_to_other: bool
    held_for_other: bool
    """The oldest open hold on the title is another reader's."""
    loans: int
    """Open loans of this reader, of this type of item."""
    allowance: Allowance | None
    """None: this type of reader does not borrow this type of item."""


RULES: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    ("card_blocked", lambda c: c.blocked),
    ("card_expired", lambda c: c.today > c.expires_on),
    ("lent_to_other", lambda c: c.lent_to_other),
    ("item_lost", lambda c: c.item_status == "lost"),
    ("not_for_loan", lambda c: c.item_status == "reference"),
    ("loan_not_allowed", lambda c: c.item_status != "available" or c.allowance is None),
    ("fees_owed", lambda c: c.allowance is not None and c.fees_fen > c.allowance.max_fees_fen),
    ("limit_reached", lambda c: c.allowance is not None and c.loans >= c.allowance.max_loans),
    ("on_hold", lambda c: c.held_for_other),
)
"""Fault of the catalogue and when it applies, in the order in which they are told."""

RENEWAL_RULES = frozenset({"card_blocked", "card_expired", "loan_not_allowed", "fees_owed", "on_hold"})
"""Those that also keep a loan from being renewed; `item_lost` and the limit do not concern it."""


def verdict(case: Case) -> str | None:
    """Fault that refuses the loan, None where it may be made."""
    return next((fault for fault, bites in RULES if bites(case)), None)


def may_renew(case: Case, renewals: int) -> bool:
    """Whether the reader's own loan may run on, after `renewals` renewals.

    Args:
        case: with `lent_to_other` False, since the loan is the reader's own.
        renewals: how often it was renewed already.
    """
    if case.allowance is None or renewals >= case.allowance.max_renewals:
        return False
    return not any(bites(case) for fault, bites in RULES if fault in RENEWAL_RULES)


def bar(blocked: bool, expires_on: date, today: date) -> str | None:
    """Fault that keeps a card from any service, whatever it asks for."""
    if blocked:
        return "card_blocked"
    return "card_expired" if today > expires_on else None
