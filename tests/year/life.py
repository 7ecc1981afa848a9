"""A room's year from a seed: who comes when, what goes wrong when; then everything is mended and everybody goes home."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from drivers.events import Measured
from tests.year import people, seasons, troubles
from tests.year.readers import STAFF
from tests.year.seasons import BEIJING_MS, DAY_MS, FIRST, MINUTE_MS
from tests.year.troubles import Rates
from tests.year.world import Script, World

VISITORS_A_DAY = 63
"""Who would come to a room that is open all day; they come when it is open, and a few when it is not."""
BY_HOUR = (2, 1, 1, 1, 1, 2, 3, 6, 12, 20, 24, 22, 14, 18, 24, 26, 24, 22, 18, 24, 22, 14, 8, 4)
DEEP_NIGHT = 3
"""An hour at which a room that closes has long been closed."""
AT_REST_MS = 26 * 3_600_000


@dataclass(frozen=True)
class Year:
    """What one run came to."""

    seed: int
    days: int
    events: int
    visits: int
    came: int
    """Persons who came in, staff and those whom the beams missed among them."""
    nights: int
    """In which the room was armed."""
    refusals: dict[int, int]
    faults: dict[int, int]
    told: dict[str, int]
    seconds: float
    """Of the processor."""


def live(seed: int, days: int = seasons.DAYS, wrong: Rates = troubles.A_YEAR) -> Year:
    """Live through a year, or its first days; `wrong` is how often what goes wrong in a year.

    Raises:
        AssertionError: something was not as it must be; the message says what, the world's time when.
    """
    begun = time.process_time()
    world = World(seed)
    for script, times in wrong.items():
        chances = times * days / seasons.DAYS
        for _ in range(int(chances) + (world.chance.random() < chances % 1)):
            world.spawn(script(world), world.chance.randrange(DAY_MS // 24, days * DAY_MS))
    for day in range(days):
        world.spawn(_day(world, day), day * DAY_MS)
    try:
        world.run(days * DAY_MS + AT_REST_MS)
        _mend(world)
        world.run(AT_REST_MS)
        world.audit.finish()
    except AssertionError as broken:
        raise AssertionError(f"seed {seed}, {_moment(world)}: {broken}") from broken
    audit = world.audit
    return Year(
        seed,
        days,
        sum(world.events.values()),
        audit.told["visits by counter"],
        audit.came,
        audit.nights,
        dict(sorted(audit.refused.items())),
        dict(sorted(audit.raised.items())),
        dict(sorted(audit.told.items())),
        time.process_time() - begun,
    )


def _day(world: World, number: int) -> Script:
    """What a civil day brings: new lists perhaps, those who come, the cleaner, the air of every hour."""
    day = FIRST + timedelta(days=number)
    if day in seasons.publications():
        readers = world.readers
        world.publish(seasons.lists(day, readers.denied, readers.banned, readers.allowed, STAFF))
    for _ in range(VISITORS_A_DAY):
        hour = world.chance.choices(range(24), BY_HOUR)[0]
        at_ms = hour * 3_600_000 + world.chance.randrange(3_600_000)
        true_ms = seasons.FIRST_MS + number * DAY_MS + at_ms
        if seasons.admits(true_ms) or world.chance.random() < 0.1:
            world.spawn(_somebody(world), at_ms)
    cleaning = 4 * 60 + 5 if day >= seasons.ROUND_THE_CLOCK else 12 * 60 + 32
    world.spawn(people.clean(world, world.chance.choice(STAFF)), cleaning * MINUTE_MS)
    for hour in range(24):
        if hour == DEEP_NIGHT:
            world.audit.night()
        world.happen(Measured("air", "hall_temperature", round(world.chance.gauss(21, 2), 1), "Cel"))
        if hour % 6 == 0:
            world.hear_central()
        yield 3_600_000


def _somebody(world: World) -> Script:
    card, dice = world.readers.anybody(), world.chance.random()
    if dice < 0.003:
        return people.wave(world, card)
    if dice < 0.005:
        return people.lend_card(world, card)
    companions = world.chance.choice((0, 0, 0, 1, 1, 2, 4))
    return people.visit(world, card, companions)


def _mend(world: World) -> None:
    """Whatever is still wrong at the end is put right."""
    if not world.on:
        world.power_on()
    world.ils = "up"
    world.look()


def _moment(world: World) -> str:
    minute, day = (world.true_ms + BEIJING_MS) // MINUTE_MS % 1440, (world.true_ms + BEIJING_MS) // DAY_MS
    return f"{seasons.EPOCH + timedelta(days=day)} {minute // 60:02}:{minute % 60:02}"
