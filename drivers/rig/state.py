"""What the page and the API tell: the whole room as one JSON object."""

from __future__ import annotations

from msgspec import Struct

from drivers.emulators.door import DoorSeen
from drivers.rig.config import Card, IdCardHeld, Kind, Model, Place
from drivers.rig.heard import HeardState
from drivers.rig.world import Lying


class BookState(Struct, frozen=True):
    """One book, its tag as it is by now."""

    uid: str
    item: str
    title: str
    owner: str
    model: Model
    place: Place
    afi: str
    """Two hexadecimal digits."""
    secured: bool
    """The AFI says in stock: the gate alarms."""

    @classmethod
    def of(cls, lying: Lying) -> BookState:
        book = lying.book
        return cls(
            book.uid,
            book.item,
            book.title,
            book.owner,
            book.model,
            lying.place,
            f"{lying.tag.afi:02X}",
            lying.secured,
        )


class DoorState(Struct, frozen=True):
    open: bool
    locked: bool
    """The lock has power."""
    free: tuple[str, ...]
    """Why it has none: of `fire`, `exit`, `order`, `silence`."""
    exit: bool
    fire: bool
    openings: int
    entered: int
    left: int

    @classmethod
    def of(cls, seen: DoorSeen) -> DoorState:
        totals = seen.totals
        return cls(
            seen.open,
            seen.powered,
            seen.free,
            seen.exit,
            seen.fire,
            totals.openings,
            totals.entered,
            totals.left,
        )


class PeopleState(Struct, frozen=True):
    inside: int
    passing: bool
    """Somebody is between the pedestals of the gate."""


class PointState(Struct, frozen=True, omit_defaults=True):
    """A probe with its value, or a contact that finds what it watches for or not."""

    name: str
    value: float | None = None
    unit: str = ""
    active: bool | None = None


class PrinterState(Struct, frozen=True):
    paper: str
    """`enough`, `low` or `out`."""
    open: bool
    """The cover."""
    jammed: bool
    """The knife sticks, or will at its next cut."""
    printed: int
    """Lines, pictures and cuts on the paper: a page that shows it looks again when this changes."""
    text: tuple[str, ...]
    """The lines that are no picture."""


class DeviceState(Struct, frozen=True):
    name: str
    kind: Kind
    place: str
    plugged: bool
    url: str
    lamp: str = ""
    """What a reader's lamp shows: `red`, `green`, `amber`, `blue`, `off`; empty where it has none."""


class RoomState(Struct, frozen=True):
    name: str
    books: tuple[BookState, ...]
    cards: tuple[Card, ...]
    door: DoorState | None
    """None: the room has none."""
    people: PeopleState
    devices: tuple[DeviceState, ...]
    id_cards: tuple[IdCardHeld, ...] = ()
    points: tuple[PointState, ...] = ()
    """What the sensors see."""
    outputs: dict[str, bool] = {}
    """What the outputs switch, on or off."""
    printer: PrinterState | None = None
    """None: the room has none."""
    heard: tuple[HeardState, ...] | None = None
    """The last sounds of its voice, oldest first; None: it has none."""
