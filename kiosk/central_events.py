"""What central tells a kiosk, and how the line to it stands, as events."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.knowledge import Lists
from wire.idle import Idle
from wire.ids import ListName
from wire.lists import Head
from wire.orders import Order


class UplinkChanged(Struct, frozen=True):
    """The broker and central behind it: both must be there for facts to be taken."""

    broker: bool
    central: bool


class OrderArrived(Struct, frozen=True):
    """An order whose signature is central's. Whether it is late or known is for the loop to judge."""

    order: Order


class ReleaseOrdered(Struct, frozen=True):
    """A technician wants the door released; judged and kept already. Made by the loop itself."""

    number: int
    seconds: int
    """0: the room's own setting."""


class CountOrdered(Struct, frozen=True):
    """Somebody at central knows how many are inside; judged and kept already. Made by the loop itself."""

    number: int
    persons: int


class DrillOrdered(Struct, frozen=True):
    """Somebody at central begins a drill or ends it; judged and kept already. Made by the loop itself."""

    number: int
    drill: Literal["", "fire", "evacuation", "end"]


class WatermarkMoved(Struct, frozen=True):
    """Central holds all facts up to `seq`."""

    seq: int
    ahead_ms: int | None
    """Central's wall clock less our monotonic one, which cannot jump before the loop hears of it; None: not believed."""


class MessageRefused(Struct, frozen=True):
    """A message from the broker was malformed or forged and was thrown away."""

    topic: str
    why: str
    forged: bool


class ListAnnounced(Struct, frozen=True):
    """Central signed the head of a list. Whether it is newer than the one in force is not judged here."""

    head: Head
    signed: bytes
    """The message as it came, so that whoever reads it from the disk can check it again."""


class ListsChanged(Struct, frozen=True):
    """These lists are in force from now on: at a start, and whenever one was fetched and is on disk."""

    lists: Lists


class NewsCame(Struct, frozen=True):
    """What is shown while nobody stands there: from the disk at a start, from central later."""

    news: Idle


class ListMissed(Struct, frozen=True):
    """A list that cannot be had, or kept, or is not what was signed. Where it was to be fetched it is tried again."""

    name: ListName
    version: int
    why: str


CentralEvent = (
    UplinkChanged
    | OrderArrived
    | ReleaseOrdered
    | CountOrdered
    | DrillOrdered
    | WatermarkMoved
    | MessageRefused
    | ListAnnounced
    | ListsChanged
    | NewsCame
    | ListMissed
)
