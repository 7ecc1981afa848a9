"""What the page and the API tell: the whole room as one JSON object."""

from __future__ import annotations

from msgspec import Struct

from drivers.emulators.door import DoorSeen
from drivers.rig.config import Card, Kind, Model, Place
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


class DeviceState(Struct, frozen=True):
    name: str
    kind: Kind
    place: str
    plugged: bool
    url: str


class RoomState(Struct, frozen=True):
    name: str
    books: tuple[BookState, ...]
    cards: tuple[Card, ...]
    door: DoorState | None
    """None: the room has none."""
    people: PeopleState
    devices: tuple[DeviceState, ...]
