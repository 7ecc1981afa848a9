"""Who is inside, and who came: what a two-way counter's totals become. A part of the room (`kiosk.room.rounds`). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import Crossed
from kiosk.effects import ClearFault, RaiseFault, Record, Remember
from kiosk.events import AnyEvent
from kiosk.room import counting_state
from kiosk.room.counting_state import COUNTING, Counting
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

DEVICE_MISBEHAVED = number("device_misbehaved")
WRAP = 2**32
MAX_PERSONS = 1000
"""More than this between two looks at a counter is a counter that jumped, not a crowd."""


def inside(room: Room) -> int:
    """Persons inside, as well as is known; never below 0."""
    return room.counting.inside


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, _told: Effects, _around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if type(event) is not Crossed or not kiosk.station.fittings.counts(event.device):
        return room, ()
    counting, effects = _count(room.counting, event)
    return replace(room, counting=counting), effects


def deadline_ms(_kiosk: Kiosk, _around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Part.deadline_ms`."""
    return None


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Part.recall`."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    return replace(kiosk, room=replace(kiosk.room, counting=counting_state.recall(remembered)))


def _count(counting: Counting, event: Crossed) -> tuple[Counting, Effects]:
    """Visits by method A: what the two-way counter's totals have grown by, also while nobody looked.

    A counter that took another's place begins where it stands.
    """
    entered, left = counting.entered, counting.left
    same = counting.counter in {"", event.device}
    counting = replace(counting, entered=event.entered, left=event.left, counter=event.device)
    if entered is None or left is None or not same:
        return counting, (_remember(counting),)
    came, went = (event.entered - entered) % WRAP, (event.left - left) % WRAP
    if max(came, went) > MAX_PERSONS:
        jump = f"entered {entered} to {event.entered}, left {left} to {event.left}"
        return counting, (RaiseFault(DEVICE_MISBEHAVED, event.device, jump), _remember(counting))
    if not came and not went:
        return counting, ()
    counting = replace(counting, inside=max(counting.inside + came - went, 0))
    effects: Effects = (Record(facts.VisitEntered(came, "counter")),) if came else ()
    if went:
        effects += (Record(facts.VisitLeft(went, "counter")),)
    return counting, (*effects, ClearFault(DEVICE_MISBEHAVED, event.device), _remember(counting))


def _remember(counting: Counting) -> Remember:
    return Remember(COUNTING, counting_state.kept(counting))
