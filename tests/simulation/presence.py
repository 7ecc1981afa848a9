"""What must hold of persons and doors when it is quiet: one function a promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from kiosk.room import counting
from kiosk.room.state import Room
from kiosk.room.watching import LOCK
from wire import facts
from wire.faults import number

if TYPE_CHECKING:  # the world makes its auditor, who asks these
    from tests.simulation.world import World

Counted = facts.VisitEntered | facts.VisitLeft | facts.EntryApart
COUNTED: tuple[type[Counted], ...] = get_args(Counted)
SOMEBODY_INSIDE = {number("overstay"), number("not_armed"), number("entry_while_closed")}
"""Some break in or pass the counter twice: after closing the room is not empty by its counter."""
NOBODY_OPENED = (number("lock_not_released"), LOCK)
"""Staff release a door before which nobody stands."""
BROKEN_INTO = number("moved_while_armed")


def counts_agree(world: World) -> Iterator[str]:
    """Every person and every opening that the unit counted is in the facts, once.

    Where a damaged page took along how far it had been counted, or the power went before the first look, nobody
    knows who came before the next one.
    """
    for machine in world.machines:
        if not machine.room:
            continue
        chronicle = world.auditor.chronicle
        counted = [fact for fact in chronicle.of(machine.name, *COUNTED) if fact.method == "counter"]
        leavings = sum(fact.persons for fact in counted if isinstance(fact, facts.VisitLeft))
        visits = sum(fact.persons for fact in counted) - leavings
        openings = [fact.openings for fact in chronicle.of(machine.name, facts.DoorOpened)]
        lock = machine.lock
        if machine.forgot:
            if visits > lock.entered or leavings > lock.left or openings != sorted(set(openings)):
                yield f"{machine.name}: {visits} in, {leavings} out, openings {openings[-5:]}: more than counted"
            continue
        if (visits, leavings) != (lock.entered, lock.left):
            yield f"{machine.name}: {visits} in, {leavings} out; counted {lock.entered}, {lock.left}"
        if openings != list(range(1, lock.openings + 1)):
            yield f"{machine.name}: openings {openings[-5:]}, counted {lock.openings}"


def persons_agree(world: World) -> Iterator[str]:
    """Nobody is a visit twice: the counter's are the visits, and the cards' a check of them, one a grant at most.
    As many are inside as came and did not go, by the facts that the kiosk has written: what it wrote into a journal that
    two machines wrote stays there, and its number goes on from that.
    """
    for machine in world.machines:
        if not machine.room or machine.run is None:
            continue
        chronicle = world.auditor.chronicle
        visits = chronicle.of(machine.name, facts.VisitEntered)
        if any(fact.check is (fact.method == "counter") for fact in visits):
            yield f"{machine.name}: visits by both methods"
        granted = sum(1 + fact.companions for fact in chronicle.of(machine.name, facts.EntryGranted))
        by_card = sum(fact.persons for fact in visits if fact.method == "card")
        if by_card > granted:
            yield f"{machine.name}: {by_card} came in by card, {granted} were granted"
        room = machine.run.loop.kiosk.room
        inside = _inside(chronicle.own(machine.name, *COUNTED, facts.OccupancyCorrected))
        if room is not None and not machine.forgot and counting.inside(room) != inside:
            yield f"{machine.name}: {counting.inside(room)} inside, {inside} by the facts"


def _inside(told: Iterable[Counted | facts.OccupancyCorrected]) -> int:
    """Persons inside, by the facts of the counter and of whoever set its number right."""
    inside = 0
    for fact in told:
        match fact:
            case facts.VisitEntered(method="counter") | facts.EntryApart(method="counter"):
                inside += fact.persons
            case facts.VisitLeft(method="counter"):
                inside = max(inside - fact.persons, 0)
            case facts.OccupancyCorrected():
                inside = fact.inside
    return inside


def of_a_closed_room(room: Room) -> set[int]:
    """What stands until the room is empty by its counter, or opens again, or staff come."""
    moment = room.closing.moment
    shut = moment is not None and not moment.inhabited
    return (SOMEBODY_INSIDE if counting.known(room) else set()) | ({BROKEN_INTO} if shut else set())
