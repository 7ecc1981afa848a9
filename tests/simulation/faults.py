"""What goes wrong, as two tables: each row is a script that harms one kiosk, or what all share, waits, and mends it.

One that finds nothing to harm ends at once, and fate draws another. `World.heal` ends those that are under way and
mends what they broke.
"""

from __future__ import annotations

from tests.simulation import broker, library
from tests.simulation.broker import Weather
from tests.simulation.fate import Fault
from tests.simulation.kiosk import Machine
from tests.simulation.library import Mood
from tests.simulation.pad import STILL, Air
from tests.simulation.timeline import DAY, HOUR, MINUTE, SECOND, Script
from tests.simulation.world import World

BEFORE_THE_FALL = 40
"""Power goes at one of the next so many chances: effects begun and ended, commits begun, written and ended."""

TOO_SLOW_MS = 4 * SECOND
"""So late are answers that kiosks ask the same again every few seconds: hours of it show no more than one."""
STRAYS = 3
"""To each kiosk."""
BUILT_MS = 1_780_000_000_000
"""A few months before the simulation begins."""


def _some_time(world: World, longest_ms: float) -> float:
    """Mostly short, at times long."""
    return max(SECOND, longest_ms * world.chance.random() ** 4)


# ---------------------------------------------------------------- kiosks
def power_cut(world: World, machine: Machine) -> Script:
    """Power goes between two effects, or in a commit; on again after seconds or hours."""
    yield from _fall(world, machine, reboot=True)


def program_killed(world: World, machine: Machine) -> Script:
    """The same with the program alone; the supervisor starts it again at once."""
    yield from _fall(world, machine, reboot=False)


def _fall(world: World, machine: Machine, *, reboot: bool) -> Script:
    if machine.run is None:
        return
    before, plug = machine.run, machine.disk.plug
    plug.chances = world.chance.randint(1, BEFORE_THE_FALL)
    plug.tears = reboot and world.chance.random() < 0.3
    for _ in range(120):
        yield 10 * SECOND
        if machine.run is not before:
            break
    plug.chances = None
    if machine.run is before and machine.run is not None:
        machine.fall("at rest")
    world.count("falls of a kiosk")
    yield _some_time(world, 3 * HOUR) if reboot else 3 * SECOND
    machine.power_on(reboot=reboot)


def asked_to_stop(_world: World, machine: Machine) -> Script:
    """The system updates itself: a clean end in the middle of whatever is going on, and a new start."""
    if machine.run is None:
        return
    for _ in range(600):
        yield 2 * SECOND
        session = machine.run.loop.kiosk.session if machine.run else None
        if session is not None and session.lines:
            break
    if machine.run is not None:
        machine.run.ask_to_stop()


def kiosk_gone(world: World, machine: Machine) -> Script:
    """Its network is away: central, or the library system, or both."""
    if machine.name in world.broker.unreachable or not machine.ils_reachable:
        return
    luck = world.chance.random()
    if luck < 0.8:
        world.broker.cut_off(machine.name)
    if luck > 0.5:
        machine.reach_library(reachable=False)
    yield _some_time(world, 8 * HOUR)
    world.broker.unreachable.discard(machine.name)
    machine.reach_library(reachable=True)


def disk_full(world: World, machine: Machine) -> Script:
    """Nothing can be written; a technician makes room and starts it again."""
    if not machine.disk.writable:
        return
    machine.disk.full = True
    yield _some_time(world, HOUR)
    world.mend_disk(machine)


def page_damaged(world: World, machine: Machine) -> Script:
    """A page of its disk cannot be read any more; the next start sets the journal aside."""
    if machine.run is None or not machine.disk.writable:
        return
    world.auditor.chronicle.read(machine.name, machine.run.journal)
    machine.fall("a page of its disk is gone")
    machine.disk.damage()
    machine.damaged = True
    yield 3 * SECOND
    machine.power_on()


def clock_jumps(world: World, machine: Machine) -> Script:
    """The wall clock is wrong by days, known to be wrong or not; later it is right again."""
    error_ms = world.chance.choice((-2 * DAY, -HOUR, 20 * MINUTE, 3 * DAY))
    machine.set_clock(error_ms, trusted=world.chance.random() < 0.5)
    yield _some_time(world, 6 * HOUR)
    machine.set_clock(world.chance.randint(-2000, 2000), trusted=True)


def clock_unset(world: World, machine: Machine) -> Script:
    """The battery of the clock is empty: at boot it is 1970, or the day on which the system was built."""
    machine.fall("power and its clock are gone")
    yield _some_time(world, HOUR)
    since_ms = world.timeline.wall_ms - world.chance.choice((0, BUILT_MS))
    machine.set_clock(-since_ms, trusted=False)
    machine.power_on()
    yield _some_time(world, 6 * HOUR)
    machine.set_clock(world.chance.randint(-2000, 2000), trusted=True)


def disk_readonly(world: World, machine: Machine) -> Script:
    """It takes nothing, and a start finds it so: the kiosk goes on without, until a technician mends it."""
    if not machine.disk.writable:
        return
    machine.disk.readonly = True
    yield _some_time(world, MINUTE)
    if world.chance.random() < 0.7:
        machine.fall("somebody hopes that it helps")
        yield 3 * SECOND
        machine.power_on()
    yield _some_time(world, HOUR)
    world.mend_disk(machine)


# ---------------------------------------------------------------- devices
def device_lost(world: World, machine: Machine) -> Script:
    """A cable is out."""
    device = world.chance.choice(sorted(machine.devices))
    if device in machine.unplugged:
        return
    machine.unplug(device)
    yield _some_time(world, HOUR)
    machine.plug(device)


def bad_air(world: World, machine: Machine) -> Script:
    """Tags lie badly: not read, not written, or written and not shown."""
    plate = machine.plate
    plate.air = Air(unread=0.1, unwritten=0.5, unshown=0.2)
    yield _some_time(world, 3 * HOUR)
    plate.air = STILL


def echoes(world: World, machine: Machine) -> Script:
    """Drivers say things twice."""
    machine.echo = 0.3
    yield _some_time(world, 3 * HOUR)
    machine.echo = 0.0


def deaf_lock(world: World, machine: Machine) -> Script:
    """The unit does not take each command."""
    if not machine.room:
        return
    machine.deafen(0.5)
    yield _some_time(world, HOUR)
    machine.deafen(0.0)


def fire(world: World, machine: Machine) -> Script:
    """The fire contact, latched until it is reset by hand."""
    lock = machine.lock
    if not machine.room or lock.fire:
        return
    lock.burn(fire=True)
    yield _some_time(world, HOUR)
    lock.burn(fire=False)


def crowbar(world: World, machine: Machine) -> Script:
    lock = machine.lock
    if not machine.room or lock.open:
        return
    lock.push(anyhow=True)
    try:
        yield 2 * SECOND
        lock.pass_by(inwards=True)
        yield _some_time(world, 2 * MINUTE)
    finally:  # also where it is mended before
        lock.shut()


# ---------------------------------------------------------------- broker
def bad_weather(world: World) -> Script:
    """Messages are lost, doubled, overtaken, late."""
    chance = world.chance
    loss, double, stray = chance.choice(((0.3, 0, 0), (0, 0.3, 0.1), (0.1, 0.1, 0.3), (0.6, 0.2, 0.1)))
    world.broker.weather = Weather(loss, double, stray, chance.choice((40, 400, 3000)))
    yield _some_time(world, 4 * HOUR)
    world.broker.weather = broker.USUAL


def broker_away(world: World) -> Script:
    yield from _no_broker(world, wiped=False)


def broker_wiped(world: World) -> Script:
    """It comes back with an empty disk."""
    yield from _no_broker(world, wiped=True)


def _no_broker(world: World, *, wiped: bool) -> Script:
    if not world.broker.up:
        return
    world.broker.stop(wiped=wiped)
    yield _some_time(world, 3 * HOUR)
    world.broker.up = True


def lists_tampered(world: World) -> Script:
    """Whoever owns the broker says old lists again, and some of their own; central's word is said again after it."""
    desk = world.central.lists
    if not (world.broker.up and desk.newest):
        return
    try:
        for _ in range(STRAYS):
            for machine in world.machines:
                world.broker.slip_in(desk.stray(machine.name))
            yield _some_time(world, HOUR)
    finally:  # also where it is mended before
        world.central.announce()


# ---------------------------------------------------------------- central
def central_killed(world: World) -> Script:
    """In the middle of a transaction, before or after it; up again after a while."""
    if not world.central.up:
        return
    central, plug = world.central, world.central.plug
    plug.chances = world.chance.randint(1, 8)
    for _ in range(180):
        yield 10 * SECOND
        if not central.up:
            break
    plug.chances = None
    if central.up:
        central.kill("at rest")
    yield _some_time(world, 3 * HOUR)
    central.start()


def central_restored(world: World) -> Script:
    """Its disk is lost; the last backup comes back, and with it a central that has forgotten hours."""
    central = world.central
    if not central.up:
        return
    central.kill("its disk is lost")
    yield _some_time(world, 2 * HOUR)
    if central.restore():
        world.count("restores of central")
    central.start()


# ---------------------------------------------------------------- the library system
def library_away(world: World) -> Script:
    """For minutes or for most of a day: kiosks lend by their rule meanwhile."""
    if not world.library.up:
        return
    world.library_up(up=False)
    yield _some_time(world, 12 * HOUR)
    world.library_up(up=True)


def library_moody(world: World) -> Script:
    """Requests unheard, answers lost, deeds done after nobody waits, lines that break."""
    chance = world.chance
    shares = chance.choice(((0.2, 0, 0, 0), (0, 0.3, 0, 0), (0, 0, 0.3, 0), (0.1, 0.1, 0.1, 0.1)))
    unheard, lost, late, broken = shares
    delay_ms = chance.choice((60, 600, 1500, TOO_SLOW_MS))
    world.library.mood = Mood(unheard, lost, late, broken, delay_ms)
    yield _some_time(world, HOUR if delay_ms == TOO_SLOW_MS else 3 * HOUR)
    world.library.mood = library.USUAL


def reader_barred(world: World) -> Script:
    """The library system has something against a reader of whom kiosks have heard good."""
    card = world.chance.choice(sorted(world.library.cards - world.library.blocked))
    world.library.blocked.add(card)
    yield _some_time(world, 12 * HOUR)
    world.library.blocked.discard(card)


OWN = (
    Fault(8, power_cut),
    Fault(5, program_killed),
    Fault(2, asked_to_stop),
    Fault(5, kiosk_gone),
    Fault(2, disk_full),
    Fault(2, disk_readonly),
    Fault(3, clock_jumps),
    Fault(3, clock_unset),
    Fault(3, page_damaged),
    Fault(4, device_lost),
    Fault(4, bad_air),
    Fault(3, echoes),
    Fault(2, deaf_lock),
    Fault(2, fire),
    Fault(2, crowbar),
)
"""Of one kiosk, each at a time of its own."""

SHARED = (
    Fault(4, bad_weather),
    Fault(2, broker_away),
    Fault(2, broker_wiped),
    Fault(2, lists_tampered),
    Fault(3, central_killed),
    Fault(2, central_restored),
    Fault(4, library_away),
    Fault(2, reader_barred),
    Fault(5, library_moody),
)
"""Of what all kiosks share."""
