"""What the ILS answers to an errand: a reader's account, and what was done about it. Part of `kiosk.events`.

All of it lives in memory for as long as the reader stands there.
"""

from __future__ import annotations

from msgspec import Struct


# ---------------------------------------------------------------- a reader's account
class Charge(Struct, frozen=True):
    """A book that the reader has."""

    item: str
    title: str = ""
    due: str = ""
    """ISO 8601 date where the ILS's form is known, else its text."""
    overdue: bool = False


class Hold(Struct, frozen=True):
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


class Fee(Struct, frozen=True):
    """What the reader owes for one thing."""

    number: str
    """As the ILS names it; empty: it does not."""
    fen: int | None
    """None: the ILS's words do not say."""
    words: str
    """What for, in the ILS's words."""
    kind: str = ""
    """`overdue`, `lost`, `damage`, `card` or `other`; empty: the words say it."""


class Waived(Struct, frozen=True):
    """What an amnesty does for the reader: of the two figures one is not 0."""

    reason: str
    """In the library's words."""
    fen: int = 0
    """Forgiven of late."""
    percent: int = 0
    """Of the overdue fee of what is returned now."""


class Account(Struct, frozen=True):
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
class AccountAnswered(Struct, frozen=True):
    """Answer to `AskAccount`. Exactly one of `account` and `fault` is set; silence is a fault too."""

    ask: int
    account: Account | None
    fault: int | None = None


class CopyAnswered(Struct, frozen=True):
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


class RenewalAnswered(Struct, frozen=True):
    """Answer to `AskRenewal`: renewed until `due` where `fault` is None; silence is a fault too."""

    txn: str
    fault: int | None
    title: str = ""
    call_number: str = ""
    due: str = ""
    """As in `LoanAnswered`."""


class AllRenewed(Struct, frozen=True):
    """Answer to `AskAllRenewed`: which were renewed and which were not. With `fault` nothing is known of any."""

    txn: str
    fault: int | None
    renewed: tuple[str, ...] = ()
    """Item numbers."""
    unrenewed: tuple[str, ...] = ()


class HoldAnswered(Struct, frozen=True):
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


class PinChanged(Struct, frozen=True):
    """Answer to `AskPinChange`: changed where `fault` is None; silence is a fault too."""

    txn: str
    fault: int | None


ErrandEvent = AccountAnswered | CopyAnswered | RenewalAnswered | AllRenewed | HoldAnswered | PinChanged
