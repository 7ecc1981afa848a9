"""Everything that can happen to a kiosk. All arrive on one queue; all are frozen.

The devices' own events (`drivers.events`) are among them as they are.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from drivers.events import DeviceEvent
from kiosk.central_events import CentralEvent
from kiosk.courtesy_events import HelpEvent
from kiosk.effects import Place
from kiosk.errand_events import ErrandEvent
from kiosk.payment_events import PaymentEvent
from kiosk.register_events import RegisterEvent
from kiosk.service_events import PinChecked
from kiosk.veiled import Veiled

ABOUT_CHARACTERS = 64
"""Of the row that a touch names; the longest item number of a tag has 32."""
TYPED_CHARACTERS = 64
"""Of a line that somebody types."""


class Reader(Veiled, frozen=True):
    """A reader as the ILS described them; lives in memory for one session only. No repr tells who."""

    UNSEEN = frozenset({"card", "name", "shown", "age"})

    card: str
    pseudonym: str
    name: str
    type: str
    """The ILS's own name of the reader type, may be empty."""
    loans: int = 0
    """Items on loan before this session."""
    borrows: bool = True
    """False: good for the door, and barred from borrowing."""
    shown: str = ""
    """What was shown where it is not `card` itself: the number of an identity card."""
    bar: int | None = None
    """Why the ILS lends them nothing, where they can do something about it at the desk: fees."""
    age: int | None = None
    """Full years; None, as below: nobody has told."""
    fees_fen: int | None = None
    terms: str | None = None
    """Version of the terms that were accepted; empty: none were."""


class Item(Struct, frozen=True):
    """A book as the ILS described it."""

    item: str
    title: str
    on_loan: bool
    call_number: str = ""


# ---------------------------------------------------------------- answers of the ILS
class ReaderAnswered(Veiled, frozen=True):
    """Answer to `AskReader`. Exactly one of `reader` and `fault` is set."""

    UNSEEN = frozenset({"card"})

    ask: int
    reader: Reader | None
    fault: int | None = None
    card: str = ""
    """The library card that was asked about; empty where an identity card belongs to no reader."""
    enters: bool = False
    """Refused at the desk, and good for the door."""


class ItemAnswered(Struct, frozen=True):
    """Answer to `AskItem`. Exactly one of `item` and `fault` is set."""

    ask: int
    item: Item | None
    fault: int | None = None


class LoanAnswered(Struct, frozen=True):
    """Answer to `AskLoan`, or to `AskReplay` of a loan: lent when `fault` is None."""

    txn: str
    fault: int | None
    title: str = ""
    call_number: str = ""
    due: str = ""
    """ISO 8601 date where the ILS's form is known, else its text."""
    forced: bool = False
    """It was asked with no-block: past the ILS's own rules."""
    renewed: bool = False
    """The book was this reader's already, and the ILS has made the loan longer."""
    stays_secured: bool = False
    """The ILS forbids to clear its tag: lent within the building."""
    missing: tuple[str, ...] = ()
    """Items of the same set that are not on this card, where the ILS tells them."""


Goes = Literal["", "hold", "elsewhere"]
"""Where a book that came back belongs: on a shelf here, on the hold shelf, or in another branch."""


class ReturnAnswered(Struct, frozen=True):
    """Answer to `AskReturn`, or to `AskReplay` of a return: taken back when `fault` is None."""

    txn: str
    fault: int | None
    title: str = ""
    call_number: str = ""
    home: str = ""
    forced: bool = False
    """It was asked with no-block."""
    goes: Goes = ""
    sort_bin: str = ""
    """Door of the cabinet, or bin of the sorter, where the ILS names one."""
    missing: tuple[str, ...] = ()
    """Items of the same set that the reader still has, where the ILS tells them."""


class IlsSilent(Struct, frozen=True):
    """The ILS did not answer in time. `ask` or `txn` tells which question."""

    ask: int = 0
    txn: str = ""


class Verdict(StrEnum):
    DONE = "done"
    """The ILS has it: lent to this reader, or taken back."""
    NEVER = "never"
    """The ILS never did it."""
    UNCLEAR = "unclear"
    """The answers contradict each other, or do not say."""
    SILENT = "silent"
    """There was no answer."""


class Settled(Struct, frozen=True):
    """Answer to `AskSettle`."""

    txn: str
    verdict: Verdict
    title: str = ""
    call_number: str = ""
    due: str = ""


class IlsChanged(Struct, frozen=True):
    """The conversation with the ILS came up or went down, or what it takes has changed. Sent on change."""

    up: bool
    cause: str = ""
    loans: bool = True
    """It takes loans from this terminal, as far as it has said (98, checkout ok). Means nothing while down."""
    returns: bool = True
    """The same of returns (checkin ok)."""
    takes: frozenset[str] = frozenset()
    """Identifiers of the requests that it answers, as far as it has said (98, BX). Means nothing while down."""


# ---------------------------------------------------------------- people and time
class ShownInVain(Struct, frozen=True):
    """Somebody showed or typed what cannot say who they are. Made by the loop itself from a device's event."""

    device: str
    fault: int
    """What they are told."""


Action = Literal[
    "done",
    "more_time",
    "dismiss",
    "books",
    "account",
    "renew",
    "renew_all",
    "hold",
    "cancel_hold",
    "pin",
    "register",
    "agree",
    "back",
    "go_on",
    "fees",
    "pay",
    "scan",
    "print",
    "face",
    "help",
    "answer",
    "end_help",
    "service",
    "companions",
]
"""What a button of the screen asks for; `books` leads back to the books."""
Purpose = Literal["pin", "phone", "service", "door_pin"]
"""What something is typed for."""


class Touched(Struct, frozen=True):
    """Somebody touched the screen."""

    action: Action
    about: str = ""
    """The row that was touched: an item number; `ABOUT_CHARACTERS` at most."""
    visit: int | None = None
    """`Session.visit` of the page that was touched; None: it does not say."""


Mode = Literal["elder", "contrast", "voice"]
"""elder: larger, fewer things, slower; contrast: light on black; voice: what the screen says is spoken."""


class LanguageChosen(Struct, frozen=True):
    """Somebody at `place` prefers this language."""

    place: Place
    language: str
    """BCP 47; one of the configuration's."""


class ModeSwitched(Struct, frozen=True):
    """Somebody at `place` switched this on, or off."""

    place: Place
    mode: Mode
    on: bool


class Focused(Struct, frozen=True):
    """Somebody at `place` has come to a control by keys, where a voice guides them."""

    place: Place
    control: str
    """Its name in the templates: `done`."""
    words: str
    """What it is called, in the language of that screen."""


class Typed(Veiled, frozen=True):
    """Somebody typed a line and sent it off. It stands in no log."""

    UNSEEN = frozenset({"text"})

    purpose: Purpose
    text: str
    """`TYPED_CHARACTERS` at most."""
    visit: int | None = None
    """As of a touch."""


class Ticked(Struct, frozen=True):
    """A deadline that a table named has come. Carries nothing: `now` is an argument of every step."""


class ServingChanged(Struct, frozen=True):
    """The station lets the desk serve, or does not. Made by the loop itself, for the tables."""

    serving: bool


class JournalStands(Struct, frozen=True):
    """How the journal stands is new. Made by the loop itself, or by a start whose facts the disk does not take."""

    filling: bool = False
    """80 % of what may wait for central does."""
    scarce: bool = False
    """95 %: no new session."""
    lost: int = 0
    """Facts dropped and not told yet."""
    forked: bool = False
    """Another machine writes this journal too."""
    damaged: str = ""
    """Name of a damaged file that was set aside and still lies there."""
    failed: str = ""
    """Why there is no disk under it."""
    locked: str = ""
    """Why a key of the cards in it is kept back: what it encrypted waits for it."""


class StopAsked(Struct, frozen=True):
    """The system, or an order, wants this program to end; or its journal was found damaged, which a start mends."""

    why: Literal["asked", "order", "damaged"]


ScreenEvent = Touched | Typed | LanguageChosen | ModeSwitched | Focused

KioskEvent = (
    ReaderAnswered
    | ItemAnswered
    | LoanAnswered
    | ReturnAnswered
    | IlsSilent
    | Settled
    | IlsChanged
    | CentralEvent
    | ShownInVain
    | ErrandEvent
    | HelpEvent
    | RegisterEvent
    | PaymentEvent
    | ScreenEvent
    | PinChecked
    | Ticked
    | ServingChanged
    | JournalStands
    | StopAsked
)

AnyEvent = DeviceEvent | KioskEvent
