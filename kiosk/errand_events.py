"""What the ILS answers to an errand: a reader's account, and what was done about it. Part of `kiosk.events`.

All of it lives in memory for as long as the reader stands there.
"""

from __future__ import annotations

from dataclasses import dataclass


# ---------------------------------------------------------------- a reader's account
@dataclass(frozen=True, slots=True)
class Charge:
    """A book that the reader has."""

    item: str
    title: str = ""
    due: str = ""
    """ISO 8601 date where the ILS's form is known, else its text."""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A book that is kept for the reader, or that the reader waits for."""

    title: str
    ready: bool
    item: str = ""
    """By which it is cancelled; empty where the ILS names the title alone: then it cannot be."""
    place: str = ""
    """Where it is to be fetched, in the ILS's words."""
    locker: str = ""
    """Door of the pick-up cabinet."""
    until: str = ""
    """Kept until then; ISO 8601."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What the reader owes for one thing."""

    number: str
    """As the ILS names it; empty: it does not."""
    fen: int | None
    """None: the ILS's words do not say."""
    words: str
    """What for, in the ILS's words."""
    kind: str = ""
    """`overdue`, `lost`, `damage`, `card` or `other`; empty: the words say it."""


@dataclass(frozen=True, slots=True)
class Waived:
    """What an amnesty does for the reader: of the two figures one is not 0."""

    reason: str
    """In the library's words."""
    fen: int = 0
    """Forgiven of late."""
    percent: int = 0
    """Of the overdue fee of what is returned now."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the ILS holds of a reader; lives in memory while the reader looks at it."""

    charges: tuple[Charge, ...] = ()
    holds: tuple[Hold, ...] = ()
    fees: tuple[Fee, ...] = ()
    owed_fen: int = 0
    messages: tuple[str, ...] = ()
    more: int = 0
    """Items on loan that the ILS counts and does not list."""
    waived: tuple[Waived, ...] = ()


# ---------------------------------------------------------------- answers to an errand
@dataclass(frozen=True, slots=True)
class AccountAnswered:
    """Answer to `AskAccount`. Exactly one of `account` and `fault` is set; silence is a fault too."""

    ask: int
    account: Account | None
    fault: int | None = None


@dataclass(frozen=True, slots=True)
class CopyAnswered:
    """Answer to `AskCopy`: what could be found out, empty where nothing could."""

    ask: int
    item: str
    title: str = ""
    due: str = ""
    """As in `LoanAnswered`."""
    place: str = ""
    """Where it is now, in the ILS's words."""
    pickup_by: str = ""
    """Until when it is kept for a hold; as `due`."""


@dataclass(frozen=True, slots=True)
class RenewalAnswered:
    """Answer to `AskRenewal`: renewed until `due` where `fault` is None; silence is a fault too."""

    txn: str
    fault: int | None
    title: str = ""
    call_number: str = ""
    due: str = ""
    """As in `LoanAnswered`."""


@dataclass(frozen=True, slots=True)
class AllRenewed:
    """Answer to `AskAllRenewed`: which were renewed and which were not. With `fault` nothing is known of any."""

    txn: str
    fault: int | None
    renewed: tuple[str, ...] = ()
    """Item numbers."""
    unrenewed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldAnswered:
    """Answer to `AskHold`: placed or cancelled where `fault` is None; silence is a fault too."""

    txn: str
    fault: int | None
    title: str = ""
    ready: bool = False
    """A copy is in."""
    position: int | None = None
    """Place in the queue, from 1."""
    place: str = ""
    """Where it is to be fetched."""


@dataclass(frozen=True, slots=True)
class PinChanged:
    """Answer to `AskPinChange`: changed where `fault` is None; silence is a fault too."""

    txn: str
    fault: int | None


ErrandEvent = AccountAnswered | CopyAnswered | RenewalAnswered | AllRenewed | HoldAnswered | PinChanged
