"""What the signed-in reader looks at, as a value. It lives no longer than the reader stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from kiosk.errand_events import Account, Charge, Hold
from kiosk.errands.paying import Paying
from kiosk.events import Reader
from kiosk.veiled import Veiled


class Panel(StrEnum):
    NOBODY = "nobody"
    """No reader is signed in; one who looked a book up may have a wish."""
    BOOKS = "books"
    """The session's own page: what lies on the pad."""
    ACCOUNT = "account"
    """Loans, holds, fees, messages."""
    FEES = "fees"
    """What is open, and what may be paid."""
    PAYING = "paying"
    """A payment under way: `paying` says how far."""
    PIN = "pin"
    """The old PIN is typed, then the new one twice."""


# ---------------------------------------------------------------- asked of the ILS
Kind = Literal["renewal", "all", "hold", "cancel_hold", "pin"]


class Doing(Struct, frozen=True):
    """Something that the ILS is asked to do. What comes of it is told to central whoever stands there by then."""

    kind: Kind
    reader: str
    """Pseudonym."""
    reader_type: str = ""
    item: str = ""
    title: str = ""
    due: str = ""
    """Until when the reader had it, where that was known."""


# ---------------------------------------------------------------- renewals
class Extending(StrEnum):
    """How far the renewal of one book is."""

    QUEUED = "queued"
    ASKING = "asking"
    RENEWED = "renewed"
    REFUSED = "refused"
    """`fault` says why."""


class Renewal(Struct, frozen=True):
    item: str
    step: Extending
    txn: str = ""
    """Empty until the ILS is asked about this book alone."""
    fault: int | None = None


# ---------------------------------------------------------------- holds
class Wish(Struct, frozen=True):
    """A title that somebody wants kept, before a card is shown."""

    item: str
    """Any copy of it."""
    until_ms: int
    """Monotonic; nobody wants it any more."""
    title: str = ""
    """Empty until the ILS has told it."""


class Told(Struct, frozen=True):
    """What became of the last thing that the reader wanted."""

    what: Literal["hold", "cancel_hold", "pin"]
    """With `fault` it was not done."""
    title: str = ""
    fault: int | None = None
    ready: bool = False
    position: int | None = None
    place: str = ""


# ---------------------------------------------------------------- PIN
class Entry(StrEnum):
    """What is to be typed next."""

    OLD = "old"
    NEW = "new"
    AGAIN = "again"
    ASKING = "asking"
    """Nothing: the ILS is being asked."""
    PAUSED = "paused"
    """Nothing: it was wrong too often."""


class Pin(Veiled, frozen=True):
    """The change of a PIN under way. What was typed is kept until the ILS has answered, and no longer."""

    UNSEEN = frozenset({"old", "new"})

    entry: Entry = Entry.OLD
    old: str = ""
    new: str = ""
    txn: str = ""
    """Of the question that is under way."""
    fault: int | None = None
    """Why the last one was not taken."""
    differs: bool = False
    """The new one was typed in two ways."""
    until_ms: int = 0
    """Monotonic; end of the pause."""


class Tries(Struct, frozen=True):
    """Wrong PINs of one reader. Kept across sessions and restarts: who shows the card again goes on counting."""

    wrong: int = 0
    until_ms: int = 0
    """Monotonic; none is taken before."""


# ---------------------------------------------------------------- the whole
class Errand(Struct, frozen=True):
    panel: Panel = Panel.NOBODY
    reader: Reader | None = None
    account: Account | None = None
    account_ask: int = 0
    """Number of the question about the account that is under way; 0: none."""
    fault: int | None = None
    """Why there is no account to see."""
    unread: tuple[str, ...] = ()
    """Items of the account about which nothing but the number is known yet; the first is being asked about."""
    copy_ask: int = 0
    renewals: Mapping[str, Renewal] = {}
    """By item number."""
    hold: str = ""
    """`txn` of the hold that is being placed or cancelled; empty: none."""
    sure: str = ""
    """Item of the hold that one more touch cancels."""
    told: Told | None = None
    wish: Wish | None = None
    pin: Pin | None = None
    paying: Paying | None = None
    tries: Mapping[str, Tries] = {}
    """By pseudonym, those who were wrong lately; outlives the errand."""
    under_way: Mapping[str, Doing] = {}
    """By `txn`; outlives the errand."""
    ask: int = 1
    """Number of the last question; odd, so that no `txn` made of it is one of the session's. Outlives the errand."""

    def find(self, fits: Callable[[Charge], bool]) -> Charge | None:
        return next((one for one in self.account.charges if fits(one)), None) if self.account else None

    def kept(self, item: str) -> Hold | None:
        """The hold with this number."""
        holds = self.account.holds if self.account else ()
        return next((one for one in holds if item and one.item == item), None)

    def emptied(self) -> Errand:
        """For the next reader: nothing of the last one is seen any more."""
        return Errand(tries=self.tries, under_way=self.under_way, ask=self.ask)
