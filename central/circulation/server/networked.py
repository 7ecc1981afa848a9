"""The ledger on PostgreSQL: each request is a transaction on one of several threads.

A thread waits for the network and the disk; the server commits several transactions together by itself,
and each holds the locks of one request alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from central.statements import Cursor

WRITERS = 6
READERS = 4
"""More only take the interpreter's lock from each other."""

T = TypeVar("T")


class Networked:
    """Questions and changes for one event loop, until `close`."""

    def __init__(self, engine: Engine) -> None:
        """Threads that begin with the first work."""
        self._writing = engine
        self._reading = engine.execution_options(readonly=True, postgresql_readonly=True)
        self._writers = ThreadPoolExecutor(WRITERS, "sip2-write")
        self._readers = ThreadPoolExecutor(READERS, "sip2-read")

    def ask(self, work: Callable[[Cursor], T]) -> asyncio.Future[T]:
        """What the work finds, in one snapshot."""
        return asyncio.get_running_loop().run_in_executor(self._readers, _carry_out, self._reading, work)

    def change(self, work: Callable[[Cursor], T]) -> asyncio.Future[T]:
        """What the work says, once what it did is committed; raises what the work or the commit raises."""
        return asyncio.get_running_loop().run_in_executor(self._writers, _carry_out, self._writing, work)

    async def close(self) -> None:
        """Finish what waits and end the threads."""
        for pool in (self._writers, self._readers):
            await asyncio.get_running_loop().run_in_executor(None, pool.shutdown)


def _carry_out(engine: Engine, work: Callable[[Cursor], T]) -> T:
    with engine.begin() as connection:
        return work(Cursor(connection))
