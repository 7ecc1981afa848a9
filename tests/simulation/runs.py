"""Worlds run to their end, one after the other or beside each other; what a failure shows."""

from __future__ import annotations

import gc
import secrets
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
    """The last events, then what did not hold; empty: everything held."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: the disks here fail by plan alone."""
    folder = Path(tempfile.mkdtemp(prefix="shuwu-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def live(seed: int, kiosks: int = KIOSKS, sabotage: str = "") -> Result:
    """One world from its beginning to its end, or to its failure; the same for the same arguments."""
    begun, failure = time.perf_counter(), ""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    mistake = SABOTAGES[sabotage].plant() if sabotage else nullcontext()
    fate = SABOTAGES[sabotage].fate if sabotage else EVERYTHING
    with mistake, scratch() as folder, capture_logs() as said:
        world = World(seed, folder, fate, kiosks=kiosks)
        try:
            world.run(DAYS)
        except (Exception, PromiseBroken):  # noqa: BLE001 - whatever it is, the seed finds it again
            failure = "\n".join([*world.timeline.trace(), *map(str, said[-3:]), format_exc()])
        finally:
            world.close()
    return Result(seed, world.timeline.digest, world.figures, time.perf_counter() - begun, failure)


def found(sabotage: str) -> bool:
    """Whether a planted mistake breaks a promise, in one of a few new seeds."""
    first = secrets.randbelow(2**31)
    return any(live(seed, FEW_KIOSKS, sabotage).failure for seed in range(first, first + SEEDS))


def find_all(jobs: int) -> Iterator[bool]:
    """Whether each planted mistake is found, in their order; so many beside each other."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("forkserver")) as pool:
        yield from pool.map(found, SABOTAGES)


def live_all(seeds: Iterable[int], kiosks: int, jobs: int, sabotage: str = "") -> Iterator[Result]:
    """Each seed's world; the results come in the order of the seeds, which are taken as workers get free."""
    one = partial(live, kiosks=kiosks, sabotage=sabotage)
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
