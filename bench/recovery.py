"""What is back after a blow, and how soon: `python -m bench.recovery [--json] [--devices N] [--days N]`.

- A kiosk of the demo's network is killed (kill -9) and started: from its exec until its screen serves.
- The ILS takes connections and says nothing (or is not there at all) while a kiosk that owes it loans and returns is
  started: from its first word again until the last of them is settled.
- `--devices` kiosks (1,000 for the whole) with a day of facts each are let loose at once on a real broker, ingest and
  database, while twenty quiet ones tell a fact a second: how long those wait; and whether all arrived, once, in order.
- `--days` kiosk-days are simulated: how many a second.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import restart
from bench.day import FACTS
from bench.flood import Run, flood
from bench.report import Figure, figure, run_main
from deploy.demo.network import network
from deploy.demo.ports import free
from tests.central.postgres import Cluster

RUNS = 7
FULL = 3
"""Starts with a full journal."""
LEFT = 10
"""Books that lie on the pad when the kiosk comes up."""
WAITING = {"a week": 7 * FACTS, "a year": 365 * FACTS}
"""Facts of a kiosk whose central has been away for so long."""
READY = ("the goal", 2000.0)
RESUMED = ("the goal", 5000.0)
LIVE = ("the goal", 5000.0)
DEBTS = (1, 50)
BACK = 2
"""Runs of each."""
SILENCE_S = 12.0
"""Until whoever tries again and again does so as seldom as ever."""


def measure(*, devices: int = 200, days: int = 12) -> list[Figure]:
    """All figures."""
    figures = [_simulated(days)]
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        figures += _of_one_room(Path(name))
    with _databases() as databases:
        for kind, folder, url in databases:
            figures += _of_a_flood(kind, flood(folder, url, devices), devices)
    return figures


# ---------------------------------------------------------------- one room
def _of_one_room(folder: Path) -> list[Figure]:
    with _compiled(folder), network(folder, free()) as up:
        kiosk, ils = restart.Kiosk(up, folder), restart.LibrarySystem(up)
        starts = [_restarted(kiosk) for _ in range(RUNS)]
        figures = [
            figure("kill -9, started → serves", "ms", [each.served_ms for each in starts], READY),
            figure("of which its own processor time", "ms", [each.processor_ms for each in starts], READY),
            figure(f"the same with {LEFT} books left on the pad", "ms", _crowded(kiosk), READY),
        ]
        figures += [
            figure(
                f"{what} → {owed} owed, all settled",
                "ms",
                [_resumed(kiosk, away, back, owed) for _ in range(BACK)],
                RESUMED,
            )
            for what, away, back in (
                ("ILS speaks again", ils.fall_silent, ils.speak),
                ("ILS is there again", ils.leave, ils.come),
            )
            for owed in DEBTS
        ]
        up.family.children["ingest"].process.kill()
        figures += [
            figure(f"started, {count:,} facts wait ({away}) → serves", "ms", _full(kiosk, count), READY)
            for away, count in WAITING.items()
        ]
        return figures


@contextmanager
def _compiled(folder: Path) -> Iterator[None]:
    """Programs are read as where they are installed: compiled once."""
    before = {name: os.environ.pop(name, "") for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    try:
        yield
    finally:
        os.environ.update(before)


def _restarted(kiosk: restart.Kiosk) -> restart.Start:
    kiosk.kill()
    return kiosk.start()


def _crowded(kiosk: restart.Kiosk) -> list[float]:
    kiosk.kill()
    kiosk.lay_down(LEFT)
    starts = [kiosk.start(), *(_restarted(kiosk) for _ in range(RUNS - 1))]
    kiosk.clear()
    return [each.served_ms for each in starts]


def _full(kiosk: restart.Kiosk, facts: int) -> list[float]:
    kiosk.kill()
    kiosk.fill(facts)
    return [each.served_ms for each in (kiosk.start(), *(_restarted(kiosk) for _ in range(FULL - 1)))]


def _resumed(kiosk: restart.Kiosk, away: Callable[[], None], back: Callable[[], float], owed: int) -> float:
    kiosk.kill()
    kiosk.owe(owed)
    away()
    kiosk.start()
    time.sleep(random.uniform(SILENCE_S, SILENCE_S + 3))
    begun = back()
    return (kiosk.paid_at() - begun) * 1000


# ---------------------------------------------------------------- all at once
@contextmanager
def _databases() -> Iterator[Sequence[tuple[str, Path, str]]]:
    """An empty one of each kind, every commit on the disk."""
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name, Cluster.running(durable=True) as cluster:
        folders = [Path(name) / kind for kind in ("SQLite", "PostgreSQL")]
        for folder in folders:
            folder.mkdir()
        urls = (f"sqlite:///{folders[0]}/central.db", cluster.create())
        yield [(folder.name, folder, url) for folder, url in zip(folders, urls, strict=True)]


def _of_a_flood(kind: str, run: Run, devices: int) -> list[Figure]:
    of = f"{devices:,} kiosks at once, {kind}"
    delays = sorted(run.delays_ms)
    return [
        figure(f"{of}: facts compared", "facts", [run.facts]),
        figure(f"{of}: lost, doubled, misplaced", "facts", [run.lost, run.doubled, run.misplaced]),
        figure(f"{of}: first word → all committed", "facts/s", [run.facts / run.took_s]),
        figure(f"{of}: a live fact → committed", "ms", delays, LIVE),
        figure(f"{of}: the same, 95 of 100 within", "ms", [delays[len(delays) * 95 // 100]], LIVE),
    ]


# ---------------------------------------------------------------- simulated
def _simulated(days: int) -> Figure:
    run = [sys.executable, "-m", "tests.simulation", "--json", "--days", str(days)]
    done = subprocess.run(run, stdout=subprocess.PIPE, check=True)
    return figure("simulated", "kiosk-days/s", [json.loads(done.stdout)["kiosk-days a second"]])


if __name__ == "__main__":
    run_main("recovery", measure)
