"""The ledger on PostgreSQL: each request is a transaction on one of several threads.

- A thread waits for the network and the disk; the server commits several transactions together by itself,
  and each holds the locks of one request alone.
- Each thread keeps its connection, so that a request costs its statements and its commit, and no question
  whether anybody is there. One that the server has closed meanwhile is replaced before it is used.
- What staff change once in a while (`Cursor.known`) each thread keeps for KNOWN_S: a round trip costs ten times what
  the statement does.
- Work that raises is rolled back. Where the connection is lost under it, it fails, and nothing is tried twice:
  whether the commit arrived is not known.
"""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, local
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from central.statements import Cursor

WRITERS = 6
READERS = 4
"""More only take the interpreter's lock from each other."""

KNOWN_S = 1.0
"""A rule that staff change holds that much later: as if the terminal had asked a second before."""

T = TypeVar("T")
Work = Callable[[Cursor], T]


class Networked:
    """Questions and changes for one event loop, until `close`."""

    def __init__(self, engine: Engine) -> None:
        """Threads and connections that begin with the first work."""
        self._writers = _Threads(engine, WRITERS, "sip2-write", _carry_out)
        asking = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = _Threads(asking, READERS, "sip2-read", _look)

    def ask(self, work: Callable[[Cursor], T]) -> asyncio.Future[T]:
        """What the work finds; each of its statements sees what was committed before it."""
        return self._readers.do(work)

    def change(self, work: Callable[[Cursor], T], *, soon: bool = True) -> asyncio.Future[T]:  # noqa: ARG002 - it has a thread
        """What the work says, once what it did is committed; raises what the work or the commit raised."""
        return self._writers.do(work)

    async def close(self) -> None:
        """Finish what waits, end the threads and the connections."""
        for threads in (self._writers, self._readers):
            await asyncio.get_running_loop().run_in_executor(None, threads.close)


class _Threads:
    """Threads with a connection each."""

    def __init__(
        self, engine: Engine, count: int, name: str, way: Callable[[Cursor, Work[Any]], Any]
    ) -> None:
        self._engine, self._way = engine, way
        self._threads = ThreadPoolExecutor(count, name)
        self._own = local()
        self._open: set[Connection] = set()
        self._lock = Lock()

    def do(self, work: Callable[[Cursor], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

    def close(self) -> None:
        self._threads.shutdown()
        for connection in self._open:
            connection.close()

    def _do(self, work: Callable[[Cursor], T]) -> T:
        kept: Connection | None = getattr(self._own, "connection", None)
        if kept is not None and _is_lost(kept):
            self._drop(kept)
            kept = None
        if kept is None:
            self._connect()
        cursor: Cursor = self._own.cursor
        now_s = time.monotonic()
        if now_s - self._own.known_s >= KNOWN_S:
            cursor.forget()
            self._own.known_s = now_s
        answer: T = self._way(cursor, work)
        return answer

    def _connect(self) -> None:
        connection = self._own.connection = self._engine.connect()
        connection.detach()  # it is no longer one of the pool's, which has few
        self._own.cursor, self._own.known_s = Cursor(connection, keeps=True), 0.0
        with self._lock:
            self._open.add(connection)

    def _drop(self, connection: Connection) -> None:
        self._own.connection = None
        with self._lock:
            self._open.discard(connection)
        if not connection.invalidated:
            driver: Any = connection.connection.dbapi_connection
            driver.close()
            connection.invalidate()
        connection.close()


def _is_lost(connection: Connection) -> bool:
    """Whether it broke, or the server has said something unasked: that it is going."""
    if connection.invalidated:
        return True
    driver: Any = connection.connection.dbapi_connection
    if driver.closed:
        return True
    heard = select.poll()
    heard.register(driver.fileno(), select.POLLIN)
    return bool(heard.poll(0))


def _look(cursor: Cursor, work: Work[T]) -> T:
    return work(cursor)


def _carry_out(cursor: Cursor, work: Work[T]) -> T:
    with cursor.connection.begin():
        return work(cursor)
