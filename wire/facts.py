"""What can have happened. One frozen struct a kind; the dotted `kind` is its name for ever.

A kind is never reused and a field never changes its meaning: central keeps facts for years.
New fields carry a default. Readers stand in facts as pseudonyms (`wire.ids.Pseudonym`) alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.ids import JournalId, ListName, Pseudonym, Version

Text = Annotated[str, Meta(max_length=200)]
"""Text that somebody else chose (title, item number): bounded, so that a batch stays within 16 KiB."""
Name = Annotated[str, Meta(max_length=64)]
Count = Annotated[int, Meta(ge=0, lt=2**32)]
FaultNumber = Annotated[int, Meta(ge=100, le=999)]
Txn = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
"""One lending or return from its asking to its end: ties an intent to its outcome."""
By = Literal["ils", "staff"]
"""Who ended what was owed."""
Sealed = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/=]{0,200}\Z")]
"""A card number that central alone can read (`wire.sealing`); empty where the kiosk has no key for it."""
DecidedBy = Literal["ils", "list", "rule"]
"""Who let it happen: the ILS; while it was silent a signed list; or the kiosk's own rule and memory."""


class Fact(Struct, frozen=True, forbid_unknown_fields=False, omit_defaults=True, tag_field="kind"):
    """Base of all facts. A field that has its default is not written."""


# ---------------------------------------------------------------- the kiosk itself
class KioskStarted(Fact, frozen=True, tag="kiosk.started"):
    """First fact of every run."""

    version: Name
    journal: JournalId
    unclean: bool
    """True where the run before it did not end with `kiosk.stopped`."""
    before: JournalId | None = None
    """In the first run on a new journal file: the journal that was set aside for it."""
    why: Literal["", "damaged", "forked"] = ""
    """Why that one was set aside."""


class KioskStopped(Fact, frozen=True, tag="kiosk.stopped"):
    why: Name
    """`asked`, `order`, or `damaged`: the journal was found to be."""


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
    """Facts that nobody will ever read."""

    count: Count
    why: Literal["full", "damaged"] = "full"
    """`full`: the journal was full to its last row. `damaged`: stands in the place of one damaged row."""


class ClockCorrected(Fact, frozen=True, tag="clock.corrected"):
    """Central's time at the moment of this fact: dates all facts of the same boot by its monotonic clock.

    Written when central is first heard in a boot, and again whenever the kiosk's own clock jumps.
    """

    central_ms: Annotated[int, Meta(ge=0, lt=2**53)]


class ListTaken(Fact, frozen=True, tag="list.taken"):
    """A signed list is in force from now on."""

    list: ListName
    version: Version
    entries: Count


class ListRefused(Fact, frozen=True, tag="list.refused"):
    """A list was announced, signed, and could not be taken."""

    list: ListName
    version: Version
    why: Text


# ---------------------------------------------------------------- the room
class EntryGranted(Fact, frozen=True, tag="entry.granted"):
    reader: Pseudonym
    reader_type: Name = ""
    decided_by: DecidedBy = "ils"


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
    decided_by: DecidedBy = "ils"


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
    granted: bool = False
    """True: the end of a `loan.granted`, which has been counted already."""
    forced: bool = False
    """True: the ILS took it with no-block, past its own rules."""
    by: By = "ils"
    read_here: bool = False
    """True: lent within the building, so that its tag stays secured."""


class LoanRefused(Fact, frozen=True, tag="loan.refused"):
    txn: Txn
    item: Text
    reader: Pseudonym
    fault: FaultNumber
    granted: bool = False
    """True: the reader has the book by a `loan.granted`, and the ILS does not take it: for staff."""
    sealed: Sealed = ""
    settled: bool = False
    """True: the end of a `loan.owed` of a book that had been on this reader's card before (206)."""


class LoanOwed(Fact, frozen=True, tag="loan.owed"):
    """The ILS did not answer and the reader was told to leave the book; whether it lent is found out later."""

    txn: Txn
    item: Text
    reader: Pseudonym
    sealed: Sealed = ""
    was_lent: bool = False
    """True: it was on loan by its tag, and the reader was told to take it along if it is theirs."""


class LoanGranted(Fact, frozen=True, tag="loan.granted"):
    """The ILS was silent and the kiosk lent by its rule: the reader has the book, the ILS is owed the news.

    Ends as `loan.made`, `loan.refused` or `loan.abandoned` with the same txn. Counts as the loan, at its time.
    """

    txn: Txn
    item: Text
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """ISO 8601 date that the reader was told."""
    decided_by: Literal["list", "rule"] = "rule"
    sealed: Sealed = ""


class LoanAbandoned(Fact, frozen=True, tag="loan.abandoned"):
    """Found out after a silence or a restart: the ILS never lent it."""

    txn: Txn
    item: Text
    reader: Pseudonym
    by: By = "ils"


class LoanRenewed(Fact, frozen=True, tag="loan.renewed"):
    """The reader keeps the item longer: asked for by that name, or the ILS took a checkout of it so.

    Of one transaction as many as items were renewed.
    """

    txn: Txn
    item: Text
    """Empty where the ILS says how many it renewed and not which."""
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """As in `loan.made`."""
    forced: bool = False
    """True: the ILS took it with no-block, past its own rules."""


class LoanUndone(Fact, frozen=True, tag="loan.undone"):
    """The machine could not let the item go and took its loan back (09 with BI=Y). The loan was counted."""

    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""


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
    taken: bool = False
    """True: the end of a `return.taken`, which has been counted already."""
    forced: bool = False
    """True: the ILS took it with no-block."""
    by: By = "ils"


class ReturnRefused(Fact, frozen=True, tag="return.refused"):
    txn: Txn
    item: Text
    fault: FaultNumber
    taken: bool = False
    """True: the book is here by a `return.taken`, and the ILS does not take it: for staff."""


class ReturnOwed(Fact, frozen=True, tag="return.owed"):
    """The power went before the ILS answered; whether it took the book back is found out later."""

    txn: Txn
    item: Text


class ReturnTaken(Fact, frozen=True, tag="return.taken"):
    """The ILS was silent and the kiosk took the book: it is here, the ILS is owed the news.

    Ends as `return.made` or `return.refused` with the same txn. Counts as the return, at its time.
    """

    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""


class ReturnAbandoned(Fact, frozen=True, tag="return.abandoned"):
    txn: Txn
    item: Text
    by: By = "ils"


class ReturnUndone(Fact, frozen=True, tag="return.undone"):
    """The machine could not keep the item and took its return back (11 with BI=Y). The return was counted."""

    txn: Txn
    item: Text
    reader: Pseudonym
    title: Text = ""
    call_number: Name = ""


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
    | ClockCorrected
    | ListTaken
    | ListRefused
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
    | LoanGranted
    | LoanAbandoned
    | LoanRenewed
    | LoanUndone
    | ReturnAsked
    | ReturnMade
    | ReturnRefused
    | ReturnOwed
    | ReturnTaken
    | ReturnAbandoned
    | ReturnUndone
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
