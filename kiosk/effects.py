"""Everything that the tables may want done. Imperative names; the loop's hands carry them out.

Every effect that asks something is answered by exactly one event (`kiosk.events`, `drivers.events`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from kiosk.courtesy_effects import Courtesy
from kiosk.errand_effects import ErrandQuestion
from kiosk.payment_effects import AskPayment
from kiosk.register_effects import RegisterQuestion
from kiosk.room_effects import Switch
from kiosk.service_effects import ServiceEffect
from kiosk.veiled import Veiled
from wire.facts import Fact
from wire.lists import Head
from wire.orders import Order

Place = Literal["desk", "door"]
"""Each place has a conversation with the ILS of its own: a slow desk never keeps a door waiting."""
Medium = Literal["card", "id_card"]
"""What a reader is asked about by: the number of a library card, or of an identity card."""


# ---------------------------------------------------------------- urgent: before the disk
class ReleaseDoor(Struct, frozen=True):
    """Cut the lock's power. Never waits for anything."""

    limit_ms: int


# ---------------------------------------------------------------- on disk before anything below
class Record(Veiled, frozen=True):
    """Append a fact to the journal."""

    UNSEEN = frozenset({"card"})

    fact: Fact
    card: str = ""
    """With an intent (`LoanAsked`): the card number, kept encrypted until the loan is settled.

    Facts that staff must find a reader by (`LoanOwed`, `LoanGranted`, `LoanRefused(granted)`) carry it sealed
    to central: the journal takes it from here, or from the intent.
    """


class Remember(Struct, frozen=True):
    """Keep a small value beside the journal, in the same transaction as the facts of this step."""

    name: str
    value: str | None
    """None: forget it."""


class TakeOrder(Struct, frozen=True):
    """Keep the order's number, so that it is never carried out again."""

    order: Order


class RaiseFault(Struct, frozen=True):
    """A fault stands from now on; the station keeps it once, with its first cause."""

    fault: int
    device: str = ""
    cause: str = ""


class ClearFault(Struct, frozen=True):
    """It stands no longer."""

    fault: int
    device: str = ""


# ---------------------------------------------------------------- after the disk
class SecureDoor(Struct, frozen=True):
    """Give the lock its power back before the unit's own limit does."""


class AskReader(Veiled, frozen=True):
    """Who is this? Answered by ReaderAnswered or IlsSilent."""

    UNSEEN = frozenset({"card", "pin"})

    ask: int
    card: str
    place: Place
    by: Medium = "card"
    pin: str = ""
    """Typed at the door; the answer says whether it is this reader's."""


class AskItem(Struct, frozen=True):
    """What is this, and is it on loan? Answered by ItemAnswered or IlsSilent."""

    ask: int
    item: str


class AskLoan(Veiled, frozen=True):
    """Lend it. Answered by LoanAnswered or IlsSilent."""

    UNSEEN = frozenset({"card"})

    txn: str
    card: str
    item: str


class AskReturn(Struct, frozen=True):
    """Take it back. Answered by ReturnAnswered or IlsSilent."""

    txn: str
    item: str


class AskSettle(Veiled, frozen=True):
    """Find out what became of it (17, then 63 without a PIN; 85 of a registration). Answered by Settled."""

    UNSEEN = frozenset({"card"})

    txn: str
    kind: Literal["loan", "return", "register"]
    item: str
    """Empty for a registration."""
    card: str
    """Empty for a return; the identity card's number for a registration."""


class AskReplay(Veiled, frozen=True):
    """Tell the ILS what has happened without it. Answered by LoanAnswered, ReturnAnswered or IlsSilent.

    With no-block where the ILS takes that; else it judges the loan as if it were asked now.
    """

    UNSEEN = frozenset({"card"})

    txn: str
    kind: Literal["loan", "return"]
    item: str
    card: str
    """Empty for a return."""
    at_ms: int
    """When it happened, since 1970 UTC."""
    due: str = ""
    """ISO 8601 date that the reader was told; empty for a return."""


class SenseTag(Struct, frozen=True):
    """Read the tag's security. Answered by TagSensed."""

    uid: str


class WriteTag(Struct, frozen=True):
    """Write the tag's security and read it back. Answered by TagWritten."""

    uid: str
    secured: bool


class FetchList(Struct, frozen=True):
    """Fetch the body of a list and keep it. Answered by ListsChanged, and by ListMissed until it is there."""

    head: Head
    signed: bytes


class EndProgram(Struct, frozen=True):
    """Stop cleanly; with `restart` the supervisor starts it again."""

    restart: bool
    why: Literal["asked", "order", "damaged"] = "order"


AnyEffect = (
    ReleaseDoor
    | Record
    | Remember
    | TakeOrder
    | RaiseFault
    | ClearFault
    | SecureDoor
    | AskReader
    | AskItem
    | AskLoan
    | AskReturn
    | AskSettle
    | AskReplay
    | ErrandQuestion
    | Courtesy
    | RegisterQuestion
    | AskPayment
    | SenseTag
    | WriteTag
    | FetchList
    | ServiceEffect
    | Switch
    | EndProgram
)


def of_kinds(effects: Iterable[AnyEffect], kinds: frozenset[type]) -> Iterator[Fact]:
    """The facts of these kinds among them, in order."""
    return (one.fact for one in effects if type(one) is Record and type(one.fact) in kinds)


def kinds(*happened: object) -> frozenset[type]:
    """Of which kinds events and effects are; of a record it is the kind of its fact."""
    return frozenset([type(one.fact) if type(one) is Record else type(one) for one in happened])
