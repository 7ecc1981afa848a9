"""The SIP2 server of the ledger under terminals: `python -m bench.sip2 [--json]`.

Each terminal signs in and asks one question at a time, a reader and a book of its own, every commit on the
disk. Server and terminals are a process each. Four references, in the same run:

- a bare asyncio server that cuts the stream at its line ends, checks each sum and answers as many octets as the
  ledger does, numbered and summed: no Python server of this protocol can be faster than that by much;
- the bare server that also asks the same SQL: the same statements with the same values, run straight on the driver;
- the SQL of the same loans and returns: the same statements with the same values run straight on the driver, as
  many requests a commit as the server had; on PostgreSQL on one connection, a commit each, beside one terminal;
- goals for what has no limit of its own.

`--seconds` is how long each load runs.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from bench.report import Figure, figure, run_main
from bench.sip2_servers import Place, asking, bare, idle, ledger, prepare, running
from bench.sip2_sql import loans_and_returns, loans_and_returns_networked
from bench.sip2_terminals import LOANS, MIXED, QUERIES, Load, Round, load
from tests.central.postgres import Cluster

RUNS = 3
TERMINALS = (1, 8, 64)
TYPICAL = 8
IDLE_TERMINALS = 2000
IDLE_MB = 200.0
LIVE_P99_MS = 5.0


NAMES: dict[Round, str] = {MIXED: "mixed 99 63 17 11 09", QUERIES: "queries 99 63 17"}

Peer = dict[tuple[Round, int], Load]
"""What the bare server did, by kind of message and number of terminals."""


def measure(seconds: int = 3) -> list[Figure]:
    """Messages a second of all terminals together, by database, number of terminals and kind of message."""
    loads: list[tuple[Round, int]] = [*((MIXED, count) for count in TERMINALS), (QUERIES, TYPICAL)]
    with running(bare) as place:
        peer: Peer = {load: _middle(place, *load, seconds) for load in loads}
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'central.db'}"
        figures = _database("SQLite", url, peer, seconds)
        figures += _against_questions(url, peer[QUERIES, TYPICAL], seconds)
        figures += _against_sql(folder, seconds)
        with Cluster.running(durable=True) as cluster:
            figures += _database("PostgreSQL", cluster.create(), peer, seconds)
            figures += _against_networked_sql(cluster, seconds)
        figures += _idle(f"sqlite:///{folder / 'idle.db'}", seconds)
    return figures


def _middle(place: Place, kind: Round, count: int, seconds: int) -> Load:
    """The run in the middle of several, of terminals that need not sign in."""
    return sorted(load(place, kind, count, seconds, signed=False) for _ in range(RUNS))[RUNS // 2]


def _database(name: str, url: str, peer: Peer, seconds: int) -> list[Figure]:
    prepare(url)
    figures = []
    with running(ledger, url) as place:
        load(place, MIXED, TYPICAL, 1)  # statements are made with their first use
        for (kind, count), beside in peer.items():
            runs = [load(place, kind, count, seconds) for _ in range(RUNS)]
            figures += _figures(f"{name}, {NAMES[kind]}, {_lines(count)}", runs, beside, count)
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


def _against_questions(url: str, bare: Load, seconds: int) -> list[Figure]:
    """The server and the bare one that asks the same SQL, in turn."""
    rates, beside = [], []
    with running(ledger, url) as ours, running(asking, url, TYPICAL) as theirs:
        load(ours, QUERIES, TYPICAL, 1)
        for _ in range(RUNS):
            rates.append(load(ours, QUERIES, TYPICAL, seconds).rate)
            beside.append(load(theirs, QUERIES, TYPICAL, seconds, signed=False).rate)
    peer, lines = "bare server that asks the same SQL", _lines(TYPICAL)
    reference = f"bare asyncio server, {lines}"
    return [
        figure(f"{peer}, {NAMES[QUERIES]}, {lines}", "messages/s", beside, (reference, bare.rate)),
        figure("SQLite, the same", "messages/s", rates, (peer, statistics.median(beside))),
    ]


def _against_sql(folder: Path, seconds: int) -> list[Figure]:
    """Server and SQL in turn, so that both meet the same disk."""
    url, copy = f"sqlite:///{folder / 'loans.db'}", folder / "copy.db"
    prepare(url)
    shutil.copy(folder / "loans.db", copy)
    rates, groups, alone = [], [], []
    with running(ledger, url) as place:
        load(place, LOANS, TYPICAL, 1)
        for _ in range(RUNS):
            before = place.commits()
            run = load(place, LOANS, TYPICAL, seconds)
            rates.append(run.rate)
            groups.append(run.messages / (place.commits() - before))
            alone.append(loans_and_returns(copy, folder, TYPICAL, round(groups[-1])))
    what, bare = f"SQLite, loans and returns, {_lines(TYPICAL)}", statistics.median(alone)
    return [
        figure(what, "messages/s", rates, ("the SQL alone", bare)),
        figure("the same, requests a commit", "", groups),
    ]


def _against_networked_sql(cluster: Cluster, seconds: int) -> list[Figure]:
    """One terminal and the SQL on one connection, in turn: both wait for each statement and for each commit alone."""
    served, rates, alone = cluster.create(), [], []
    prepare(served)
    with running(ledger, served) as place:
        together = [load(place, LOANS, TYPICAL, seconds).rate for _ in range(RUNS)]
        for _ in range(RUNS):
            rates.append(load(place, LOANS, 1, seconds).rate)
            copies = cluster.create(), cluster.create()
            for copy in copies:
                prepare(copy)
            alone.append(loans_and_returns_networked(*copies, TYPICAL))
    what, bare = "PostgreSQL, loans and returns", statistics.median(alone)
    return [
        figure(f"{what}, {_lines(1)}", "messages/s", rates, ("the SQL alone", bare)),
        figure(f"{what}, {_lines(TYPICAL)}", "messages/s", together),
    ]


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
