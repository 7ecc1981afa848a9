"""What one event does to the room. Pure functions of (room, event, surroundings); who comes in is `entering`'s."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from drivers.events import DeviceLost, DoorAnswered, DoorSensed
from kiosk.central_events import ReleaseOrdered
from kiosk.clock import earliest
from kiosk.effects import (
    ClearFault,
    RaiseFault,
    Record,
    ReleaseDoor,
    Remember,
)
from kiosk.events import Ticked
from kiosk.fittings import DOOR
from kiosk.room import admission, egress, entering
from kiosk.room.counting_state import TOTALS
from kiosk.room.state import Contacts, Notice, Phase, Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

DEVICE_MISBEHAVED = number("device_misbehaved")
DOOR_HELD_OPEN = number("door_held_open")
LOCK_NOT_RELEASED = number("lock_not_released")
ORDER_NOT_POSSIBLE = number("order_not_possible")
SHUT: Effects = (ClearFault(DOOR_HELD_OPEN, DOOR), ClearFault(egress.DOOR_FORCED, DOOR))
"""What is over as soon as the door is shut."""
WRAP = 2**32
MAX_OPENINGS = 1000
"""More than this between two looks at the unit is a count that jumped."""
OPENINGS = "room.openings"
"""Name under which the total of openings is remembered, in the same transaction as the facts of them."""


# ---------------------------------------------------------------- the unit
def sense(room: Room, event: DoorSensed, around: Surroundings) -> Stepped:
    """The unit's snapshot is the truth: phase, openings, exit, fire, and whether to secure early."""
    before, counted = room.contacts, room.openings
    now = Contacts(event.open, event.released, event.exit_pressed, event.fire)
    was_open = before is not None and before.open
    room, opened = _openings(room, event, around)
    room, held = _held_open(room, now, around)
    room = replace(room, contacts=now, phase=_phase(room, now))
    effects = (*egress.changes(before, now), *opened, *held)
    if now.open and not was_open:
        room = replace(room, expected_until_ms=0, admission=admission.came_in(room, around))
    if was_open and not now.open and not _expected(room, around):
        effects += egress.secure_early(now)
    if room.openings != counted:
        effects += (Remember(OPENINGS, str(room.openings)),)
    return room, effects


def _phase(room: Room, now: Contacts) -> Phase:
    if now.fire or now.exit_pressed:
        return Phase.FREE
    if now.open:
        return Phase.OPEN
    if now.released:
        return Phase.RELEASED
    if room.card:
        return Phase.ASKING
    return Phase.QUESTIONED if room.admission.question else Phase.SECURED


def _openings(room: Room, event: DoorSensed, around: Surroundings) -> Stepped:
    """Each opening of the door becomes a fact, also those that only the unit saw."""
    last, openings = room.openings, _counted(room, event)
    if last == openings:
        return room, ()
    room = replace(room, openings=openings)
    if last is None:
        return room, ()
    missed = _grown(last, openings)
    if missed > MAX_OPENINGS:
        return room, (_jumped(event.device, f"openings {last} to {openings}"),)
    recovered = room.contacts is None
    seen: Effects = tuple(
        Record(facts.DoorOpened((openings - missed + n) % WRAP, recovered=recovered))
        for n in range(1, missed + 1)
    )
    if not recovered and egress.forced(room.contacts, event, expected=_expected(room, around)):
        seen += (Record(facts.DoorForced(openings)), RaiseFault(egress.DOOR_FORCED, DOOR))
    return room, (*seen, ClearFault(DEVICE_MISBEHAVED, event.device))


def _counted(room: Room, event: DoorSensed) -> int:
    """The unit's own count of openings; where it keeps none, of those that were seen here."""
    if event.openings is not None:
        return event.openings
    opened = event.open and room.contacts is not None and not room.contacts.open
    return ((room.openings or 0) + opened) % WRAP


def _expected(room: Room, around: Surroundings) -> bool:
    return around.now.mono_ms < room.expected_until_ms


def _held_open(room: Room, now: Contacts, around: Surroundings) -> Stepped:
    if not now.open:
        return (room if room.held_at_ms is None else replace(room, held_at_ms=None)), SHUT
    if room.held_at_ms is None:
        room = replace(room, held_at_ms=around.after_ms(around.rules.held_open_s))
    return room, ()


def lose_sight(room: Room, _event: DeviceLost, _around: Surroundings) -> Stepped:
    """The unit is not heard: nothing is known of the door, so nothing is secured."""
    nobody = replace(room.admission, question=None, released=None)
    return replace(room, phase=Phase.UNKNOWN, contacts=None, card="", held_at_ms=None, admission=nobody), ()


def hear_answer(room: Room, event: DoorAnswered, around: Surroundings) -> Stepped:
    """The unit took a command or not. Whoever stands outside is told, and so is who ordered it."""
    if event.verb != "release":
        return room, ()
    order = next(iter(room.releases), 0)
    room = replace(room, releases=room.releases[1:])
    if event.error is None:
        done: Effects = (Record(facts.OrderDone(order, "door.release")),) if order else ()
        return room, (*done, ClearFault(LOCK_NOT_RELEASED, DOOR))
    notice = Notice(around.after_ms(around.rules.refuse_s), LOCK_NOT_RELEASED)
    nobody = replace(room.admission, released=None)
    room = replace(room, notice=notice, expected_until_ms=0, admission=nobody)
    return room, (RaiseFault(LOCK_NOT_RELEASED, DOOR, event.error.text), *_order_refused(order))


# ---------------------------------------------------------------- orders and time
def release_for_order(room: Room, event: ReleaseOrdered, around: Surroundings) -> Stepped:
    """A technician lets somebody in. Answered when the unit has answered."""
    seconds = event.seconds or around.rules.release_s
    until = around.after_ms(seconds)
    return replace(room, expected_until_ms=until, releases=(*room.releases, event.number)), (
        ReleaseDoor(int(seconds * 1000)),
        Record(facts.DoorReleased("order", event.number)),
    )


def refuse_order(room: Room, event: ReleaseOrdered, _around: Surroundings) -> Stepped:
    return room, _order_refused(event.number)


def _order_refused(order: int) -> Effects:
    return (Record(facts.OrderRefused(order, "door.release", ORDER_NOT_POSSIBLE)),) if order else ()


def tick(room: Room, _event: Ticked, around: Surroundings) -> Stepped:
    """Take down an old notice; a door that stands open too long is a fault."""

    def due(at_ms: int | None) -> bool:
        return at_ms is not None and around.now.mono_ms >= at_ms

    effects: Effects = ()
    if (question := room.admission.question) and not room.card and due(question.until_ms):
        return entering.lapse(room, around)
    if room.notice and due(room.notice.until_ms):
        room = replace(room, notice=None)
    if due(room.held_at_ms):
        room, effects = replace(room, held_at_ms=None), (*effects, RaiseFault(DOOR_HELD_OPEN, DOOR))
    return room, effects


def deadline_ms(room: Room) -> int | None:
    """When time itself will next change the room or its screen (monotonic); None: never."""
    notice, question = room.notice, room.admission.question
    if notice is None and question is None:
        return room.held_at_ms
    lapses_ms = question.until_ms if question and not room.card else None
    return earliest(notice.until_ms if notice else None, lapses_ms, room.held_at_ms)


def _grown(last: int, now: int) -> int:
    """How far a total that wraps at 2**32 has grown."""
    return (now - last) % WRAP


def _jumped(device: str, cause: str) -> RaiseFault:
    return RaiseFault(DEVICE_MISBEHAVED, device, cause)


def recall(room: Room, remembered: Callable[[str], str | None]) -> Room:
    """The room with the total of openings last taken into facts, where one is kept that can be read."""
    older = (remembered(TOTALS) or "").split()
    openings = remembered(OPENINGS) or "".join(older[2:3])
    room = admission.recall(room, remembered(admission.KEPT_OUT))
    return replace(room, openings=int(openings)) if openings.isdecimal() else room
