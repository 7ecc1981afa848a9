"""More came in than were let in: somebody slipped in behind. A part of the room. Pure.

Each card lets in its reader and who comes along; the counter says how many came. Who comes in on nobody's card, also
through a door that was opened from inside, is one too many. Nothing is said of

    a room that has staff, or is closed        `entry_while_closed` is another alarm
    fire, and half a minute after an order     whoever comes is meant to
    what was counted while nobody looked       nobody can know for whom the door stood open
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from drivers.events import Crossed
from kiosk.effects import ClearFault, RaiseFault, of_kinds
from kiosk.events import AnyEvent, Ticked
from kiosk.fittings import DOOR
from kiosk.room.alarm_state import Tailing
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from kiosk.room.visits import OPENED_WITHIN_MS
from kiosk.service.state import Phase as Service
from wire import facts
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

TAILGATED: Final = number("tailgated")
COMING_MS: Final = 30_000
"""So long after a card whoever it let in may still pass the counter."""
STANDS_MS: Final = 60_000
"""How long the alarm stands: whoever it was is inside."""
HEARS: Final[frozenset[type]] = frozenset(
    {
        Ticked,
        facts.EntryGranted,
        facts.DoorReleased,
        facts.VisitEntered,
        facts.EntryApart,
    }
)


def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    tailing, now_ms = room.tailing, around.now.mono_ms
    if not around.rules.alarms.tailgating:
        return room, ()
    if type(event) is Ticked:
        if tailing.over_ms is None or now_ms < tailing.over_ms:
            return room, ()
        return replace(room, tailing=replace(tailing, over_ms=None)), (ClearFault(TAILGATED, DOOR),)
    effects: Effects = ()
    for fact in of_kinds(told, HEARS):
        match fact:
            case facts.EntryGranted():
                tailing = _let_in(tailing, fact, came, now_ms)
            case facts.DoorReleased(why="order"):
                tailing = replace(tailing, ordered_until_ms=now_ms + COMING_MS)
            case (
                facts.VisitEntered(method="counter", persons=persons)
                | facts.EntryApart(method="counter", persons=persons)
            ) if isinstance(event, Crossed):
                tailing, more = _came_in(tailing, persons, now_ms, meant=_is_meant(came, kiosk, around))
                effects += more
    return (room if tailing is room.tailing else replace(room, tailing=tailing)), effects


def _let_in(tailing: Tailing, fact: facts.EntryGranted, came: Kiosk, now_ms: int) -> Tailing:
    """A card that is shown again before the door has opened lets in nobody else."""
    assert came.room is not None, "the caller looked"
    waiting = tailing.let_in if now_ms < tailing.until_ms else 0
    late_ms = COMING_MS - OPENED_WITHIN_MS
    unused = sum(
        one.persons
        for one in came.room.counting.grants
        if one.reader == fact.reader and now_ms - one.until_ms < late_ms
    )
    persons = max(waiting - unused, 0) + 1 + fact.companions
    return replace(tailing, let_in=persons, until_ms=now_ms + COMING_MS)


def _came_in(tailing: Tailing, persons: int, now_ms: int, *, meant: bool) -> tuple[Tailing, Effects]:
    waiting = tailing.let_in if now_ms < tailing.until_ms else 0
    tailing = replace(tailing, let_in=max(waiting - persons, 0))
    if persons <= waiting or meant or now_ms < tailing.ordered_until_ms:
        return tailing, ()
    cause = f"{persons} came in, {waiting} let in"
    return replace(tailing, over_ms=now_ms + STANDS_MS), (RaiseFault(TAILGATED, DOOR, cause),)


def _is_meant(came: Kiosk, kiosk: Kiosk, around: Surroundings) -> bool:
    """Whether whoever comes needs no card, or nobody can know for whom the door stood open."""
    room, moment = kiosk.room, around.rule.moment()
    assert came.room is not None, "the caller looked"
    assert room is not None, "the caller looked"
    fire = room.contacts is None or room.contacts.fire
    staff = kiosk.service.phase is not Service.OFF or room.counting.staff_due > 0
    attended = moment is not None and (moment.staffed or not moment.inhabited)
    return fire or staff or attended or not came.room.counting.followed
