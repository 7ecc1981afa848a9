"""What people do at the simulated room: come, are let in or not, stay, leave. Scripts for `World.spawn`."""

from __future__ import annotations

from collections.abc import Generator

from drivers.events import CardShown
from kiosk.events import Touched
from kiosk.room.state import Phase
from tests.year import seasons
from tests.year.world import Script, World

MINUTE_MS = 60_000
PATIENCE_MS = 14_000
"""Who has shown a card looks at the door for so long."""
LOOK_MS = 300


def visit(world: World, card: str, companions: int = 0) -> Script:
    """One reader: to the door, in, a while inside, out."""
    yield from _turn(world)
    came = yield from _enter(world, card, companions)
    world.passing = False
    if came:
        yield _stay_ms(world)
        yield from leave(world, came)


def wave(world: World, card: str) -> Script:
    """A card shown ten times within three seconds, and a visit."""
    for _ in range(9):
        world.happen(CardShown("door_scanner", card, "card"))
        yield 300
    yield from visit(world, card)


def lend_card(world: World, card: str) -> Script:
    """Two people with one card, one behind the other."""
    yield from _turn(world)
    came = yield from _enter(world, card, 0)
    world.passing = False
    world.spawn(visit(world, card), 5_000)
    if came:
        yield _stay_ms(world)
        yield from leave(world, came)


def clean(world: World, card: str) -> Script:
    """Staff come in, work for a while, and go."""
    yield from _turn(world)
    came = yield from _enter(world, card, 0)
    world.passing = False
    if came:
        yield world.chance.randint(5, 20) * MINUTE_MS
        yield from leave(world, came)


def leave(world: World, persons: int) -> Script:
    """The button, the door, the street. Nobody asks anything."""
    yield from _turn(world)
    world.press_exit()
    yield 600
    assert world.unit.is_free(world.now.mono_ms), "somebody is locked in"
    yield from through(world, went=persons)
    world.passing = False


# ---------------------------------------------------------------- parts of it
def _turn(world: World) -> Script:
    """One after the other, where two want to use the door."""
    while world.passing:
        yield world.chance.randint(2_000, 5_000)
    world.passing = True


def _enter(world: World, card: str, companions: int) -> Generator[int, None, int]:
    """How many have come in."""
    world.happen(CardShown("door_scanner", card, "card"))
    waited, answered = 0, False
    while not world.unit.is_free(world.now.mono_ms):
        if waited >= PATIENCE_MS or (waited > 3_000 and _is_refused(world)):
            return 0
        if _asks_how_many(world) and not answered:
            yield 1_500
            answered = True
            world.happen(Touched("companions", str(companions)))
        yield LOOK_MS
        waited += LOOK_MS
    yield world.chance.randint(500, 2_500)
    if not world.unit.is_free(world.now.mono_ms):
        return 0
    persons = 1 + (companions if answered else 0)
    yield from through(world, came=persons)
    return persons


def _is_refused(world: World) -> bool:
    room = world.kiosk.room
    return world.on and room is not None and room.phase is Phase.SECURED


def _asks_how_many(world: World) -> bool:
    room = world.kiosk.room
    question = room.admission.question if world.on and room else None
    return question is not None and question.wants == "companions"


def through(world: World, came: int = 0, went: int = 0) -> Script:
    """Push, walk, let it fall shut."""
    world.unit.swing()
    world.look()
    yield 700
    world.cross(came, went)
    yield world.chance.randint(1_500, 4_000)
    world.unit.open = False
    world.look()
    yield 300


def _stay_ms(world: World) -> int:
    """Half an hour or so; all but a few are out before the room closes."""
    stay_ms = int(world.chance.expovariate(1 / 35) * MINUTE_MS) + 3 * MINUTE_MS
    left_ms = seasons.closes_ms(world.true_ms) - world.true_ms
    late = world.chance.random() < 1 / 300
    latest_ms = left_ms + 25 * MINUTE_MS if late else left_ms - world.chance.randint(1, 12) * MINUTE_MS
    return max(min(stay_ms, latest_ms), 30_000)
