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

from bench.report import Figure, figure, run_main
from bench.sip2_servers import Place, echo, idle, ledger, prepare, running
from bench.sip2_sql import loans_and_returns
from bench.sip2_terminals import LOANS, MIXED, QUERIES, Load, Round, load
from tests.central.postgres import Cluster

RUNS = 3
TERMINALS = (1, 8, 64)
TYPICAL = 8
IDLE_TERMINALS = 2000
IDLE_MB = 200.0
LIVE_P99_MS = 5.0


def measure(seconds: int = 3) -> list[Figure]:
    """Messages a second of all terminals together, by database, number of terminals and kind of message."""
    with running(echo) as place:
        bare = {count: _middle(place, MIXED, count, seconds, signed=False) for count in TERMINALS}
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        folder = Path(name)
        figures = _database("SQLite", f"sqlite:///{folder / 'central.db'}", bare, seconds)
        figures += _against_sql(folder, seconds)
        with Cluster.running(durable=True) as cluster:
            figures += _database("PostgreSQL", cluster.create(), bare, seconds)
        figures += _idle(f"sqlite:///{folder / 'idle.db'}", seconds)
    return figures


def _middle(place: Place, kind: Round, count: int, seconds: int, *, signed: bool) -> Load:
    """The run in the middle of several."""
    return sorted(load(place, kind, count, seconds, signed=signed) for _ in range(RUNS))[RUNS // 2]


def _database(name: str, url: str, bare: dict[int, Load], seconds: int) -> list[Figure]:
    prepare(url)
    figures = []
    with running(ledger, url) as place:
        load(place, MIXED, TYPICAL, 1)  # statements are made with their first use
        for count in TERMINALS:
            runs = [load(place, MIXED, count, seconds) for _ in range(RUNS)]
            figures += _figures(f"{name}, mixed 99 63 17 11 09, {_lines(count)}", runs, bare[count], count)
        runs = [load(place, QUERIES, TYPICAL, seconds) for _ in range(RUNS)]
        figures += _figures(f"{name}, queries 99 63 17, {_lines(TYPICAL)}", runs, bare[TYPICAL], TYPICAL)
    return figures


def _figures(what: str, runs: list[Load], bare: Load, count: int) -> list[Figure]:
    reference = f"bare asyncio server, {_lines(count)}"
    return [
        figure(what, "messages/s", [run.rate for run in runs], (reference, bare.rate)),
        figure("the same, round trip, median", "ms", [run.median_ms for run in runs]),
        figure(
            "the same, processor time of the server a message",
            "us",
            [run.processor_us for run in runs],
            (reference, bare.processor_us),
        ),
    ]


def _lines(count: int) -> str:
    return "1 terminal" if count == 1 else f"{count} terminals"


def _against_sql(folder: Path, seconds: int) -> list[Figure]:
    url = f"sqlite:///{folder / 'loans.db'}"
    prepare(url)
    bare = sorted(loans_and_returns(folder / "loans.db", folder, TYPICAL) for _ in range(RUNS))[RUNS // 2]
    with running(ledger, url) as place:
        load(place, LOANS, TYPICAL, 1)
        rates = [load(place, LOANS, TYPICAL, seconds).rate for _ in range(RUNS)]
    what = f"SQLite, loans and returns, {_lines(TYPICAL)}"
    return [figure(what, "messages/s", rates, ("the SQL alone", bare))]


def _idle(url: str, seconds: int) -> list[Figure]:
    prepare(url)
    with running(ledger, url) as place, idle(place.port, IDLE_TERMINALS) as count:
        load(place, MIXED, 1, 1)
        runs = [load(place, MIXED, 1, seconds) for _ in range(RUNS)]
        resident = place.resident_mb()
    live = [run.p99_ms for run in runs]
    return [
        figure(f"server with {count} idle terminals, resident", "MB", [resident], ("goal", IDLE_MB)),
        figure("a live one beside them, 99 of 100 within", "ms", live, ("goal", LIVE_P99_MS)),
    ]


if __name__ == "__main__":
    run_main("sip2", measure)
