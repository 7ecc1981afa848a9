"""The SQL of loans, returns and questions alone: what no server on this database can beat by much, for `bench.sip2`."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bench.sip2_terminals import ACCOUNT, AT, LOANS, QUERIES, SHUWU, reader_and_book
from central.circulation.server import answers
from central.circulation.server.terminals import Terminal
from central.circulation.server.visit import Visit
from central.clock_ms import now_ms
from central.db import open_engine
from central.statements import Cursor, Prepared
from wire.sip2.codec import encode
from wire.sip2.conversation import Request
from wire.sip2.declare import Message
from wire.sip2.messages import ScStatus

ROUNDS = 60
HERE = Terminal(ACCOUNT, "qingyuan", "Asia/Shanghai", "", SHUWU)
Statement = tuple[str, list[Any]]


class Recording(Cursor):
    """Runs statements, and remembers them as the driver got them."""

    def __init__(self, connection: Connection, *, keeps: bool) -> None:
        super().__init__(connection, keeps=keeps)
        self.statements: list[Statement] = []

    def _execute(self, statement: Prepared, values: tuple[object, ...]) -> Any:
        form = statement.form(self.connection.dialect.name)
        self.statements.append((form.sql, list(form.bind(values))))
        return super()._execute(statement, values)

    def perform(self, message: Message, number: int = 0) -> list[Statement]:
        """What the ledger asks for one message."""
        self.statements = []
        visit = Visit(HERE.desk(now_ms()))
        answer: Any = answers.perform(self, HERE, visit, Request(message, number % 10, "good"))
        assert getattr(answer, "ok", True), answer
        return self.statements


@contextmanager
def _recording(url: str) -> Iterator[Recording]:
    engine = open_engine(url)
    with engine.begin() as connection:
        yield Recording(connection, keeps=True)
    engine.dispose()


def loans_and_returns(database: Path, folder: Path, terminals: int, a_commit: int) -> float:
    """Requests a second whose statements are run straight on the driver, so many requests `a_commit`."""
    recorded, replayed = folder / "recorded.db", folder / "replayed.db"
    for copy in (recorded, replayed):
        shutil.copy(database, copy)
    requests = _record(f"sqlite:///{recorded}", terminals)
    groups = [requests[at : at + a_commit] for at in range(0, len(requests), a_commit)]
    connection = sqlite3.connect(replayed, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    cursor = connection.cursor()
    begun = time.perf_counter()
    for group in groups:
        cursor.execute("BEGIN IMMEDIATE")
        for request in group:
            for sql, values in request:
                cursor.execute(sql, values).fetchall()
        cursor.execute("COMMIT")
    took_s = time.perf_counter() - begun
    connection.close()
    return len(requests) / took_s


def loans_and_returns_networked(recorded: str, replayed: str, terminals: int) -> float:
    """The same on PostgreSQL: one connection, each request a transaction; two databases as `prepare` makes them."""
    requests = _record(recorded, terminals)
    engine = open_engine(replayed)
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.cursor()
        begun = time.perf_counter()
        for request in requests:
            for sql, values in request:
                cursor.execute(sql, values)
                if cursor.description:
                    cursor.fetchall()
            driver.commit()
        took_s = time.perf_counter() - begun
    engine.dispose()
    return len(requests) / took_s


def questions(url: str, terminals: int) -> dict[bytes, list[Statement]]:
    """The statements of each terminal's questions, by `asked_of` their frames."""
    found: dict[bytes, list[Statement]] = {}
    with _recording(url) as cursor:
        for number in range(terminals):
            for _ in range(2):  # what staff change once in a while is asked the first time only
                for message in QUERIES(*reader_and_book(number), AT):
                    statements = [] if isinstance(message, ScStatus) else cursor.perform(message)
                    found[asked_of(encode(message, SHUWU, 0))] = statements
    return found


def asked_of(frame: bytes) -> bytes:
    """What a question of this bench asks, whenever it does: its frame without the date, the number and the sum."""
    return frame[:2] + frame[23:-10]


def _record(url: str, terminals: int) -> list[list[Statement]]:
    """What the ledger does for each terminal's loan, then for each one's return, round after round."""
    pairs = [reader_and_book(number) for number in range(terminals)]
    requests = []
    with _recording(url) as cursor:
        for round_ in range(ROUNDS):
            asked = [LOANS(card, book, AT + timedelta(seconds=round_)) for card, book in pairs]
            requests += [
                cursor.perform(message, round_) for message in chain.from_iterable(zip(*asked, strict=True))
            ]
    return requests
