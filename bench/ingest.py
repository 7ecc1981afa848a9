"""One ingest worker under a flood: `python -m bench.ingest [--json]`.

Forty kiosks send 20 facts a message through a real mosquitto; the worker commits them to a fresh SQLite file,
every commit on the disk, and publishes watermarks. Timed from the first message to the watermark of the
last fact of each kiosk. The reference is the SQL alone: the statements of the same groups of messages, with
the same values, by the sqlite3 module on another fresh file. Broker, kiosks and worker are a process each.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import event

from bench.broker import broker
from bench.report import Figure, figure, run_main
from central import keys, log
from central.clock_ms import now_ms
from central.config import Config, Mqtt
from central.db import open_engine, open_sessions
from central.fleet import operations as fleet
from central.ingest import listen
from central.ingest.absorb import Parcel
from central.ingest.group import Letter, Stored, store
from central.migrations import migrate
from central.mqtt import BrokerAway, Heard, Link, Message
from wire import condition, envelope, facts, topics
from wire.condition import CentralCondition
from wire.envelope import Stamp
from wire.orders import Watermark
from wire.signing import Signed

KIOSKS, MESSAGES, FACTS = 40, 100, 20
"""Messages a kiosk, facts a message: fewer in all than make a crowd (`central.ingest.listen.CROWD`)."""
RUNS = 3
PATIENCE_S = 120.0
BOUNDS = "max_queued_messages 1000000\nmax_inflight_messages 1000"
"""The broker's: it is not what is measured."""
Sql = list[list[tuple[str, Any, bool]]]
"""Transactions of statements: text, values, whether for many rows."""


def measure() -> list[Figure]:
    """Facts a second, and what they cost the worker."""
    with tempfile.TemporaryDirectory() as folder, broker(Path(folder), BOUNDS) as port:
        runs = [_run(Path(folder) / f"run{number}", Mqtt(port=port)) for number in range(RUNS)]
    taken, bare = zip(*runs, strict=True)
    count = KIOSKS * MESSAGES * FACTS
    return [
        figure(
            "MQTT → commit → watermark",
            "facts/s",
            [count / each.wall_s for each in taken],
            ("the same SQL, bare", median(count / each.wall_s for each in bare)),
        ),
        figure(
            "of which the worker's own processor time",
            "us/fact",
            [each.own_s / count * 1e6 for each in taken],
            ("the same SQL, bare", median(each.own_s / count * 1e6 for each in bare)),
        ),
    ]


class Took(NamedTuple):
    """What one flood of facts took."""

    wall_s: float
    own_s: float
    """Processor time, whatever else the machine does."""


def _run(folder: Path, mqtt: Mqtt) -> tuple[Took, Took]:
    """Through the worker, and the bare SQL."""
    config = Config(state=folder / "state", mqtt=mqtt)
    keys.make(config.state)
    for name in ("taken", "written", "bare"):
        _prepare(folder / f"{name}.db")
    messages = _messages()
    with _process(_work, config, folder / "taken.db") as worker:
        taken_s = _flood(mqtt, messages)
        worker.send("stop")
        groups, own_s = worker.recv()
    transactions = _written(folder / "written.db", messages, groups)
    return Took(taken_s, own_s), _replayed(folder / "bare.db", transactions)


# ---------------------------------------------------------------- the network
def _names() -> list[str]:
    return [f"kiosk-{number:03}" for number in range(KIOSKS)]


def _prepare(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with open_sessions(engine).begin() as session:
        fleet.found(session, "xian", None, "county", "县馆", "County", "Asia/Shanghai")
        for name in _names():
            fleet.enrol(session, name, "xian", name, name, "room24")
    engine.dispose()


def _messages() -> list[tuple[str, bytes]]:
    """Topic and payload, the kiosks in turn: of 20 facts 14 visits, 3 loans, 3 returns."""
    made, start_ms = [], now_ms() - 86_400_000
    for message in range(MESSAGES):
        for kiosk, name in enumerate(_names()):
            first = 1 + message * FACTS
            rows = [
                (Stamp(start_ms + 60_000 * seq, 60_000 * seq, "0123abcd", set=True), _fact(kiosk, seq))
                for seq in range(first, first + FACTS)
            ]
            payload, count = envelope.encode_batch(f"{kiosk:032x}", first, rows)
            assert count == FACTS
            made.append((topics.topic(name, topics.FACTS), payload))
    return made


def _fact(kiosk: int, seq: int) -> bytes:
    txn, item = f"{seq:016x}", f"B{(kiosk * 977 + seq) % 5000:07}"
    if seq % 7 == 0:
        made: facts.Fact = facts.LoanMade(txn, item, f"{seq % 300:032x}", "adult", "三体", "I247.55/1")
    elif seq % 7 == 3:
        made = facts.ReturnMade(txn, item, "三体", "I247.55/1")
    else:
        made = facts.VisitEntered(1, "counter")
    return envelope.encode_fact(made)


# ---------------------------------------------------------------- through the worker
@contextmanager
def _process(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """A process of its own that ends by itself, and a pipe to it."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=target, args=(theirs, *arguments))
    process.start()
    yield ours
    process.join(PATIENCE_S)


def _work(pipe: Connection, config: Config, path: Path) -> None:
    """A worker that tells how many messages went into each transaction, and its processor time in seconds."""
    log.configure(logging.WARNING)
    groups: list[int] = []

    def counted(connection: Any, letters: Sequence[Letter], now: int, key: bytes) -> Stored:
        groups.append(len(letters))
        return store(connection, letters, now, key)

    listen.store = counted  # type: ignore[assignment,attr-defined]  # its one seam to the database
    engine = open_engine(f"sqlite:///{path}")
    worker = listen.Ingest(config, keys.load(config.state), engine)
    thread = Thread(target=worker.run)
    gc.freeze()  # as the command does
    begun_s = time.process_time()
    thread.start()
    pipe.recv()
    own_s = time.process_time() - begun_s
    worker.stop()
    thread.join()
    engine.dispose()
    pipe.send((groups, own_s))


def _send(pipe: Connection, mqtt: Mqtt, messages: Sequence[tuple[str, bytes]]) -> None:
    """All kiosks, once they are told to."""
    link = Link(mqtt, "kiosks", lambda _: None)
    link.open()
    assert link.wait_connected(PATIENCE_S)
    pipe.send("ready")
    pipe.recv()
    for topic, payload in messages:
        while True:
            try:
                last = link.publish(Message(topic, payload))
                break
            except BrokerAway:  # more than the link keeps for the broker
                time.sleep(0.001)
    assert last.wait(PATIENCE_S)
    link.close()


def _flood(mqtt: Mqtt, messages: Sequence[tuple[str, bytes]]) -> float:
    """Seconds from the first message to the watermark of the last fact of each kiosk."""
    waited = set(_names())
    hears, done = Event(), Event()

    def heard(one: Heard) -> None:
        if one.topic == topics.CENTRAL_CONDITION:
            if condition.decode(one.payload, CentralCondition).online:
                hears.set()
            return
        body = msgspec.json.decode(one.payload, type=Signed).body
        if not one.retained and msgspec.json.decode(body, type=Watermark).seq == MESSAGES * FACTS:
            waited.discard(one.topic.split("/")[2])
            if not waited:
                done.set()

    link = Link(mqtt, "watcher", heard, [(topics.every(topics.WATERMARK), 1), (topics.CENTRAL_CONDITION, 1)])
    link.open()
    assert hears.wait(PATIENCE_S), "no worker"
    with _process(_send, mqtt, messages) as kiosks:
        kiosks.recv()
        begun = time.perf_counter()
        kiosks.send("go")
        assert done.wait(PATIENCE_S), f"{len(waited)} kiosks wait"
        took_s = time.perf_counter() - begun
    link.close()
    return took_s


# ---------------------------------------------------------------- the SQL alone
def _written(path: Path, messages: Sequence[tuple[str, bytes]], groups: Sequence[int]) -> Sql:
    """What the worker's transactions say to the database, by doing them once more."""
    transactions: Sql = []
    engine = open_engine(f"sqlite:///{path}")
    event.listen(engine, "do_connect", lambda _d, _r, _a, named: named.update(factory=_noting(transactions)))
    parcels = [Parcel(topic.split("/")[2], envelope.decode_batch(payload)) for topic, payload in messages]
    at = 0
    for size in groups:
        transactions.append([])
        with engine.begin() as connection:
            store(connection, parcels[at : at + size], now_ms(), bytes(32))
        at += size
    assert at == len(messages)
    engine.dispose()
    return transactions


def _noting(transactions: Sql) -> type[sqlite3.Connection]:
    """Connections that note what is said to the database inside the last of the transactions."""

    def note(statement: str, values: Any, *, many: bool) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            transactions[-1].append((statement, values, many))

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, values: Any = (), /) -> Cursor:
            note(statement, values, many=False)
            super().execute(statement, values)
            return self

        def executemany(self, statement: str, values: Any, /) -> Cursor:
            note(statement, values, many=True)
            super().executemany(statement, values)
            return self

    class Line(sqlite3.Connection):
        def cursor(self, _factory: object = None) -> Any:
            return super().cursor(Cursor)

    return Line


def _replayed(path: Path, transactions: Sql) -> Took:
    """What the statements take by themselves."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA foreign_keys=ON")
        begun_s, begun_own_s = time.perf_counter(), time.process_time()
        for statements in transactions:
            database.execute("BEGIN IMMEDIATE")
            for statement, values, many in statements:
                (database.executemany if many else database.execute)(statement, values).fetchall()
            database.execute("COMMIT")
        return Took(time.perf_counter() - begun_s, time.process_time() - begun_own_s)


if __name__ == "__main__":
    run_main("ingest", measure)
