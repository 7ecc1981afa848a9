"""What the simulation has found, each as the shortest story that shows it.

A seed tells the same story only as long as the simulation stays as it is; these stay.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.events import CardShown
from kiosk.central_events import CountOrdered
from tests.simulation import quiet
from tests.simulation.kiosk import Machine
from tests.simulation.library import Mood
from tests.simulation.people import Visit
from tests.simulation.records import items_for_staff, undone
from tests.simulation.runs import scratch
from tests.simulation.timeline import HOUR, MINUTE, SECOND, Script
from tests.simulation.world import World
from wire.sip2.messages import Checkin


@pytest.fixture
def world() -> Iterator[World]:
    """Two kiosks to which nothing happens by itself."""
    with scratch() as folder:
        world = World(1, folder, kiosks=2)
        world.open()
        yield world
        world.close()


def lose_page(world: World, machine: Machine, table: str) -> None:
    """The power goes, and takes along the first page of a table of the journal."""
    assert machine.run is not None
    journal = machine.run.journal
    world.auditor.chronicle.read(machine.name, journal)
    root = journal._db.one("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    machine.fall("a page of its disk is gone")
    machine.disk.damage(root - 1)
    machine.damaged = True


def heads(world: World) -> list[int]:
    return [machine.run.journal.head for machine in world.machines if machine.run]


@pytest.mark.parametrize(("will_ms", "told"), [(0, 2), (MINUTE, 0)])
def test_a_restored_central_gets_back_what_kiosks_told_that_have_nothing_new_to_tell(
    world: World, will_ms: int, told: int
) -> None:
    """Where its will comes before its birth, each kiosk tells of that; where it comes after it, nobody tells anything."""
    world.live_until(3 * HOUR)
    world.central.back_up()
    world.live_until(6 * HOUR)
    before = heads(world)
    world.lose_central_in_the_quiet(will_ms)
    assert world.figures["restores of central"] == 1
    assert heads(world) == [head + told for head in before]


def test_a_twin_that_is_switched_off_leaves_the_other_heard_though_both_counted_the_same_sessions(
    world: World,
) -> None:
    for hours in (1, 2, 3):
        world.live_until(hours * HOUR)
        quiet.disk_cloned(world)
        world.auditor.audit()


def test_a_disk_that_is_put_back_is_noticed_and_goes_on_in_a_new_journal(world: World) -> None:
    for hours in range(1, 5):
        world.live_until(hours * HOUR)
        quiet.image_put_back(world)
        world.auditor.audit()
    assert world.figures["images put back"]


def test_a_number_that_was_set_right_in_a_journal_with_two_writers_stays_right(world: World) -> None:
    """One came in by force, and went where the counter did not see it."""
    machine = world.machines[0]
    world.pass_ms(MINUTE)
    machine.lock.push(anyhow=True)
    machine.lock.pass_by(inwards=True)
    machine.lock.shut()

    def set_right_once_told_apart() -> Script:
        while not (machine.run and machine.run.journal.standing.forked):
            yield SECOND
        machine.run.post(CountOrdered(1, 0))

    world.live_until(HOUR)
    world.timeline.play(set_right_once_told_apart())
    quiet.clone_disk(world, machine)
    world.live_until(2 * HOUR)


def test_who_comes_while_a_kiosk_without_power_has_lost_its_counters_is_not_counted(world: World) -> None:
    world.live_until(3 * HOUR)
    machine = world.machines[0]
    lose_page(world, machine, "memory")
    world.live_until(6 * HOUR)
    assert machine.forgot


def test_who_comes_before_a_kiosk_has_ever_looked_is_not_counted(world: World) -> None:
    machine = world.machines[0]
    machine.fall("its first second")
    world.live_until(3 * HOUR)
    assert machine.forgot


def test_a_loan_that_was_made_unheard_goes_to_staff_where_its_card_was_lost(world: World) -> None:
    machine = world.machines[0]
    assert machine.run is not None
    journal, lent, owed = machine.run.journal, world.library.lent, set[str]()
    world.library.mood = Mood(answer_lost=0.5)
    while not owed:
        world.pass_ms(SECOND)
        owed = {one.item for one in journal.intents() if one.owed and one.item in lent}
    lose_page(world, machine, "intent")
    world.live_until(3 * HOUR)
    assert owed <= items_for_staff(world.central)


@pytest.mark.parametrize("heard", [True, False])
def test_a_loan_that_a_return_from_before_it_ended_afterwards_goes_to_staff(
    world: World, heard: bool
) -> None:
    """Its kiosk tells the return when another one has lent the book to the same reader by its rule; the return may have been
    done unheard before that.
    """
    library = world.library
    library.offline_ok = library.remembers = False
    library.status = library.status.but(offline_ok=False)
    person, book = next((one, book) for one in world.people for book in one.books if len(book.tags) == 1)
    person.busy = True
    for machine in world.machines:
        machine.desk_taken = True
    here, there = (Visit(world.timeline, world.chance, room, person) for room in world.rooms)
    first, second = world.machines

    def lay(visit: Visit, *, card: bool) -> None:
        run = visit.room.machine.run
        assert run is not None
        if card:
            run.post(CardShown("scanner", person.card, "card"))
        world.pass_ms(SECOND)
        world.timeline.play(visit._lay(book))
        world.pass_ms(10 * SECOND)
        visit._lift(book)
        world.pass_ms(MINUTE)

    world.pass_ms(MINUTE)
    lay(there, card=True)  # it is theirs already, and they are known there
    first.reach_library(reachable=False)
    second.reach_library(reachable=False)
    lay(here, card=False)
    assert first.run is not None
    (owed,) = first.run.journal.intents()
    if heard:
        asked = Checkin(transaction_date=None, return_date=None, item_identifier=book.item)
        library.hear(asked, owed.txn, object())
    lay(there, card=True)
    assert second.run is not None
    (lent,) = second.run.journal.intents()
    for machine in (second, first):
        machine.reach_library(reachable=True)
        world.pass_ms(MINUTE)
    assert (library.done[owed.txn], book.item in library.lent) == (1 + heard, False)
    world.live_until(3 * HOUR)
    assert undone(world.central) == {lent.txn}


@pytest.mark.parametrize("gone", [True, False])
def test_a_new_board_counts_on_from_the_old_one_also_after_its_next_start(world: World, gone: bool) -> None:
    """Where central had heard that it was gone, it would stay so; where it had not, orders would name the boot before."""
    for machine in world.machines * 3:
        machine.fall("somebody pulls the plug")
        machine.power_on()
        world.pass_ms(MINUTE)
    world.live_until(HOUR)
    for room in world.rooms:
        quiet.replace_board(world, room)
    if not gone:
        world.broker.stop(wiped=True)
    for machine in world.machines:
        machine.fall("somebody pulls the plug")
    world.pass_ms(HOUR)
    world.broker.stop(wiped=True)
    world.live_until(6 * HOUR)


def test_what_was_owed_before_a_damage_is_not_forgotten_by_the_next_one(world: World) -> None:
    machine = world.machines[0]
    world.pass_ms(2 * HOUR)
    world.library_up(up=False)
    while not (machine.run and machine.run.journal.intents()):
        world.pass_ms(SECOND)
    for table in ("passed", "intent"):
        lose_page(world, machine, table)
        machine.power_on()
    world.live_until(5 * HOUR)
