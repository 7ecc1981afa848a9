"""Groups: one commit for all that waits, and each failure with whom it belongs."""

import asyncio
import threading

import pytest
from sqlalchemy import bindparam, event, insert, select
from sqlalchemy.exc import OperationalError

from central import db
from central.circulation.ledger.models import ReaderType
from central.circulation.server.lanes import Lane
from central.statements import Prepared

ADD = Prepared("id", statement=insert(ReaderType).values(id=bindparam("id"), name_zh="", name_en=""))


def add(name):
    def work(cursor):
        cursor.run(ADD, name)
        return name

    return work


def fail(cursor):
    cursor.run(ADD, "never")
    raise ValueError("no")


class Held:
    """A lane that is kept busy until all the work is there."""

    def __init__(self, engine, **more):
        self.transactions = []
        event.listen(engine, "commit", lambda _: self.transactions.append("commit"))
        self._begun, self._go = threading.Event(), threading.Event()
        self.lane = Lane(engine, "test", **more)

    async def run(self, *work):
        """Outcomes of the work, exceptions among them."""
        first = asyncio.create_task(self.lane.do(self._hold_up))
        await asyncio.to_thread(self._begun.wait, 10)
        tasks = [asyncio.create_task(self.lane.do(one)) for one in work]
        await asyncio.sleep(0)
        self._go.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await first
        return outcomes

    def _hold_up(self, _):
        self._begun.set()
        assert self._go.wait(10)


@pytest.fixture
def lane(sqlite_engine):
    held = Held(sqlite_engine)
    yield held
    held.lane.close()


def kinds(engine):
    with engine.connect() as connection:
        return connection.scalars(select(ReaderType.id).order_by(ReaderType.id)).all()


def test_what_waits_is_committed_together(lane, sqlite_engine):
    assert asyncio.run(lane.run(add("a"), add("b"), add("c"))) == ["a", "b", "c"]
    assert lane.transactions == ["commit"] * 2  # the one that held it up, and the group
    assert kinds(sqlite_engine) == ["a", "b", "c"]


def test_a_group_is_bounded(sqlite_engine):
    held = Held(sqlite_engine, group=2)
    asyncio.run(held.run(add("a"), add("b"), add("c")))
    held.lane.close()
    assert len(held.transactions) == 3


def test_whoever_fails_fails_alone(lane, sqlite_engine):
    one, failed, other = asyncio.run(lane.run(add("a"), fail, add("b")))
    assert (one, str(failed), other) == ("a", "no", "b")
    assert kinds(sqlite_engine) == ["a", "b"]


def test_a_commit_that_fails_fails_all_and_is_not_tried_again(lane, sqlite_engine):
    tried = []

    def spoil(_connection):
        if tried:
            raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    event.listen(sqlite_engine, "commit", spoil)
    outcomes = asyncio.run(lane.run(lambda _: tried.append(1), lambda _: tried.append(2)))
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 2
    assert tried == [1, 2]


def test_a_database_that_lets_nobody_in_is_not_asked_for_each(migrated_file, tmp_path, monkeypatch):
    monkeypatch.setattr(db, "SQLITE_BUSY_MS", 20)
    path = tmp_path / "central.db"
    path.write_bytes(migrated_file.read_bytes())
    engine, other = (db.open_engine(f"sqlite:///{path}") for _ in range(2))
    begun = []
    event.listen(engine, "begin", lambda _: begun.append(1), insert=True)
    lane = Lane(engine, "test", group=3)

    async def three():
        with other.begin():
            return await asyncio.gather(*[lane.do(add(name)) for name in "abc"], return_exceptions=True)

    assert {type(outcome) for outcome in asyncio.run(three())} == {OperationalError}
    assert len(begun) <= 2  # the first may have gone alone
    lane.close()
    engine.dispose()
    other.dispose()


def test_close_finishes_what_waits(sqlite_engine):
    async def last_words():
        lane = Lane(sqlite_engine, "test")
        asked = [asyncio.create_task(lane.do(add(name))) for name in "ab"]
        await asyncio.sleep(0)
        await asyncio.to_thread(lane.close)
        return await asyncio.gather(*asked)

    assert asyncio.run(last_words()) == ["a", "b"]


def test_who_has_gone_is_not_told(lane, sqlite_engine):
    async def leave():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lane.lane.do(lambda _: threading.Event().wait(0.05)), 0.01)
        return await lane.lane.do(add("a"))

    assert asyncio.run(leave()) == "a"
    assert kinds(sqlite_engine) == ["a"]
