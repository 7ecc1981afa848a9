"""What happens in a 24-hour room: who came in, the door, the gate. Part of `wire.facts`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.admission import Companions, Mark, Role
from wire.fact import Count, DecidedBy, Fact, FaultNumber, Name, Text
from wire.ids import Pseudonym


class EntryGranted(Fact, frozen=True, tag="entry.granted"):
    reader: Pseudonym
    reader_type: Name = ""
    decided_by: DecidedBy = "ils"
    role: Role = "reader"
    """All but readers are no visits."""
    companions: Companions = 0
    """Who come along, as the reader has told."""
    marks: Annotated[tuple[Mark, ...], Meta(max_length=3)] = ()


class EntryRefused(Fact, frozen=True, tag="entry.refused"):
    fault: FaultNumber
    reader: Pseudonym | None = None


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


class RoomMeasured(Fact, frozen=True, tag="room.measured"):
    """What the air of the room is like, or whatever else is measured there; one fact a point, every half hour."""

    point: Name
    """As the vitals call it: `hall_temperature`."""
    unit: Name
    """As UCUM writes it: `Cel`, `%`, `lx`."""
    value: float
    low: float
    high: float
    """Lowest and highest since the fact before."""


class RoomDisinfected(Fact, frozen=True, tag="room.disinfected"):
    """A cabinet has run."""

    cabinet: Name
    seconds: Count
    complete: bool = True
    """For a whole cycle, its door shut."""
