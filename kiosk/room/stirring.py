"""When somebody must have been there last: what moves in a room. A part of the room (`kiosk.room.rounds`). Pure.

A touch, a book on the pad, a person at the counter, the door's leaf, a contact that watches for motion, staff at the
machine. What calls for help from outside, and a book that lay there when the pad came up, move nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import Crossed, DoorSensed, TagGone, TagSeen
from kiosk.events import AnyEvent, Touched
from kiosk.room.hours import MINUTE_MS
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from kiosk.service.state import Phase as Service

if TYPE_CHECKING:
    from kiosk.core import Kiosk
    from kiosk.station import Station

OFF = Service.OFF
CALLS = frozenset({"help", "answer", "end_help"})
"""Touches that a call for help from outside is made of."""
MOVES = frozenset({TagSeen, TagGone, Touched, Crossed, DoorSensed})
"""Events that tell of somebody, for the most part."""
MOTION = "motion"
"""Word of a point's name that says that its contact watches for somebody."""


# ---------------------------------------------------------------- the part
def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, _told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if room.stirred_ms is None or stirs(came, kiosk, event):
        return replace(room, stirred_ms=around.now.mono_ms), ()
    return room, ()


# ---------------------------------------------------------------- what moves
def stirs(came: Kiosk, kiosk: Kiosk, event: AnyEvent) -> bool:
    """Whether somebody must be there for this to happen, or staff are at the machine."""
    if kiosk.service.phase is not OFF or _is_watched(kiosk.station):
        return True
    if kiosk.station is not came.station and _is_watched(came.station):
        return True
    if type(event) not in MOVES:
        return False
    match event:
        case TagSeen() | TagGone():
            return kiosk.room is not None and not kiosk.room.arming.laid
        case Touched(action=action):
            call = kiosk.courtesies.call or came.courtesies.call
            return not (action in CALLS and call is not None and call.place == "door")
        case Crossed():
            return (
                came.room is not None
                and kiosk.room is not None
                and came.room.counting is not kiosk.room.counting
            )
        case DoorSensed(open=is_open):
            before = came.room.contacts if came.room else None
            return before is not None and before.open != is_open
    return False


def _is_watched(station: Station) -> bool:
    """A contact that watches for motion is active: somebody moves for as long as it is."""
    readings = station.readings
    return bool(readings) and any(one.value and MOTION in name.split("_") for name, one in readings.items())


def is_deaf(kiosk: Kiosk) -> bool:
    """A unit that may watch for motion is away: that nothing moves, nobody knows."""
    return not kiosk.station.fittings.names("sensors") <= kiosk.station.identities.keys()


# ---------------------------------------------------------------- how still it is
def is_shut(room: Room) -> bool:
    """The door is heard and shut, and nothing is the matter with it."""
    contacts = room.contacts
    return contacts is not None and not (contacts.open or contacts.fire or contacts.exit_pressed)


def still_from_ms(room: Room, around: Surroundings) -> int:
    """When nothing will have moved for so long that nobody can be inside (monotonic)."""
    since_ms = around.now.mono_ms if room.stirred_ms is None else room.stirred_ms
    return since_ms + around.rules.counting.still_min * MINUTE_MS
