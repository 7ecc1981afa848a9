"""What an errand asks of the ILS for the reader who is signed in. Part of `kiosk.effects`."""

from __future__ import annotations

from msgspec import Struct

from kiosk.veiled import Veiled


class AskAccount(Veiled, frozen=True):
    """What is on this card? Answered by AccountAnswered."""

    UNSEEN = frozenset({"card"})

    ask: int
    card: str


class AskCopy(Struct, frozen=True):
    """What is this copy, and how long is it lent? Answered by CopyAnswered."""

    ask: int
    item: str


class AskRenewal(Veiled, frozen=True):
    """Lend it for longer. Answered by RenewalAnswered."""

    UNSEEN = frozenset({"card"})

    txn: str
    card: str
    item: str


class AskAllRenewed(Veiled, frozen=True):
    """Lend all of them for longer. Answered by AllRenewed."""

    UNSEEN = frozenset({"card"})

    txn: str
    card: str


class AskHold(Veiled, frozen=True):
    """Keep a copy of this title for the reader, or do so no longer. Answered by HoldAnswered."""

    UNSEEN = frozenset({"card"})

    txn: str
    card: str
    item: str
    """Any copy of the title."""
    cancel: bool = False


class AskPinChange(Veiled, frozen=True):
    """Another PIN. Answered by PinChanged."""

    UNSEEN = frozenset({"card", "old", "new"})

    txn: str
    card: str
    old: str
    new: str


ErrandQuestion = AskAccount | AskCopy | AskRenewal | AskAllRenewed | AskHold | AskPinChange
