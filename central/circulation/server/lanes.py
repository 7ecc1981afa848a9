"""Work for the database from an event loop: whatever waits is one group, one transaction, one commit.

- Answers leave after the commit that holds their work; a commit that fails fails its whole group, since
  whether it arrived is not known.
- Work that raises spoils its group: all is rolled back and each is done again alone, so that it fails alone.
- Work is done in the order in which it came, where the lane has one thread.
- The event loop is woken once a group. Nothing here waits for the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from central.statements import Cursor

MAX_GROUP = 64
"""Work in one transaction, some 10 ms: nobody else may write meanwhile."""

T = TypeVar("T")


class Task(NamedTuple):
    """Work and who waits for it."""

    work: Callable[[Cursor], Any]
    future: asyncio.Future[Any]


class Outcome(NamedTuple):
    """What became of a task: an answer, or why there is none."""

    task: Task
    answer: Any = None
    cause: Exception | None = None


class Lane:
    """Threads that do what is asked of them, until `close`."""

    def __init__(self, engine: Engine, name: str, *, threads: int = 1, group: int = MAX_GROUP) -> None:
        """A lane that works from now on.

        Args:
            engine: with `readonly` where the lane only asks.
            name: of its threads.
            threads: more than one only where the database takes several writers.
            group: how much goes into one transaction.
        """
        self._engine = engine
        self._group = group
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"{name}-{n}") for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def do(self, work: Callable[[Cursor], T]) -> T:
        """The work's answer, once what it did is committed. Raises what the work or the commit raises."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tasks.put(Task(work, future))
        return await future

    def close(self) -> None:
        """Finish what waits and end the threads."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (first := self._tasks.get()) is not None:
            _tell(self._carry_out(self._gather(first)))

    def _gather(self, first: Task) -> list[Task]:
        """The first task and all that wait behind it, as many as go into a group."""
        group = [first]
        with suppress(Empty):
            while len(group) < self._group:
                task = self._tasks.get_nowait()
                if task is None:
                    self._tasks.put(None)  # the end, when this group is done
                    break
                group.append(task)
        return group

    def _carry_out(self, group: Sequence[Task]) -> list[Outcome]:
        """One transaction; one for each task where a task spoils it."""
        spoiled = False
        try:
            with self._engine.begin() as connection:
                try:
                    outcomes = _perform(connection, group)
                except Exception:
                    spoiled = True
                    raise
        except Exception as cause:  # noqa: BLE001 - whoever asked decides what it means
            if spoiled and len(group) > 1:
                return [outcome for task in group for outcome in self._carry_out([task])]
            return [Outcome(task, cause=cause) for task in group]
        return outcomes


def _perform(connection: Connection, group: Sequence[Task]) -> list[Outcome]:
    cursor = Cursor(connection)
    return [Outcome(task, task.work(cursor)) for task in group]


def _tell(outcomes: Sequence[Outcome]) -> None:
    with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
        outcomes[0].task.future.get_loop().call_soon_threadsafe(_settle, outcomes)


def _settle(outcomes: Sequence[Outcome]) -> None:
    for (_, future), answer, cause in outcomes:
        if future.done():
            continue  # who asked has been cancelled
        if cause is None:
            future.set_result(answer)
        else:
            future.set_exception(cause)
