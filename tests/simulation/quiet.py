"""What goes wrong while everything else is right and nothing is owed, so that what must come of it is known.

Each function lets it happen, lets time pass, and leaves the world quiet again; an audit follows. Staff make
a backup at its end: what central alone still has must outlive its next disk.
"""

from __future__ import annotations

from tests.simulation.audit import PromiseBroken
from tests.simulation.disk import Disk, Image
from tests.simulation.kiosk import Machine
from tests.simulation.people import Visit
from tests.simulation.timeline import HOUR, MINUTE, SECOND
from tests.simulation.world import CALM_MS, World

VISITS_MS = 20 * MINUTE
"""Longer than anybody stays."""


def _pass(world: World, wait_ms: int = CALM_MS) -> None:
    world.timeline.run(world.timeline.now_ms + wait_ms)


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
    _pass(world, 3 * SECOND)
    machine.power_on()
    _pass(world)
    world.count("images put back")
    _renew(world, machine)


def disk_cloned(world: World) -> None:
    """A second machine writes the same journal under the same name, until staff switch it off."""
    machine = world.chance.choice(world.machines)
    assert machine.run is not None
    number = world.figures["disks cloned"]
    folder = world.folder / f"{machine.name}-twin-{number}"
    twin = Machine(machine.name, folder, machine.around, world.auditor, room=False)
    twin.disk.leave(*machine.disk.read())
    twin.power_on()
    _pass(world)
    _check_stopped(twin)
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
    if world.central.order(machine.name, "journal.renew", boot=machine.clock.boot) is None:
        raise PromiseBroken(f"{machine.name}: central does not let staff renew its journal")
    old, machine.image = run.journal.id, None
    _pass(world)
    if machine.run is None or machine.run.journal.id == old:
        raise PromiseBroken(f"{machine.name}: was told to begin a new journal, and has not")
    world.central.back_up()


def _check_stopped(machine: Machine) -> None:
    run = machine.run
    if run is None or not run.journal.standing.forked or run.loop.kiosk.station.serving:
        raise PromiseBroken(f"{machine.name}: two machines write its journal, and it goes on")


# ---------------------------------------------------------------- boards
def board_replaced(world: World) -> None:
    """A kiosk's board burns while it owes; a new one with an empty disk takes its name."""
    room = world.chance.choice(world.rooms)
    machine = room.machine
    world.library_up(up=False)
    for person in world.chance.sample([one for one in world.people if not one.busy], 3):
        world.timeline.play(Visit(world.timeline, world.chance, room, person).script())
        _pass(world, VISITS_MS)
    assert machine.run is not None
    journal = machine.run.journal
    world.auditor.chronicle.read(machine.name, journal)
    owes = {(machine.name, intent.txn) for intent in journal.intents()}
    if journal.waiting:
        raise PromiseBroken(f"{machine.name}: {journal.waiting} facts are not at central after a while")
    machine.fall("its board burns")
    world.count("boards replaced")
    world.figures["orphaned"] += len(owes)
    world.auditor.orphans |= owes
    folder = world.folder / f"{machine.name}-board-{world.figures['boards replaced']}"
    machine.disk, machine.damaged, machine.image = Disk(folder, world.chance), False, None
    world.library_up(up=True)
    machine.power_on()
    _pass(world, CALM_MS)
    world.central.back_up()


# ---------------------------------------------------------------- central's clock
def central_restored_behind(world: World) -> None:
    """Central comes back from its backup on a machine whose clock is hours behind; later it is set.

    What it dates meanwhile it dates by that clock, and not always anew later: those boots are looked at no more.
    """
    central = world.central
    central.kill("its disk is lost in the quiet, and its clock")
    if central.restore():
        world.count("restores of central")
    central.error_ms = -world.chance.choice((HOUR, 5 * HOUR, 3 * 24 * HOUR))
    world.count("clocks of central behind")
    central.start()
    _pass(world)
    for machine in world.machines:
        machine.clock.begun.clear()
    central.kill("its clock is set")
    central.error_ms = 0
    central.start()
    _pass(world)


QUIET = (image_put_back, disk_cloned, board_replaced, central_restored_behind)
