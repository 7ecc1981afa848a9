"""The SQL of loans and returns alone: what no server on this database can beat by much, for `bench.sip2`."""

from __future__ import annotations

import shutil
import sqlite3
import time
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bench.sip2_terminals import ACCOUNT, AT, LOANS, SHUWU, reader_and_book
from central.circulation.server import answers
from central.circulation.server.terminals import Terminal
from central.circulation.server.visit import Visit
from central.clock_ms import now_ms
from central.db import open_engine
from central.statements import Cursor, Prepared
from wire.sip2.conversation import Request

ROUNDS = 60
Statement = tuple[str, list[Any]]


class Recording(Cursor):
    """Runs statements, and remembers them as the driver got them."""

    def __init__(self, connection: Connection, *, keeps: bool) -> None:
        super().__init__(connection, keeps=keeps)
        self.statements: list[Statement] = []

    def _execute(self, statement: Prepared, values: tuple[object, ...]) -> Any:
        form = statement.form("sqlite")
        self.statements.append((form.sql, list(form.bind(values))))
        return super()._execute(statement, values)


def loans_and_returns(database: Path, folder: Path, terminals: int, a_commit: int) -> float:
    """Requests a second whose statements are run straight on the driver, so many requests `a_commit`."""
    recorded, replayed = folder / "recorded.db", folder / "replayed.db"
    for copy in (recorded, replayed):
        shutil.copy(database, copy)
    requests = _record(recorded, terminals)
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


def _record(database: Path, terminals: int) -> list[list[Statement]]:
    """What the ledger does for each terminal's loan, then for each one's return, round after round."""
    engine = open_engine(f"sqlite:///{database}")
    here = Terminal(ACCOUNT, "qingyuan", "Asia/Shanghai", "", SHUWU)
    pairs = [reader_and_book(number) for number in range(terminals)]
    requests = []
    with engine.begin() as connection:
        cursor = Recording(connection, keeps=True)
        for round_ in range(ROUNDS):
            asked = [LOANS(card, book, AT + timedelta(seconds=round_)) for card, book in pairs]
            for message in chain.from_iterable(zip(*asked, strict=True)):
                cursor.statements = []
                visit = Visit(here.desk(now_ms()))
                answer: Any = answers.perform(cursor, here, visit, Request(message, round_ % 10, "good"))
                assert answer.ok, answer
                requests.append(cursor.statements)
    engine.dispose()
    return requests
