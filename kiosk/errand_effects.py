"""What an errand asks of the ILS for the reader who is signed in. Part of `kiosk.effects`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AskAccount:
    """What is on this card? Answered by AccountAnswered."""

    ask: int
    card: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskCopy:
    """What is this copy, and how long is it lent? Answered by CopyAnswered."""

    ask: int
    item: str


@dataclass(frozen=True, slots=True)
class AskRenewal:
    """Lend it for longer. Answered by RenewalAnswered."""

    txn: str
    card: str = field(repr=False)
    item: str


@dataclass(frozen=True, slots=True)
class AskAllRenewed:
    """Lend all of them for longer. Answered by AllRenewed."""

    txn: str
    card: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskHold:
    """Keep a copy of this title for the reader, or do so no longer. Answered by HoldAnswered."""

    txn: str
    card: str = field(repr=False)
    item: str
    """Any copy of the title."""
    cancel: bool = False


@dataclass(frozen=True, slots=True)
class AskPinChange:
    """Another PIN. Answered by PinChanged."""

    txn: str
    card: str = field(repr=False)
    old: str = field(repr=False)
    new: str = field(repr=False)


ErrandQuestion = AskAccount | AskCopy | AskRenewal | AskAllRenewed | AskHold | AskPinChange
