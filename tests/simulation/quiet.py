"""What goes wrong while everything else is right and nothing is owed, so that what must come of it is known.

Each function lets it happen, lets time pass, and leaves the world quiet again; an audit follows. Staff make
a backup at its end: what central alone still has must outlive its next disk.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.simulation.audit import PromiseBroken
from tests.simulation.chronicle import ALL
from tests.simulation.disk import Disk, Image
from tests.simulation.fate import CALM_MS
from tests.simulation.kiosk import Machine
from tests.simulation.people import Room, Visit
from tests.simulation.records import items_for_staff, waits_for
from tests.simulation.timeline import HOUR, MINUTE, SECOND
from tests.simulation.world import World

VISITS_MS = 20 * MINUTE
"""Longer than anybody stays."""


# ---------------------------------------------------------------- journals with two writers
def image_put_back(world: World) -> None:
    """A kiosk's disk is put back as it was at an earlier quiet point: its journal takes numbers twice."""
    machine = world.chance.choice(world.machines)
    assert machine.run is not None
    journal = machine.run.journal
    image, machine.image = machine.image, Image(journal.id, journal.head, machine.disk.read())
    if image is None or image.journal != journal.id or image.head == journal.head:
        return
    machine.fall("its disk is put back as it was")
    machine.disk.leave(*image.octets)
    world.pass_ms(3 * SECOND)
    machine.power_on()
    world.pass_ms()
    world.count("images put back")
    _renew(world, machine)


def disk_cloned(world: World) -> None:
    """A second machine writes the same journal under the same name, until staff switch it off."""
    clone_disk(world, world.chance.choice(world.machines))


def clone_disk(world: World, machine: Machine) -> None:
    """The same, of this one."""
    assert machine.run is not None
    number = world.figures["disks cloned"]
    folder = world.folder / f"{machine.name}-twin-{number}"
    twin = Machine(machine.name, folder, machine.around, world.auditor, room=False)
    twin.disk.leave(*machine.disk.read())
    twin.power_on()
    _wait_until_both_stop(world, machine, twin)
    assert twin.run is not None
    world.auditor.chronicle.read_beside(twin.run.journal)
    twin.fall("staff switch it off")
    world.count("disks cloned")
    _renew(world, machine)


def _renew(world: World, machine: Machine) -> None:
    """Staff order a new journal for the machine that is to go on."""
    _check_stopped(machine)
    run, chronicle = machine.run, world.auditor.chronicle
    assert run is not None
    world.figures["facts that stay in a forked journal"] += chronicle.read_beside(run.journal)
    chronicle.go_on_alone(machine.name, run.journal)
    if world.central.order(machine.name, "journal.renew", boot=machine.clock.boot) is None:
        raise PromiseBroken(f"{machine.name}: central does not let staff renew its journal")
    old, machine.image = run.journal.id, None
    written = {row.fact.decode() for row in run.journal.since(0, ALL)}
    world.pass_ms()
    if machine.run is None or machine.run.journal.id == old:
        raise PromiseBroken(f"{machine.name}: was told to begin a new journal, and has not")
    if not written <= _set_aside(machine):
        raise PromiseBroken(f"{machine.name}: what central did not take of {old} is not in the old file")
    world.central.back_up()


def _set_aside(machine: Machine) -> set[str]:
    """The facts in the files of its journals that were found to have two writers."""
    facts: set[str] = set()
    for path in machine.disk.folder.glob("journal-forked-*.db"):
        with closing(sqlite3.connect(path)) as file:
            facts.update(text for (text,) in file.execute("SELECT fact FROM fact"))
    return facts


def _wait_until_both_stop(world: World, *machines: Machine) -> None:
    """They take the line from each other as long as both are on."""
    for _ in range(CALM_MS // MINUTE):
        if all(_stopped(machine) for machine in machines):
            break
        world.pass_ms(MINUTE)
    for machine in machines:
        _check_stopped(machine)


def _stopped(machine: Machine) -> bool:
    run = machine.run
    return run is not None and run.journal.standing.forked and not run.loop.kiosk.station.serving


def _check_stopped(machine: Machine) -> None:
    if not _stopped(machine):
        raise PromiseBroken(f"{machine.name}: two machines write its journal, and it goes on")


# ---------------------------------------------------------------- boards
def board_replaced(world: World) -> None:
    """A kiosk's board burns while it owes; a new one with an empty disk takes its name."""
    replace_board(world, world.chance.choice(world.rooms))


def replace_board(world: World, room: Room) -> None:
    """The same, of this one."""
    machine = room.machine
    world.library_up(up=False)
    for person in world.chance.sample([one for one in world.people if not one.busy], 3):
        world.timeline.play(Visit(world.timeline, world.chance, room, person).script())
        world.pass_ms(VISITS_MS)
    world.deliver()
    assert machine.run is not None
    journal = machine.run.journal
    world.auditor.chronicle.read(machine.name, journal)
    owes = {intent.txn for intent in journal.intents()}
    owes |= waits_for(world.central, machine.name)  # also for ends that a damaged page took along
    if journal.waiting:
        raise PromiseBroken(f"{machine.name}: {journal.waiting} facts are not at central after a while")
    machine.fall("its board burns")
    world.count("boards replaced")
    world.figures["orphaned"] += len(owes)
    world.auditor.orphans |= {(machine.name, txn) for txn in owes}
    folder = world.folder / f"{machine.name}-board-{world.figures['boards replaced']}"
    machine.disk, machine.image = Disk(folder, world.chance), None
    machine.damaged = machine.looked = False
    world.library_up(up=True)
    machine.power_on()
    world.pass_ms()
    world.central.back_up()


# ---------------------------------------------------------------- central's clock
def central_restored_behind(world: World) -> None:
    """Central comes back from its backup on a machine whose clock is hours behind; later it is set.

    What it dates meanwhile it dates by that clock, and not always anew later: those boots are looked at no more,
    nor what those dates say of a book that was lent here and came back there.
    """
    central = world.central
    world.auditor.undated |= items_for_staff(central)
    central.kill("its disk is lost in the quiet, and its clock")
    if central.restore():
        world.count("restores of central")
    central.error_ms = -world.chance.choice((HOUR, 5 * HOUR, 3 * 24 * HOUR))
    world.count("clocks of central behind")
    central.start()
    world.pass_ms()
    for machine in world.machines:
        machine.clock.begun.clear()
    central.kill("its clock is set")
    central.error_ms = 0
    central.start()
    world.pass_ms()


QUIET = (image_put_back, disk_cloned, board_replaced, central_restored_behind)
