"""What can have happened. One frozen struct a kind; the dotted `kind` is its name for ever.

A kind is never reused and a field never changes its meaning: central keeps facts for years.
New fields carry a default. Readers stand in facts as pseudonyms (`wire.ids.Pseudonym`) alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.alarm_facts import DrillBegun, DrillEnded, GateExcused, GateNamed, GateReturned
from wire.desk_facts import HoldCancelled, HoldPlaced, PinReplaced
from wire.fact import By, Count, DecidedBy, Fact, FaultNumber, Name, Sealed, Text, Txn
from wire.help_facts import HelpAnswered, HelpCalled, HelpEnded, SurveyAnswered
from wire.hours_facts import (
    RoomArmed,
    RoomClosed,
    RoomClosing,
    RoomDisarmed,
    RoomOpened,
    RoomTested,
    StayReminded,
)
from wire.ids import JournalId, ListName, Pseudonym, Version
from wire.loan_facts import (
    LoanAbandoned,
    LoanAsked,
    LoanGranted,
    LoanMade,
    LoanOwed,
    LoanRefused,
    LoanRenewed,
    LoanUndone,
    ReturnAbandoned,
    ReturnAsked,
    ReturnMade,
    ReturnOwed,
    ReturnRefused,
    ReturnTaken,
    ReturnUndone,
)
from wire.payment_facts import (
    PaymentDropped,
    PaymentLapsed,
    PaymentRefused,
    PaymentSettled,
    PaymentTaken,
    PaymentWanted,
)
from wire.register_facts import (
    ReaderRegistered,
    RegisterAbandoned,
    RegisterAsked,
    RegisterOwed,
    RegisterRefused,
)
from wire.room_facts import (
    DoorForced,
    DoorOpened,
    DoorReleased,
    EntryGranted,
    EntryRefused,
    ExitPressed,
    FireCleared,
    FireRaised,
    GateAlarmed,
    RoomDisinfected,
    RoomMeasured,
)
from wire.service_facts import ServiceActed, ServiceEntered, ServiceLeft, ServiceRefused, TagEncoded
from wire.visit_facts import EntryApart, OccupancyCorrected, OccupancyPeaked, VisitEntered, VisitLeft

__all__ = ["By", "Count", "DecidedBy", "Fact", "FaultNumber", "Name", "Sealed", "Text", "Txn"]
__all__ += [
    "RoomArmed",
    "RoomClosed",
    "RoomClosing",
    "RoomDisarmed",
    "RoomOpened",
    "RoomTested",
    "StayReminded",
]
__all__ += ["ServiceActed", "ServiceEntered", "ServiceLeft", "ServiceRefused", "TagEncoded"]
__all__ += [
    "DoorForced",
    "DoorOpened",
    "DoorReleased",
    "EntryGranted",
    "EntryRefused",
    "ExitPressed",
    "FireCleared",
    "FireRaised",
    "GateAlarmed",
    "RoomDisinfected",
    "RoomMeasured",
]
__all__ += ["EntryApart", "OccupancyCorrected", "OccupancyPeaked", "VisitEntered", "VisitLeft"]
__all__ += ["DrillBegun", "DrillEnded", "GateExcused", "GateNamed", "GateReturned"]
__all__ += ["HoldCancelled", "HoldPlaced", "PinReplaced"]
__all__ += [
    "HelpAnswered",
    "HelpCalled",
    "HelpEnded",
    "LoanAbandoned",
    "LoanAsked",
    "LoanGranted",
    "LoanMade",
    "LoanOwed",
    "LoanRefused",
    "LoanRenewed",
    "LoanUndone",
    "PaymentDropped",
    "PaymentLapsed",
    "PaymentRefused",
    "PaymentSettled",
    "PaymentTaken",
    "PaymentWanted",
    "ReaderRegistered",
    "RegisterAbandoned",
    "RegisterAsked",
    "RegisterOwed",
    "RegisterRefused",
    "ReturnAbandoned",
    "ReturnAsked",
    "ReturnMade",
    "ReturnOwed",
    "ReturnRefused",
    "ReturnTaken",
    "ReturnUndone",
    "SurveyAnswered",
]


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
    | EntryApart
    | OccupancyCorrected
    | OccupancyPeaked
    | DoorReleased
    | DoorOpened
    | DoorForced
    | ExitPressed
    | FireRaised
    | FireCleared
    | GateAlarmed
    | RoomMeasured
    | RoomDisinfected
    | GateNamed
    | GateExcused
    | GateReturned
    | DrillBegun
    | DrillEnded
    | RoomOpened
    | RoomClosing
    | RoomClosed
    | RoomTested
    | RoomArmed
    | RoomDisarmed
    | StayReminded
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
    | HoldPlaced
    | HoldCancelled
    | PinReplaced
    | PaymentWanted
    | PaymentDropped
    | PaymentLapsed
    | PaymentTaken
    | PaymentSettled
    | PaymentRefused
    | RegisterAsked
    | RegisterOwed
    | ReaderRegistered
    | RegisterRefused
    | RegisterAbandoned
    | TagChanged
    | TagUnchanged
    | HelpCalled
    | HelpAnswered
    | HelpEnded
    | SurveyAnswered
    | ServiceEntered
    | ServiceRefused
    | ServiceActed
    | ServiceLeft
    | TagEncoded
    | OrderDone
    | OrderRefused
)

KINDS: dict[str, type[Fact]] = {str(cls.__struct_config__.tag): cls for cls in AnyFact.__args__}
"""Every kind by its name."""


def kind_of(fact: Fact) -> str:
    """`loan.made` for a LoanMade."""
    return str(fact.__struct_config__.tag)


def clip(text: str, limit: int = 200) -> str:
    """Text of a peer's without the blanks around it, which fill up fields, cut to what a fact may hold (characters)."""
    bare = text.strip()
    return bare if len(bare) <= limit else bare[: limit - 1] + "…"
