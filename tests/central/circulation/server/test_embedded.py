"""Groups on SQLite: one commit for all that waits, each failure with whom it belongs, nobody waits on the loop."""

import asyncio
import threading

import pytest
from sqlalchemy import bindparam, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from central.circulation.server import embedded
from central.circulation.server.embedded import Embedded
from central.clock.models import Lease
from central.db import open_engine
from central.statements import Prepared

ADD = Prepared("id", statement=insert(Lease).values(name=bindparam("id"), holder="", until_ms=0))
NAMES = Prepared(statement=select(Lease.name).order_by(Lease.name))


def add(name):
    def work(cursor):
        cursor.run(ADD, name)
        return name

    return work


def names(cursor):
    return [name for (name,) in cursor.all(NAMES)]


def fail(cursor):
    cursor.run(ADD, "never")
    raise ValueError("no")


def run(engine, conversation):
    """The outcome of `conversation(database)`."""

    async def talk():
        database = Embedded(engine)
        try:
            async with asyncio.timeout(20):
                return await conversation(database)
        finally:
            await database.close()

    return asyncio.run(talk())


async def all_of(*futures):
    return await asyncio.gather(*futures, return_exceptions=True)


@pytest.fixture
def commits(sqlite_engine):
    counted = []
    event.listen(sqlite_engine, "commit", lambda _: counted.append(1))
    return counted


def test_what_comes_in_one_turn_is_committed_together(sqlite_engine, commits):
    async def conversation(database):
        return await all_of(*[database.change(add(name)) for name in "abc"]), database.ask(names)

    assert run(sqlite_engine, conversation) == (["a", "b", "c"], ["a", "b", "c"])
    assert len(commits) == 1


def test_what_comes_during_a_commit_is_the_next_group(sqlite_engine, commits):
    async def conversation(database):
        first = database.change(add("a"))
        await asyncio.sleep(0)  # the group is on its way to the disk
        return await all_of(first, *[database.change(add(name)) for name in "bc"])

    assert run(sqlite_engine, conversation) == ["a", "b", "c"]
    assert len(commits) == 2


def test_a_group_is_bounded(sqlite_engine, commits, monkeypatch):
    monkeypatch.setattr(embedded, "MAX_GROUP", 2)

    async def conversation(database):
        return await all_of(*[database.change(add(name)) for name in "abcde"])

    assert run(sqlite_engine, conversation) == list("abcde")
    assert len(commits) == 3


def test_whoever_fails_fails_alone(sqlite_engine):
    async def conversation(database):
        changes = await all_of(database.change(add("a")), database.change(fail), database.change(add("b")))
        return changes, database.ask(names)

    (one, failed, other), kept = run(sqlite_engine, conversation)
    assert (one, str(failed), other) == ("a", "no", "b")
    assert kept == ["a", "b"]


def test_a_commit_that_fails_fails_all_and_the_next_goes_on(sqlite_engine):
    tried = []

    def spoil(_connection):
        if len(tried) == 2:
            tried.append("spoilt")
            raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    def work(name):
        return lambda cursor: tried.append(name) or add(name)(cursor)

    event.listen(sqlite_engine, "commit", spoil)

    async def conversation(database):
        spoilt = await all_of(database.change(work("a")), database.change(work("b")))
        return spoilt, await database.change(add("c")), database.ask(names)

    spoilt, after, kept = run(sqlite_engine, conversation)
    assert [type(outcome) for outcome in spoilt] == [OperationalError] * 2
    assert tried == ["a", "b", "spoilt"]
    assert (after, kept) == ("c", ["c"])


def test_a_rollback_that_fails_costs_the_connection_and_nothing_else(sqlite_engine):
    def spoil(_connection):
        raise OperationalError("ROLLBACK", None, Exception("disk I/O error"))

    event.listen(sqlite_engine, "rollback", spoil)

    async def conversation(database):
        return await all_of(database.change(add("a")), database.change(fail)), await database.change(add("b"))

    (one, failed), after = run(sqlite_engine, conversation)
    assert (one, str(failed), after) == ("a", "no", "b")


def test_a_file_that_is_no_database_fails_who_waits(tmp_path):
    path = tmp_path / "spoilt.db"
    path.write_bytes(b"spoilt" * 1000)
    engine = open_engine(f"sqlite:///{path}")

    async def conversation(database):
        return await all_of(*[database.change(add(name)) for name in "ab"])

    assert {type(outcome) for outcome in run(engine, conversation)} == {DatabaseError}


def test_the_loop_turns_while_another_process_writes(sqlite_engine):
    """A change waits on the thread; questions are answered meanwhile, from what is committed."""

    async def conversation(database):
        with sqlite_engine.begin() as other:
            other.execute(insert(Lease).values(name="other", holder="", until_ms=0))
            waiting = database.change(add("a"))
            await asyncio.sleep(0.05)
            meanwhile = (waiting.done(), database.ask(names))
        return meanwhile, await waiting, database.ask(names)

    assert run(sqlite_engine, conversation) == ((False, []), "a", ["a", "other"])


def test_a_writer_that_never_ends_fails_who_waits(sqlite_engine, monkeypatch):
    monkeypatch.setattr(embedded, "SQLITE_BUSY_MS", 20)

    async def conversation(database):
        with sqlite_engine.begin():
            locked = await all_of(*[database.change(add(name)) for name in "abc"])
        return locked, await database.change(add("d"))

    locked, after = run(sqlite_engine, conversation)
    assert {type(outcome) for outcome in locked} == {OperationalError}
    assert after == "d"


def test_what_nobody_waits_for_is_committed_with_the_next_change(sqlite_engine, commits):
    async def conversation(database):
        later = database.change(add("a"), soon=False)
        await asyncio.sleep(0)
        return await database.change(add("b")), await later

    assert run(sqlite_engine, conversation) == ("b", "a")
    assert len(commits) == 1


def test_what_nobody_waits_for_is_committed_alone_where_no_change_comes(sqlite_engine):
    async def conversation(database):
        return await database.change(add("a"), soon=False), database.ask(names)

    assert run(sqlite_engine, conversation) == ("a", ["a"])


def test_what_nobody_waits_for_is_not_lost_at_the_end(sqlite_engine):
    async def conversation(database):
        return database.change(add("a"), soon=False)

    assert run(sqlite_engine, conversation).result() == "a"


def test_a_turn_of_the_loop_is_one_snapshot_and_the_next_a_new_one(sqlite_engine):
    async def conversation(database):
        def twice(cursor):
            before = names(cursor)
            thread = threading.Thread(target=_write, args=(sqlite_engine, "a"))
            thread.start()
            thread.join()
            return before, names(cursor)

        first = database.ask(twice), database.ask(names)
        await asyncio.sleep(0)
        return *first, database.ask(names)

    assert run(sqlite_engine, conversation) == (([], []), [], ["a"])


def test_whoever_was_told_of_a_change_finds_it(sqlite_engine):
    """Though others have asked in the same turn before, and again as soon as it was told."""

    async def conversation(database):
        change, found = database.change(add("a")), []
        change.add_done_callback(lambda _: found.append(database.ask(names)))
        while not change.done():
            database.ask(names)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [*found, database.ask(names)]

    assert run(sqlite_engine, conversation) == [["a"], ["a"]]


def test_what_is_known_is_asked_again_once_others_have_committed(sqlite_engine):
    """Our own changes are no reason: staff, who change such tables, are other connections."""

    def known(cursor):
        return [name for (name,) in cursor.known(NAMES)]

    async def conversation(database):
        found = [(database.ask(known), await database.change(known))]
        _write(sqlite_engine, "a")
        found.append((database.ask(known), await database.change(known)))
        await database.change(add("b"))
        return [*found, (database.ask(known), await database.change(known))]

    assert run(sqlite_engine, conversation) == [([], []), (["a"], ["a"]), (["a", "b"], ["a"])]


def _write(engine, name):
    with engine.begin() as connection:
        connection.execute(insert(Lease).values(name=name, holder="", until_ms=0))


def test_a_question_that_fails_fails_alone(sqlite_engine):
    async def conversation(database):
        with pytest.raises(ZeroDivisionError):
            database.ask(lambda _: 1 // 0)
        return database.ask(names)

    assert run(sqlite_engine, conversation) == []


def test_close_finishes_what_waits(sqlite_engine):
    async def last_words():
        database = Embedded(sqlite_engine)
        asked = [database.change(add(name)) for name in "ab"]
        await database.close()
        return [future.result() for future in asked]

    assert asyncio.run(last_words()) == ["a", "b"]


def test_who_has_gone_is_not_told(sqlite_engine):
    async def conversation(database):
        database.change(add("a")).cancel()
        return await database.change(add("b")), database.ask(names)

    assert run(sqlite_engine, conversation) == ("b", ["a", "b"])
