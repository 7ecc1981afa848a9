"""Who may borrow, renew and hold what: one literal table each over one value, no database.

The first rule that bites is the fault that the reader is told, so the tables run from the card, over
the item, to the numbers: a reader whose card is blocked hears that, not that the limit is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, TypeVar

from msgspec import Struct


class Allowance(NamedTuple):
    """The lending rule for this type of reader and this type of item at this branch."""

    max_loans: int
    days: int
    max_fees_fen: int
    max_renewals: int
    renew_days: int = 0
    """From the day of the renewal; 0: as long as a loan."""
    renew_overdue: bool = False
    """Whether an overdue loan may be renewed."""

    @property
    def renewed_days(self) -> int:
        return self.renew_days or self.days


class Counts(NamedTuple):
    """Open loans of one reader."""

    of_type: int
    """Of the type of the item in question."""
    total: int
    overdue: int


class Borrower(NamedTuple):
    """What the rules ask of a reader."""

    card: str
    type: str
    expires_on: date
    """Last day on which the card is good."""
    blocked: bool
    blocked_until: date | None
    """Last day of the ban; None: until somebody lifts it."""
    fees_fen: int
    deposit_fen: int
    """Paid and not given back."""
    terms_version: str
    """Accepted last."""
    deposit_needed_fen: int
    """By the reader's type, as the limits below."""
    max_loans: int | None
    """Of all item types together."""
    max_overdue: int | None
    max_holds: int
    terms_in_force: str
    """Version that every reader is asked to accept; empty: none."""

    def is_banned(self, today: date) -> bool:
        """A ban lifts itself after its last day."""
        return self.blocked and (self.blocked_until is None or today <= self.blocked_until)


class Visit(Struct, frozen=True):
    """A reader on a day."""

    today: date
    """Civil date at the branch."""
    reader: Borrower


class Case(Visit, frozen=True):
    """Everything that a rule for loans and renewals may look at."""

    item_status: str
    lent_to_other: bool
    kept_from: bool
    """Another reader's hold comes first: this copy is kept for it, or no other is left for it."""
    counts: Counts
    allowance: Allowance | None
    """None: this type of reader does not borrow this type of item here."""
    renewals: int = 0
    """Of the reader's own loan, as `overdue`."""
    overdue: bool = False


class Wish(Visit, frozen=True):
    """Everything that a rule for holds may look at."""

    max_fees_fen: int | None
    """None: no copy is in stock that this type of reader may borrow."""
    is_theirs: bool
    """A copy is on the reader's card."""
    is_held: bool
    """The reader has a hold on the title already."""
    holds: int
    """Open holds of the reader."""
    pickup_known: bool


V = TypeVar("V", bound=Visit)
Rules = tuple[tuple[str, Callable[[V], bool]], ...]
"""Faults of the catalogue and when each applies, in the order in which they are told."""

LENDABLE = frozenset({"available", "missing"})
"""Status of an item that may be lent; what was missed and lies on the pad is found."""

CARD: Rules[Visit] = (
    ("card_blocked", lambda v: v.reader.is_banned(v.today)),
    ("card_expired", lambda v: v.today > v.reader.expires_on),
)
"""Any service at all."""
CARD_FAULTS = frozenset(fault for fault, _ in CARD)

READER: Rules[Visit] = (
    *CARD,
    ("terms_not_accepted", lambda v: v.reader.terms_in_force not in {"", v.reader.terms_version}),
    ("deposit_needed", lambda v: v.reader.deposit_fen < v.reader.deposit_needed_fen),
)
"""Borrowing anything."""

LOAN: Rules[Case] = (
    *READER,
    ("lent_to_other", lambda c: c.lent_to_other),
    ("item_lost", lambda c: c.item_status == "lost"),
    ("in_repair", lambda c: c.item_status == "repair"),
    ("not_for_loan", lambda c: c.item_status == "reference"),
    ("loan_not_allowed", lambda c: c.item_status not in LENDABLE or c.allowance is None),
    ("fees_owed", lambda c: c.allowance is not None and c.reader.fees_fen > c.allowance.max_fees_fen),
    ("overdue_items", lambda c: _is_above(c.counts.overdue, c.reader.max_overdue)),
    ("limit_reached", lambda c: c.allowance is not None and c.counts.of_type >= c.allowance.max_loans),
    ("limit_reached", lambda c: _is_above(c.counts.total + 1, c.reader.max_loans)),
    ("on_hold", lambda c: c.kept_from),
)
"""This item."""

RENEWAL: Rules[Case] = (
    *CARD,
    ("item_lost", lambda c: c.item_status == "lost"),
    ("loan_not_allowed", lambda c: c.allowance is None),
    ("fees_owed", lambda c: c.allowance is not None and c.reader.fees_fen > c.allowance.max_fees_fen),
    ("renewal_limit", lambda c: c.allowance is not None and c.renewals >= c.allowance.max_renewals),
    (
        "overdue_not_renewed",
        lambda c: c.overdue and c.allowance is not None and not c.allowance.renew_overdue,
    ),
    ("renewal_on_hold", lambda c: c.kept_from),
)
"""The reader's own loan running on; the limits do not concern it."""

HOLD: Rules[Wish] = (
    *CARD,
    ("pickup_unknown", lambda w: not w.pickup_known),
    ("loan_not_allowed", lambda w: w.max_fees_fen is None),
    ("already_yours", lambda w: w.is_theirs),
    ("already_held", lambda w: w.is_held),
    ("fees_owed", lambda w: _is_above(w.reader.fees_fen, w.max_fees_fen)),
    ("hold_limit", lambda w: w.holds >= w.reader.max_holds),
)
"""Waiting for a title."""


def verdict(rules: Rules[V], case: V) -> str | None:
    """The first fault that applies, None where nothing speaks against it."""
    for fault, bites in rules:
        if bites(case):
            return fault
    return None


def _is_above(number: int, limit: int | None) -> bool:
    return limit is not None and number > limit
