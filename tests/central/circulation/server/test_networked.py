"""PostgreSQL: failed work leaves nothing, and a server that was away is found again."""

import asyncio

import pytest
from sqlalchemy import bindparam, insert, select, text

from central.circulation.server import networked
from central.circulation.server.networked import Networked
from central.clock.models import Lease
from central.db import open_engine
from central.statements import Prepared

ADD = Prepared("id", statement=insert(Lease).values(name=bindparam("id"), holder="", until_ms=0))
NAMES = Prepared(statement=select(Lease.name).order_by(Lease.name))
ENDS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
"""Waits until they are gone."""


def add(name):
    def work(cursor):
        cursor.run(ADD, name)
        return name

    return work


def names(cursor):
    return [name for (name,) in cursor.all(NAMES)]


def run(engine, conversation):
    async def talk():
        database = Networked(engine)
        try:
            async with asyncio.timeout(30):
                return await conversation(database)
        finally:
            await database.close()

    return asyncio.run(talk())


def fail(cursor):
    cursor.run(ADD, "never")
    raise ValueError("no")


def test_what_is_known_is_kept_for_its_time_and_no_longer(postgres_engine, monkeypatch):
    def known(cursor):
        return [name for (name,) in cursor.known(NAMES)]

    async def conversation(database):
        found = []
        for kept_s, name in ((60.0, "a"), (60.0, "b"), (0.0, "c")):
            monkeypatch.setattr(networked, "KNOWN_S", kept_s)
            await database.change(add(name))
            found.append(await database.ask(known))
        return found

    monkeypatch.setattr(networked, "READERS", 1)
    assert run(postgres_engine, conversation) == [["a"], ["a"], ["a", "b", "c"]]


def test_work_that_fails_leaves_nothing_and_the_next_goes_on(postgres_engine):
    async def conversation(database):
        with pytest.raises(ValueError, match="no"):
            await database.change(fail)
        with pytest.raises(ZeroDivisionError):
            await database.ask(lambda _: 1 // 0)
        changed = await asyncio.gather(*[database.change(add(name)) for name in "abcdefgh"])
        return changed, await database.ask(names)

    assert run(postgres_engine, conversation) == (list("abcdefgh"), list("abcdefgh"))


def test_connections_that_the_server_has_closed_are_replaced(postgres_engine):
    async def conversation(database):
        await asyncio.gather(*[database.change(add(name)) for name in "abc"])
        await asyncio.gather(*[database.ask(names) for _ in range(8)])
        other = open_engine(postgres_engine.url)
        with other.connect() as connection:
            connection.execute(ENDS)
        other.dispose()
        await asyncio.gather(*[database.change(add(name)) for name in "defghi"])
        return await asyncio.gather(*[database.ask(names) for _ in range(8)])

    assert run(postgres_engine, conversation) == [list("abcdefghi")] * 8


def test_a_question_sees_what_was_committed_before_it(postgres_engine):
    async def conversation(database):
        before = await database.ask(names)
        await database.change(add("a"))
        return before, await database.ask(names)

    assert run(postgres_engine, conversation) == ([], ["a"])
