"""Connections to PostgreSQL that do not wait for ever: the driver waits as long as the socket lives."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

T = TypeVar("T")

Waiting = Generator[Any, Any, T]
"""The driver's way to wait: yields for what, is sent what is ready, or nothing a few times a second."""


def connect(
    answer_s: float, _dialect: object, _record: object, positional: list[Any], named: dict[str, Any]
) -> psycopg.Connection:
    """SQLAlchemy's `do_connect`: a connection whose every wait ends after `answer_s`."""
    connection = _Impatient.connect(*positional, **named)
    connection.answer_s = answer_s
    return connection


class _Impatient(psycopg.Connection):
    answer_s: float

    def wait(self, gen: Waiting[T], *args: Any, **named: Any) -> T:
        """Wait for the server.

        Raises:
            OperationalError: it did not answer; the connection is closed, since what it is about to say is unknown.
        """
        try:
            return super().wait(_until(time.monotonic() + self.answer_s, gen), *args, **named)
        except _NoAnswer:
            self.close()
            raise psycopg.OperationalError(f"no answer within {self.answer_s} s") from None


class _NoAnswer(Exception):  # noqa: N818 - a state of the world
    """Time is up."""


def _until(deadline_s: float, gen: Waiting[T]) -> Waiting[T]:
    """The same wait, which asks for the time whenever nothing is ready."""
    try:
        state = next(gen)
        while True:
            ready = yield state
            if not ready and time.monotonic() >= deadline_s:
                raise _NoAnswer
            state = gen.send(ready)
    except StopIteration as end:
        answer: T = end.value
        return answer
