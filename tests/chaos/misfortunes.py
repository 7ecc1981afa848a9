"""What goes wrong, when, and for how long: drawn from a seed, done on the main thread.

The moments are real time, so that a seed repeats what is tried and not what happens.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.chaos.nets import Namespace
from tests.chaos.proxy import BAD, Weather
from tests.chaos.world import World

VICTIMS = ("kiosk", "ingest", "sip2", "broker", "database", "files", "clock", "web")
DOWN_S = (0.0, 2.5)
"""How long a killed process stays down."""
FAULT_S = (0.5, 8.0)
LONG_S = {"broker": 50.0, "database": 30.0}
"""A line of this kind stays half-open for so long: a keepalive must find it, 45 s on a line to the broker."""
BLACK_S = (2.0, 20.0)
WIPED = 0.15
"""Of the broker's kills, those after which its data are gone."""
CALM = 0.8
"""Faults of lines for each kill."""
LOOK_S = 0.05
MAX_LINES = 3
"""Lines in bad weather at once: readers are to get something done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, of what."""

    seed: int
    kills: int
    minutes: float
    """The kills are spread over them."""
    half_open: bool = True
    """With lines whose other end is gone, which takes a keepalive's time to find out."""


@dataclass(slots=True)
class Storm:
    """The misfortunes of one run; `blow` returns when its time is over and all kills are done, in fine weather."""

    world: World
    plan: Plan
    counts: Counter[str] = field(default_factory=Counter)
    extra: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    """What else is done, at a part (0 to 1) of the storm."""
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def blow(self) -> None:
        chance, world, begun = Random(self.plan.seed), self.world, time.monotonic()
        length_s = self.plan.minutes * 60
        for n in range(self.plan.kills):
            victim = VICTIMS[n % len(VICTIMS)]
            self._at(begun + chance.uniform(0, length_s), self._killer(victim, Random(chance.random())))
        for _ in range(int(self.plan.kills * CALM)):
            self._at(begun + chance.uniform(0, length_s), self._weather_maker(Random(chance.random())))
        for part, act in self.extra:
            self._at(begun + part * length_s, act)
        while self._killed() < self.plan.kills or time.monotonic() < begun + length_s:
            world.family.tend()
            while self._agenda and self._agenda[0][0] <= time.monotonic():
                heapq.heappop(self._agenda)[2]()
            time.sleep(LOOK_S)
        world.proxies.clear()
        for namespace in world.apart.values():
            namespace.pull(out=False)

    def _killed(self) -> int:
        return sum(count for name, count in self.counts.items() if name.startswith("killed"))

    def _at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), act))

    # ------------------------------------------------------------ kills
    def _killer(self, victim: str, chance: Random) -> Callable[[], None]:
        def kill() -> None:
            name = victim
            if victim == "kiosk":
                name = f"{chance.choice(self.world.kiosks).place.device} kiosk"
            process = self.world.family.members[name]
            if not process.kill(chance.uniform(*DOWN_S)):
                self._at(time.monotonic() + 1.0, kill)  # it is down already: it will be up
                return
            self.counts[f"killed {victim}"] += 1
            if victim == "broker" and chance.random() < WIPED:
                self.world.broker.wipe()
                self.counts["broker's data deleted"] += 1

        return kill

    # ------------------------------------------------------------ lines
    def _weather_maker(self, chance: Random) -> Callable[[], None]:
        def turn() -> None:
            lines = self.world.proxies.lines
            fine = [name for name, line in lines.items() if line.weather is Weather.FINE]
            if len(lines) - len(fine) >= MAX_LINES:
                return
            apart = [*self.world.apart.values()]
            if chance.randrange(len(lines) + len(apart)) < len(apart):
                self._black_hole(chance.choice(apart), chance)
                return
            name, kind = chance.choice(fine), chance.choice(BAD)
            if kind is Weather.HALF_OPEN and not self.plan.half_open:
                kind = Weather.CUT
            self._turn(name, kind, chance)

        return turn

    def _turn(self, name: str, kind: Weather, chance: Random) -> None:
        seconds = chance.uniform(*FAULT_S)
        if kind is Weather.HALF_OPEN:
            seconds = LONG_S.get(name.rsplit(maxsplit=1)[-1], seconds)
        self.world.proxies.turn(name, kind)
        self.counts[f"line {kind.value}"] += 1
        self._at(time.monotonic() + seconds, lambda: self.world.proxies.turn(name, Weather.FINE))

    def _black_hole(self, there: Namespace, chance: Random) -> None:
        there.pull(out=True)
        self.counts["black hole"] += 1
        self._at(time.monotonic() + chance.uniform(*BLACK_S), lambda: there.pull(out=False))
