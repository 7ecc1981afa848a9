"""What goes wrong in a world, and when: faults drawn from tables, at moments spread over each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from tests.simulation.kiosk import Machine
from tests.simulation.timeline import DAY, MINUTE, Script

if TYPE_CHECKING:  # a world has a fate
    from tests.simulation.world import World

CALM_MS = 25 * MINUTE
"""Long enough for the last reader to leave, the longest resend, and every owed answer."""
DRAWS = 30
"""Of faults, until one finds something to harm."""


class Fault(NamedTuple):
    """Something that goes wrong, `weight` times as often as one of weight 1."""

    weight: int
    script: Callable[..., Script]
    """Of a world; of a kiosk's own faults also of that kiosk."""

    @property
    def name(self) -> str:
        return self.script.__name__.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Fate:
    """What goes wrong, and how often; nothing, if nothing is said."""

    own: Sequence[Fault] = ()
    """Of one kiosk."""
    shared: Sequence[Fault] = ()
    """Of what all kiosks share."""
    quiet: Sequence[Callable[[World], None]] = ()
    """While all else is right."""
    own_a_day: int = 2
    """For each kiosk."""
    shared_a_day: int = 4
    duties_a_day: float = 1.5
    """For each kiosk: so often staff come to it, and something may go wrong while they are there."""

    def times(self, many: int) -> Fate:
        """The same, as often by this factor; but not in the quiet, where each comes alone."""
        return replace(self, own_a_day=self.own_a_day * many, shared_a_day=self.shared_a_day * many)


def misfortunes(world: World) -> Iterator[Script]:
    """The scripts by which things go wrong in a world that has begun."""
    fate = world.fate
    for machine in world.machines if fate.own else ():
        yield _misfortunes(world, fate.own, fate.own_a_day, machine)
    if fate.shared:
        yield _misfortunes(world, fate.shared, fate.shared_a_day)


def moments(world: World, a_day: int) -> Script:
    """Waits for so many moments of each day, spread at random, none of them in the quiet at its end."""
    for day in count():
        for at in sorted(world.chance.uniform(0, DAY - CALM_MS) for _ in range(a_day)):
            yield max(day * DAY + at - world.timeline.now_ms, 0)


def _misfortunes(world: World, faults: Sequence[Fault], a_day: int, *victim: Machine) -> Script:
    for wait_ms in moments(world, a_day):
        yield wait_ms
        while world.calm:
            yield MINUTE
        _harm(world, faults, *victim)


def _harm(world: World, faults: Sequence[Fault], *victim: Machine) -> None:
    """Let one happen that finds something to harm."""
    for fault in world.chance.choices(faults, [fault.weight for fault in faults], k=DRAWS):
        script = fault.script(world, *victim)
        wait_ms = next(script, None)
        if wait_ms is not None:
            world.timeline.note("fate", fault.name)
            world.count("faults")
            world.count(f"fault: {fault.name}")
            world.today.update((machine.name, "faults") for machine in victim)
            world.under_way.append(script)
            world.timeline.play(script, wait_ms)
            return
