"""Who came and went, and who is inside. A part of the room (`kiosk.room.rounds`). Pure.

crossings    what a counter's totals become: persons who passed
visits       which of them are visits, by the counter and by cards
occupancy    how many are inside, how many may be
corrections  how that number is set right: a part of its own, behind the one that arms
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import CardShown, Crossed, DeviceLost
from kiosk.central_events import ListsChanged
from kiosk.effects import Record
from kiosk.events import AnyEvent
from kiosk.room import counting_state, crossings, occupancy, visits
from kiosk.room.counting_state import Counting
from kiosk.room.occupancy import Counted
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk


def inside(room: Room) -> int:
    """Persons inside, as well as is known; never below 0."""
    return room.counting.inside


def known(room: Room) -> int | None:
    """The same; None where nothing tells."""
    return room.counting.inside if room.counting.known else None


# ---------------------------------------------------------------- the part
def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    before = counting = room.counting
    heard = HEARD.get(type(event))
    effects: Effects = ()
    for effect in told:
        if type(effect) is Record and (move := TOLD.get(type(effect.fact))):
            counting, more = move(counting, effect.fact, kiosk, around)
            effects += more
    if heard is not None:
        counting, more = heard(counting, event, kiosk, around)
        effects += more
    if counting is before:
        return room, effects
    counting, more = occupancy.reckoned(counting, kiosk.station.fittings, around)
    effects += more
    if counting.inside != before.inside:
        counting, more = _peaked(before, counting, around)
        effects += more
    return replace(room, counting=counting), (*effects, *counting_state.remembered(before, counting))


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Lasting.recall`."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    return replace(kiosk, room=replace(kiosk.room, counting=counting_state.recall(remembered)))


# ---------------------------------------------------------------- events
def _crossed(counting: Counting, event: Crossed, kiosk: Kiosk, around: Surroundings) -> Counted:
    if not kiosk.station.fittings.counts(event.device):
        return counting, ()
    seen = counting.followed
    counting, passed, cleared = crossings.look(counting, event)
    effects: Effects = ()
    if passed.came:
        counting, more = visits.crossed_in(counting, passed.came, kiosk, around, seen=seen)
        effects += more
    if passed.went:
        counting, more = visits.crossed_out(counting, passed.went, kiosk, around)
        effects += more
    if not seen:
        counting, more = occupancy.bounded(counting, around)
        effects += more
    return counting, effects + cleared


def _lost(counting: Counting, event: DeviceLost, _kiosk: Kiosk, _around: Surroundings) -> Counted:
    lost = counting.followed and event.device == counting.counter
    return (replace(counting, followed=False), ()) if lost else (counting, ())


def _shown(counting: Counting, event: CardShown, kiosk: Kiosk, around: Surroundings) -> Counted:
    if event.device not in around.rules.counting.exit_readers:
        return counting, ()
    return visits.shown_out(counting, event, kiosk, around)


def _listed(counting: Counting, _event: ListsChanged, _kiosk: Kiosk, around: Surroundings) -> Counted:
    """Another number may be allowed now."""
    return occupancy.bounded(counting, around)


HEARD: dict[type[AnyEvent], Callable[..., Counted]] = {
    Crossed: _crossed,
    DeviceLost: _lost,
    CardShown: _shown,
    ListsChanged: _listed,
}


# ---------------------------------------------------------------- what the tables have told
def _granted(counting: Counting, fact: facts.EntryGranted, kiosk: Kiosk, around: Surroundings) -> Counted:
    """The door may stand open already."""
    room = kiosk.room
    assert room is not None, "the caller looked"
    came = room.admission.released
    shown = came.shown if came and came.reader == fact.reader else fact.reader
    counting = visits.granted(counting, fact, shown, around)
    is_open = room.contacts is not None and room.contacts.open
    return visits.opened(counting, kiosk, around, anew=False) if is_open else (counting, ())


def _opened(counting: Counting, fact: facts.DoorOpened, kiosk: Kiosk, around: Surroundings) -> Counted:
    """An opening that was only found in the unit's count has no time, so nobody came in by it."""
    return (counting, ()) if fact.recovered else visits.opened(counting, kiosk, around, anew=True)


def _released(counting: Counting, fact: facts.DoorReleased, _kiosk: Kiosk, around: Surroundings) -> Counted:
    if fact.why != "order":
        return counting, ()
    return replace(counting, ordered_until_ms=around.now.mono_ms + visits.PASSING_MS), ()


TOLD: dict[type[facts.Fact], Callable[..., Counted]] = {
    facts.EntryGranted: _granted,
    facts.DoorOpened: _opened,
    facts.DoorReleased: _released,
}
HEARS: frozenset[type] = frozenset({*HEARD, *TOLD})
"""Other kinds concern nobody's coming or going."""


def _peaked(before: Counting, counting: Counting, around: Surroundings) -> Counted:
    """With the most that were inside today; of a day that is over it is told."""
    inside, day = counting.inside, around.rule.today().isoformat()
    if day == counting.day:
        return (replace(counting, peak=inside) if inside > counting.peak else counting), ()
    over = (Record(facts.OccupancyPeaked(counting.day, counting.peak)),) if counting.peak else ()
    return replace(counting, day=day, peak=max(before.inside, inside)), over
