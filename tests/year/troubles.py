"""What goes wrong in the simulated year. Scripts for `World.spawn`; each mends what it has spoilt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.errors import Gone
from drivers.events import (
    DeviceBack,
    DeviceLost,
    GateAlarmed,
    InputSensed,
    TagContent,
)
from kiosk.central_events import CountOrdered, ReleaseOrdered, UplinkChanged
from kiosk.events import IlsChanged
from tests.year import people
from tests.year.world import Script, World

MINUTE_MS = 60_000


def ils_away(world: World) -> Script:
    """The line to the library system is down."""
    world.ils = "away"
    world.happen(IlsChanged(up=False))
    yield world.chance.randint(5, 300) * MINUTE_MS
    world.ils = "up"
    world.happen(IlsChanged(up=True))


def ils_mute(world: World) -> Script:
    """It takes questions and says nothing."""
    world.ils = "mute"
    yield world.chance.randint(5, 60) * MINUTE_MS
    world.ils = "up"


def central_away(world: World) -> Script:
    world.happen(UplinkChanged(broker=False, central=False))
    yield world.chance.randint(5, 600) * MINUTE_MS
    world.happen(UplinkChanged(broker=True, central=True))


def cable_pulled(world: World) -> Script:
    """The door unit is not heard, also while the door stands open."""
    if world.unit.reachable:
        world.pull_cable()
        yield world.chance.randint(1, 40) * MINUTE_MS
        world.put_cable_in()


def power_cut(world: World) -> Script:
    if world.on:
        world.power_off()
        yield world.chance.randint(1, 600) * 1000
        world.power_on()


def fire(world: World) -> Script:
    """The contact stays active until somebody resets it at the unit."""
    world.unit.fire = True
    world.look()
    yield world.chance.randint(3, 30) * MINUTE_MS
    world.unit.fire = False
    world.look()


def forced(world: World) -> Script:
    """The door is broken open, and shut again."""
    while world.passing:
        yield 1_000
    world.passing = True
    world.unit.swing()
    world.look()
    yield 20_000
    world.unit.open = False
    world.look()
    world.passing = False


def wedge(world: World) -> Script:
    """Somebody comes out and leaves a wedge in the door."""
    while world.passing:
        yield 1_000
    world.passing = True
    world.press_exit()
    yield 500
    world.unit.swing()
    world.look()
    yield world.chance.randint(2, 10) * MINUTE_MS
    world.unit.open = False
    world.look()
    world.passing = False


def bounce(world: World) -> Script:
    """The door contact flickers; the unit counts nothing."""
    while world.passing:
        yield 1_000
    for _ in range(3):
        for is_open in (True, False):
            if world.unit.open or not world.unit.reachable:
                return
            world.unit.open = is_open
            world.look()
            world.unit.open = False
            yield 10


def counter_jumps(world: World) -> Script:
    world.unit.cross(5_000, 4_990)
    world.happen(world.unit.crossed())
    yield from ()


def counter_resets(world: World) -> Script:
    world.unit.entered = world.unit.left = 0
    world.happen(world.unit.crossed())
    yield from ()


def beams_miss_one(world: World) -> Script:
    world.counter_blind = True
    yield from ()


def ghost(world: World) -> Script:
    """The beams see somebody come who is not there."""
    world.unit.cross(came=1)
    world.audit.beamed(1, 0)
    world.happen(world.unit.crossed())
    yield from ()


def clock_back(world: World) -> Script:
    """An hour back, and forth again."""
    world.turn_clock(-3_600_000)
    yield 90 * MINUTE_MS
    world.turn_clock(3_600_000)
    world.hear_central()


def contact(point: str) -> Callable[[World], Script]:
    """Smoke, water, mains: active for a while."""

    def script(world: World) -> Script:
        world.happen(InputSensed("air", point, active=True))
        yield world.chance.randint(1, 60) * MINUTE_MS
        world.happen(InputSensed("air", point, active=False))

    return script


def lights_lost(world: World) -> Script:
    world.happen(DeviceLost("lights", Gone("unplugged")))
    yield world.chance.randint(1, 90) * MINUTE_MS
    world.happen(DeviceBack("lights", "lights"))


def gate(world: World) -> Script:
    uid = f"E0040100{world.chance.randrange(2**32):08X}"
    world.happen(GateAlarmed("gate", uid, TagContent(f"B{world.chance.randrange(9999):04}")))
    yield from ()


def release_ordered(world: World) -> Script:
    """A technician lets somebody in from afar, who comes and goes."""
    while world.passing:
        yield 1_000
    world.passing = True
    world.happen(ReleaseOrdered(world.chance.randrange(1, 2**31), 5))
    yield 800
    went_in = world.unit.is_free(world.now.mono_ms)
    if went_in:
        yield from people.through(world, came=1)
    world.passing = False
    if went_in:
        yield 10 * MINUTE_MS
        yield from people.leave(world, 1)


def counted_by_staff(world: World) -> Script:
    world.happen(CountOrdered(world.chance.randrange(1, 2**31), world.audit.inside))
    yield from ()


Rates = Mapping[Callable[[World], Script], int]
A_YEAR: Rates = {
    ils_away: 40,
    ils_mute: 20,
    central_away: 30,
    cable_pulled: 15,
    power_cut: 25,
    fire: 5,
    forced: 6,
    wedge: 20,
    bounce: 60,
    counter_jumps: 4,
    counter_resets: 3,
    beams_miss_one: 50,
    clock_back: 3,
    contact("hall_smoke"): 3,
    contact("mains_lost"): 6,
    contact("ups_battery"): 3,
    contact("hall_water"): 2,
    lights_lost: 8,
    gate: 200,
    release_ordered: 30,
    counted_by_staff: 12,
}
"""How often each happens in a year."""
