"""The SIP2 server of the ledger under terminals: `python -m bench.sip2 [--json]`.

Each terminal signs in and asks one question at a time, a reader and a book of its own, every commit on the
disk. Server and terminals are a process each. Three references, in the same run:

- a bare asyncio server that checks the checksum and sends the frame back: no Python server that reads lines
  can be faster than that by much;
- the SQL of the same loans and returns, the same statements with the same values run straight on the driver,
  eight terminals' worth a commit;
- goals for what has no limit of its own.

`--seconds` is how long each load runs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.report import Figure, figure, run_main
from bench.sip2_servers import echo, idle, ledger, prepare, running
from bench.sip2_sql import loans_and_returns
from bench.sip2_terminals import LOANS, MIXED, QUERIES, Load, load
from tests.central.postgres import Cluster

RUNS = 3
TERMINALS = (1, 8, 64)
TYPICAL = 8
IDLE_TERMINALS = 2000
IDLE_MB = 200.0
LIVE_P99_MS = 5.0


class Reference(NamedTuple):
    """What the bare server reaches with so many terminals."""

    name: str
    rate: float


def measure(seconds: int = 3) -> list[Figure]:
    """Messages a second of all terminals together, by database, number of terminals and kind of message."""
    with running(echo) as place:
        bare = {count: _bare(place.port, count, seconds) for count in TERMINALS}
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        folder = Path(name)
        figures = _database("SQLite", f"sqlite:///{folder / 'central.db'}", bare, seconds)
        figures += _against_sql(folder, seconds)
        with Cluster.running(durable=True) as cluster:
            figures += _database("PostgreSQL", cluster.create(), bare, seconds)
        figures += _idle(f"sqlite:///{folder / 'idle.db'}", seconds)
    return figures


def _bare(port: int, count: int, seconds: int) -> Reference:
    rates = sorted(load(port, MIXED, count, seconds, signed=False).rate for _ in range(RUNS))
    return Reference(f"bare asyncio server, {count} terminals", rates[RUNS // 2])


def _database(name: str, url: str, bare: dict[int, Reference], seconds: int) -> list[Figure]:
    prepare(url)
    figures = []
    with running(ledger, url) as place:
        for count in TERMINALS:
            runs = [load(place.port, MIXED, count, seconds) for _ in range(RUNS)]
            what = f"{name}, mixed 99 63 17 11 09, {count} terminals"
            figures += _figures(what, runs, bare[count])
        runs = [load(place.port, QUERIES, TYPICAL, seconds) for _ in range(RUNS)]
        figures += _figures(f"{name}, queries 99 63 17, {TYPICAL} terminals", runs, bare[TYPICAL])
    return figures


def _figures(what: str, runs: list[Load], reference: Reference) -> list[Figure]:
    return [
        figure(what, "messages/s", [run.rate for run in runs], reference),
        figure("the same, round trip, median", "ms", [run.median_ms for run in runs]),
    ]


def _against_sql(folder: Path, seconds: int) -> list[Figure]:
    url = f"sqlite:///{folder / 'loans.db'}"
    prepare(url)
    bare = sorted(loans_and_returns(folder / "loans.db", folder, TYPICAL) for _ in range(RUNS))[RUNS // 2]
    with running(ledger, url) as place:
        rates = [load(place.port, LOANS, TYPICAL, seconds).rate for _ in range(RUNS)]
    return [
        figure(
            f"SQLite, loans and returns, {TYPICAL} terminals", "messages/s", rates, ("the SQL alone", bare)
        )
    ]


def _idle(url: str, seconds: int) -> list[Figure]:
    prepare(url)
    with running(ledger, url) as place, idle(place.port, IDLE_TERMINALS) as count:
        runs = [load(place.port, MIXED, 1, seconds) for _ in range(RUNS)]
        resident = place.resident_mb()
    return [
        figure(f"server with {count} idle terminals, resident", "MB", [resident], ("goal", IDLE_MB)),
        figure(
            "a live one beside them, 99 of 100 within",
            "ms",
            [run.p99_ms for run in runs],
            ("goal", LIVE_P99_MS),
        ),
    ]


if __name__ == "__main__":
    run_main("sip2", measure)
