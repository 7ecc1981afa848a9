"""Worlds run to their end, one after the other or beside each other; what a failure shows."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exc

from structlog.testing import capture_logs

from tests.simulation.audit import PromiseBroken
from tests.simulation.sabotage import EVERYTHING, SABOTAGES
from tests.simulation.world import World

KIOSKS = 8
"""In one world, so for one seed, unless told otherwise."""
DAYS = 2
GARBAGE = 200_000
"""Objects made between two looks for cycles: a world makes many objects and few cycles."""
FEW_KIOSKS = 2
SEEDS = 16
"""In which a planted mistake must be found; most are in the first."""
MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one seed."""

    seed: int
    digest: int
    """Over everything that happened: equal where the seed was lived through in the same way."""
    figures: Counter[str]
    seconds: float
    failure: str = ""
    """The last events, then what did not hold, then the command that replays it; empty: everything held."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: the disks here fail by plan alone."""
    folder = Path(tempfile.mkdtemp(prefix="shuwu-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def live(seed: int, kiosks: int = KIOSKS, sabotage: str = "", faults: int = 1) -> Result:
    """One world from its beginning to its end, or to its failure; the same for the same arguments.

    Args:
        seed: decides everything.
        kiosks: in this world.
        sabotage: a planted mistake; empty: none.
        faults: so many times as many as usual.
    """
    begun, failure = time.perf_counter(), ""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    mistake = SABOTAGES[sabotage].plant() if sabotage else nullcontext()
    fate = SABOTAGES[sabotage].fate if sabotage else EVERYTHING
    with mistake, scratch() as folder, capture_logs() as said:
        world = World(seed, folder, fate.times(faults), kiosks=kiosks)
        try:
            world.run(DAYS)
        except (Exception, PromiseBroken):  # noqa: BLE001 - whatever it is, the seed finds it again
            told = [*world.timeline.trace(), *map(str, said[-3:]), format_exc()]
            failure = "\n".join(
                [*told, f"seed {seed} failed; again: {again(seed, kiosks, sabotage, faults)}"]
            )
        finally:
            world.close()
    return Result(seed, world.timeline.digest, world.figures, time.perf_counter() - begun, failure)


def again(seed: int, kiosks: int, sabotage: str = "", faults: int = 1) -> str:
    """The command that lives through the same world."""
    more = f" --sabotage {sabotage}" if sabotage else ""
    more += f" --faults {faults}" if faults != 1 else ""
    return f"python -m tests.simulation --days 1 --seed {seed} --kiosks {kiosks}{more}"


def found(sabotage: str, first: int) -> bool:
    """Whether a planted mistake breaks a promise, in one of a few seeds from the first on."""
    return any(live(seed, FEW_KIOSKS, sabotage).failure for seed in range(first, first + SEEDS))


def find_all(first: int, jobs: int) -> Iterator[bool]:
    """Whether each planted mistake is found, in their order; so many beside each other."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("forkserver")) as pool:
        yield from pool.map(partial(found, first=first), SABOTAGES)


def live_all(
    seeds: Iterable[int], kiosks: int, jobs: int, sabotage: str = "", faults: int = 1
) -> Iterator[Result]:
    """Each seed's world; the results come in the order of the seeds, which are taken as workers get free."""
    one = partial(live, kiosks=kiosks, sabotage=sabotage, faults=faults)
    if jobs == 1:
        yield from map(one, seeds)
        return
    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("forkserver")) as pool:
        for seed in seeds:
            waiting.append(pool.submit(one, seed))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
