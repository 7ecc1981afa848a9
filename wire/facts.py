"""What can have happened. One frozen struct a kind; the dotted `kind` is its name for ever.

A kind is never reused and a field never changes its meaning: central keeps facts for years.
New fields carry a default. Readers stand in facts as pseudonyms (`wire.ids.Pseudonym`) alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.ids import JournalId, Pseudonym

Text = Annotated[str, Meta(max_length=200)]
"""Text that somebody else chose (title, item number): bounded, so that a batch stays within 16 KiB."""
Name = Annotated[str, Meta(max_length=64)]
Count = Annotated[int, Meta(ge=0, lt=2**32)]
FaultNumber = Annotated[int, Meta(ge=100, le=999)]
Txn = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
"""One lending or return from its asking to its end: ties an intent to its outcome."""


class Fact(Struct, frozen=True, forbid_unknown_fields=False, tag_field="kind"):
    """Base of all facts."""


# ---------------------------------------------------------------- the kiosk itself
class KioskStarted(Fact, frozen=True, tag="kiosk.started"):
    """First fact of every run."""

    version: Name
    journal: JournalId
    unclean: bool
    """True where the run before it did not end with `kiosk.stopped`."""


class KioskStopped(Fact, frozen=True, tag="kiosk.stopped"):
    why: Name
    """`asked`, `order` or `broken`."""


class FaultRaised(Fact, frozen=True, tag="fault.raised"):
    fault: FaultNumber
    device: Name = ""
    cause: Text = ""


class FaultCleared(Fact, frozen=True, tag="fault.cleared"):
    fault: FaultNumber
    device: Name = ""


class MessagesRefused(Fact, frozen=True, tag="messages.refused"):
    """Messages from the broker that failed their signature or their form; at most one fact a minute."""

    count: Count
    topic: Text
    """Topic of the last one."""
    why: Text


class FactsLost(Fact, frozen=True, tag="facts.lost"):
    """The journal was full to its last row; this many facts could not be written."""

    count: Count


# ---------------------------------------------------------------- the room
class EntryGranted(Fact, frozen=True, tag="entry.granted"):
    reader: Pseudonym
    reader_type: Name = ""
    decided_by: Literal["ils", "list", "rule"] = "ils"


class EntryRefused(Fact, frozen=True, tag="entry.refused"):
    fault: FaultNumber
    reader: Pseudonym | None = None


class VisitEntered(Fact, frozen=True, tag="visit.entered"):
    """Persons who came in."""

    persons: Annotated[int, Meta(ge=1, lt=2**16)]
    method: Literal["counter", "card"]
    """Method A of the reports (people counter) or B (card granted and door opened)."""


class VisitLeft(Fact, frozen=True, tag="visit.left"):
    persons: Annotated[int, Meta(ge=1, lt=2**16)]
    method: Literal["counter", "card"]


class DoorReleased(Fact, frozen=True, tag="door.released"):
    why: Literal["card", "order", "exit", "fire"]
    order: Count = 0
    """Order number where `why` is `order`."""


class DoorOpened(Fact, frozen=True, tag="door.opened"):
    openings: Count
    """The unit's own count after this opening."""
    recovered: bool = False
    """True: seen only in the unit's count after a restart of the kiosk."""


class DoorForced(Fact, frozen=True, tag="door.forced"):
    """The door opened with nothing that released it."""

    openings: Count


class ExitPressed(Fact, frozen=True, tag="exit.pressed"):
    pass


class FireRaised(Fact, frozen=True, tag="fire.raised"):
    pass


class FireCleared(Fact, frozen=True, tag="fire.cleared"):
    pass


class GateAlarmed(Fact, frozen=True, tag="gate.alarmed"):
    uid: Name
    item: Text = ""


# ---------------------------------------------------------------- the desk
class SessionOpened(Fact, frozen=True, tag="session.opened"):
    reader: Pseudonym
    reader_type: Name = ""


class SessionClosed(Fact, frozen=True, tag="session.closed"):
    why: Literal["done", "idle", "broken", "stopped"]
    loans: Count
    returns: Count
    refusals: Count
    seconds: Count


class ReaderRefused(Fact, frozen=True, tag="reader.refused"):
    fault: FaultNumber
    reader: Pseudonym | None = None


class LoanAsked(Fact, frozen=True, tag="loan.asked"):
    """The intent: on disk before the ILS is asked."""

    txn: Txn
    item: Text
    reader: Pseudonym


class LoanMade(Fact, frozen=True, tag="loan.made"):
    txn: Txn
    item: Text
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """As the ILS said it, ISO 8601 where its form is known."""
    settled: bool = False
    """True: found out after a silence or a restart, not told to the reader at the desk."""


class LoanRefused(Fact, frozen=True, tag="loan.refused"):
    txn: Txn
    item: Text
    reader: Pseudonym
    fault: FaultNumber


class LoanOwed(Fact, frozen=True, tag="loan.owed"):
    """The ILS did not answer; whether it lent is found out later."""

    txn: Txn
    item: Text
    reader: Pseudonym


class LoanAbandoned(Fact, frozen=True, tag="loan.abandoned"):
    """Found out after a silence or a restart: the ILS never lent it."""

    txn: Txn
    item: Text
    reader: Pseudonym


class ReturnAsked(Fact, frozen=True, tag="return.asked"):
    txn: Txn
    item: Text


class ReturnMade(Fact, frozen=True, tag="return.made"):
    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""
    home: Name = ""
    """Permanent place of the item where the ILS tells it: another branch's book is a 异地还."""
    settled: bool = False


class ReturnRefused(Fact, frozen=True, tag="return.refused"):
    txn: Txn
    item: Text
    fault: FaultNumber


class ReturnOwed(Fact, frozen=True, tag="return.owed"):
    txn: Txn
    item: Text


class ReturnAbandoned(Fact, frozen=True, tag="return.abandoned"):
    txn: Txn
    item: Text


class TagChanged(Fact, frozen=True, tag="tag.changed"):
    """The tag's security was written and read back."""

    uid: Name
    item: Text
    secured: bool


class TagUnchanged(Fact, frozen=True, tag="tag.unchanged"):
    """The tag's security could not be written: staff and the gate's tolerance list."""

    uid: Name
    item: Text
    secured: bool
    """What was wanted."""
    fault: FaultNumber


# ---------------------------------------------------------------- orders
class OrderDone(Fact, frozen=True, tag="order.done"):
    order: Count
    verb: Name


class OrderRefused(Fact, frozen=True, tag="order.refused"):
    order: Count
    verb: Name
    fault: FaultNumber


AnyFact = (
    KioskStarted
    | KioskStopped
    | FaultRaised
    | FaultCleared
    | MessagesRefused
    | FactsLost
    | EntryGranted
    | EntryRefused
    | VisitEntered
    | VisitLeft
    | DoorReleased
    | DoorOpened
    | DoorForced
    | ExitPressed
    | FireRaised
    | FireCleared
    | GateAlarmed
    | SessionOpened
    | SessionClosed
    | ReaderRefused
    | LoanAsked
    | LoanMade
    | LoanRefused
    | LoanOwed
    | LoanAbandoned
    | ReturnAsked
    | ReturnMade
    | ReturnRefused
    | ReturnOwed
    | ReturnAbandoned
    | TagChanged
    | TagUnchanged
    | OrderDone
    | OrderRefused
)

KINDS: dict[str, type[Fact]] = {str(cls.__struct_config__.tag): cls for cls in AnyFact.__args__}
"""Every kind by its name."""


def kind_of(fact: Fact) -> str:
    """`loan.made` for a LoanMade."""
    return str(fact.__struct_config__.tag)


def clip(text: str, limit: int = 200) -> str:
    """Text of a peer's, cut to what a fact may hold (characters)."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
