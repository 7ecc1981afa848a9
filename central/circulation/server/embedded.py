"""The ledger on SQLite: all statements run on the event loop, commits on a thread of their own.

- A statement takes some 5 us from the page cache; on a thread it would take 50, as the interpreter's lock
  goes from hand to hand. So a question is answered at once, from one snapshot (WAL: it waits for no writer),
  which those share that the loop meets in one turn: whatever was told before they came is in it.
- What staff change once in a while is kept until another connection has committed (`PRAGMA data_version`).
- The changes that have come by the loop's next turn are one group, one transaction, one commit. The commit
  waits for the disk on the thread, and what comes meanwhile is the next group.
- A change is told after the commit that holds it. A commit that fails fails its whole group, since whether
  it arrived is not known. Work that raises spoils its group: all is rolled back, each is done again alone.
- Where another process is writing, the thread waits for its end, not the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Engine, Transaction
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from central.db import SQLITE_BUSY_MS
from central.statements import Cursor

MAX_GROUP = 32
"""Changes in one transaction, some 10 ms: nobody else may write meanwhile."""

LATER_S = 0.005
"""A machine that lends a pile says the next book within a millisecond or so of its answer."""

T = TypeVar("T")


class Task(NamedTuple):
    """Work and who waits for it."""

    work: Callable[[Cursor], Any]
    future: asyncio.Future[Any]


class Embedded:
    """Questions and changes for one event loop, until `close`."""

    def __init__(self, engine: Engine) -> None:
        """Connects with the first question and the first change."""
        self._engine = engine
        self._questions: _Snapshots | None = None
        self._changes: Connection | None = None
        self._driver: Any = None
        """What `_changes` stands on."""
        self._cursor: Cursor
        self._version = 0
        """Of the database, as `_changes` saw it last: our own commits do not change it."""
        self._waiting: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        """Out of a group that was spoiled: each gets a transaction of its own."""
        self._busy = False
        self._idle = asyncio.Event()
        self._thread = _Thread("sip2-commit")

    def ask(self, work: Callable[[Cursor], T]) -> T | asyncio.Future[T]:
        """What the work finds; a future of it where the database lets nobody in just now."""
        if self._questions is None:
            self._questions = _Snapshots(self._engine)
        try:
            return self._questions.ask(work)
        except OperationalError:
            self._questions.close()
            self._questions = None
            future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._thread.do(partial(_ask_patiently, self._engine, work), partial(_tell, future))
            return future

    def change(self, work: Callable[[Cursor], T], *, soon: bool = True) -> asyncio.Future[T]:
        """What the work says, once what it did is committed; raises what the work or the commit raises.

        Where nobody waits for it (`soon` is False) it waits LATER_S for company, and saves a commit.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(Task(work, future))
        self._idle.clear()
        if soon:
            self._begin_groups()
        else:
            loop.call_later(LATER_S, self._begin_groups)
        return future

    async def close(self) -> None:
        """Finish what waits and end the thread."""
        self._begin_groups()
        await self._idle.wait()
        self._thread.end()
        for connection in (self._questions, self._changes):
            if connection is not None:
                connection.close()

    # ---------------------------------------------------------------- one group after another
    def _begin_groups(self) -> None:
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._next_group)

    def _next_group(self) -> None:
        if self._alone:
            group = [self._alone.popleft()]
        else:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
        if not group:
            self._busy = False
            self._idle.set()
            return
        try:
            transaction = self._begin()
        except SQLAlchemyError:  # mostly: another process is writing
            self._on_thread(self._begin_patiently, partial(self._perform, group), group)
        else:
            self._perform(group, transaction)

    def _perform(self, group: list[Task], transaction: Transaction) -> None:
        """Do the work of a group, then let the thread commit it."""
        answers = []
        try:
            self._version = _catch_up(self._cursor, self._driver, self._version)
            for task in group:
                answers.append(task.work(self._cursor))  # noqa: PERF401 - a comprehension would hide which one raised
        except Exception as cause:  # noqa: BLE001 - whoever asked decides what it means
            self._roll_back(transaction)
            if len(group) > 1:
                self._alone.extend(group)
            else:
                _fail(group, cause)
            self._again()
            return
        self._on_thread(transaction.commit, lambda _: self._settle(group, answers), group)

    def _settle(self, group: list[Task], answers: list[Any]) -> None:
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # who asked may have gone
                future.set_result(answer)
        self._again()

    def _again(self) -> None:
        asyncio.get_running_loop().call_soon(self._next_group)

    def _on_thread(self, work: Callable[[], T], then: Callable[[T], None], group: list[Task]) -> None:
        """Do something that waits; `then` goes on, on the loop. What it raises fails the group."""

        def told(outcome: T | None, cause: Exception | None) -> None:
            if cause is None:
                then(cast("T", outcome))
                return
            self._give_up_connection()
            _fail(group, cause)
            self._again()

        self._thread.do(work, told)

    # ---------------------------------------------------------------- the connection that writes
    def _begin(self) -> Transaction:
        if self._changes is None:
            self._changes, self._driver = _connect(self._engine)
            self._cursor = Cursor(self._changes, keeps=True)
        return self._changes.begin()

    def _begin_patiently(self) -> Transaction:
        if self._changes is None:
            return self._begin()
        self._driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        try:
            return self._changes.begin()
        finally:
            self._driver.execute("PRAGMA busy_timeout=0")

    def _roll_back(self, transaction: Transaction) -> None:
        try:
            transaction.rollback()
        except SQLAlchemyError:
            self._give_up_connection()

    def _give_up_connection(self) -> None:
        """Whatever state it is in, the next group gets a new one."""
        if self._changes is not None:
            self._driver.close()
            self._changes.invalidate()
            self._changes.close()
            self._changes = None


class _Thread:
    """A thread that does what waits, one after another. An executor's futures would cost as much as a loan."""

    def __init__(self, name: str) -> None:
        """A thread that begins with the first work."""
        self._work: SimpleQueue[tuple[Callable[[], Any], Callable[[Any, Exception | None], None]] | None]
        self._work = SimpleQueue()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def do(self, work: Callable[[], Any], then: Callable[[Any, Exception | None], None]) -> None:
        """Do it soon; the loop hears what came out, or what was raised."""
        if self._thread.ident is None:
            self._loop = asyncio.get_running_loop()
            self._thread.start()
        self._work.put((work, then))

    def end(self) -> None:
        """Wait until everything is done."""
        if self._thread.ident is not None:
            self._work.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            work, then = task
            try:
                outcome, cause = work(), None
            except Exception as raised:  # noqa: BLE001 - whoever asked decides what it means
                outcome, cause = None, raised
            self._loop.call_soon_threadsafe(then, outcome, cause)


class _Snapshots:
    """A connection that only asks, in one snapshot for each turn of the loop."""

    def __init__(self, engine: Engine) -> None:
        self._connection, driver = _connect(engine.execution_options(readonly=True))
        self._driver = driver.cursor()
        self._cursor = Cursor(self._connection, keeps=True)
        self._version = 0
        self._is_open = False
        self._loop = asyncio.get_running_loop()

    def ask(self, work: Callable[[Cursor], T]) -> T:
        """Past SQLAlchemy's transaction, which takes three times as long as a question."""
        if not self._is_open:
            self._driver.execute("BEGIN")
            self._is_open = True
            self._loop.call_soon(self._end)
            self._version = _catch_up(self._cursor, self._driver, self._version)
        return work(self._cursor)

    def close(self) -> None:
        self._is_open = False
        self._connection.close()

    def _end(self) -> None:
        """Before whatever this turn has set going: a commit that is told later is in the next snapshot."""
        if self._is_open:
            self._is_open = False
            self._driver.execute("ROLLBACK")


def _connect(engine: Engine) -> tuple[Connection, Any]:
    """A connection of our own that waits for no lock, which the pool does not get back; and the driver's."""
    connection = engine.connect()
    connection.detach()
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout=0")
    return connection, driver


def _catch_up(cursor: Cursor, driver: Any, known: int) -> int:
    """The version of the database in this transaction; where it is another than known, others have committed."""
    (version,) = driver.execute("PRAGMA data_version").fetchone()
    if version != known:
        cursor.forget()
    return int(version)


def _ask_patiently(engine: Engine, work: Callable[[Cursor], T]) -> T:
    with engine.execution_options(readonly=True).begin() as connection:
        return work(Cursor(connection))


def _tell(future: asyncio.Future[T], outcome: T, cause: Exception | None) -> None:
    if future.done():
        return  # who asked may have gone
    if cause is None:
        future.set_result(outcome)
    else:
        future.set_exception(cause)


def _fail(group: list[Task], cause: BaseException) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(cause)
