"""Statements on the driver's own cursor: the same values as SQLAlchemy's, on both databases."""

from datetime import date

import pytest
from sqlalchemy import Boolean, Date, bindparam, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from central.circulation.ledger.models import Reader, ReaderType
from central.fleet.models import Branch
from central.reports.models import TallyDay
from central.statements import Bulk, Cursor, Prepared
from tests.central.ingest.world import settle

DAY = date(2026, 9, 21)
PLACE = Prepared("id", statement=select(Branch.name_zh, Branch.parent_id).where(Branch.id == bindparam("id")))


@pytest.fixture
def connection(engine):
    settle(engine)
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    return Cursor(connection)


def test_a_bulk_takes_rows_as_they_are(engine):
    names = ["device_id", "branch_id", "day", "measure", "count"]
    bulk = Bulk(names, lambda _: insert(TallyDay))
    day = date(2026, 9, 21)
    written = day.isoformat() if engine.dialect.name == "sqlite" else day
    with engine.begin() as connection:
        bulk.execute(connection, [("d", "b", written, f"m{n}", n) for n in range(3)])
        rows = connection.execute(select(TallyDay.__table__).order_by(TallyDay.measure)).all()
    assert rows == [("d", "b", day, f"m{n}", n) for n in range(3)]


def test_one_row_or_none(cursor):
    assert cursor.one(PLACE, "zhen") == ("zhen", "xian")
    assert cursor.one(PLACE, "nowhere") is None


def test_all_rows(cursor):
    every = Prepared(statement=select(Branch.id).order_by(Branch.id))
    assert cursor.all(every) == [("delhi",), ("xian",), ("zhen",)]


def test_values_stand_in_the_order_of_their_names_however_often(cursor):
    twice = select(Branch.id).where(
        Branch.parent_id == bindparam("parent"),
        bindparam("id", type_=Branch.id.type) == Branch.id,
        Branch.id != bindparam("parent"),
    )
    assert cursor.all(Prepared("id", "parent", statement=twice), "zhen", "xian") == [("zhen",)]


def test_values_and_columns_have_their_types(cursor):
    echoed = select(bindparam("day", type_=Date), bindparam("flag", type_=Boolean), literal("constant"))
    assert cursor.one(Prepared("day", "flag", statement=echoed), DAY, True) == (DAY, True, "constant")


def test_an_insert_and_an_update(cursor, connection):
    kind = Prepared(
        "id",
        "name",
        statement=insert(ReaderType).values(id=bindparam("id"), name_zh=bindparam("name"), name_en="e"),
    )
    cursor.run(kind, "adult", "成人")
    names = tuple(column.name for column in Reader.__table__.columns)
    cursor.run(Prepared(*names, statement=insert(Reader)), "R1", "林", "adult", "xian", DAY, False, 0, "")
    until = (
        update(Reader).where(Reader.card == bindparam("c")).values(expires_on=bindparam("d"), blocked=True)
    )
    cursor.run(Prepared("d", "c", statement=until), date(2030, 1, 1), "R1")
    assert connection.execute(select(Reader.expires_on, Reader.blocked)).one() == (date(2030, 1, 1), True)


def test_a_statement_may_differ_by_database(cursor, connection):
    made = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    upsert = Prepared(
        "id", "name_zh", "name_en", statement=lambda name: made[name](ReaderType).on_conflict_do_nothing()
    )
    for name in ("first", "second"):
        cursor.run(upsert, "adult", name, "")
    assert connection.scalar(select(ReaderType.name_zh)) == "first"


def test_a_lock_is_taken_where_the_database_has_locks(engine):
    lock = Prepared("id", statement=select(Branch.id).where(Branch.id == bindparam("id")).with_for_update())
    assert ("FOR UPDATE" in lock.form(engine.dialect.name).sql) is (engine.dialect.name == "postgresql")


def test_a_value_that_the_statement_does_not_take_is_a_mistake(engine):
    with pytest.raises(AssertionError):
        Prepared("id", "more", statement=select(Branch.id).where(Branch.id == bindparam("id"))).form(
            engine.dialect.name
        )


def test_what_was_done_is_part_of_the_transaction(engine):
    settle(engine)
    rename = Prepared("name", statement=update(Branch).values(name_zh=bindparam("name")))
    with engine.connect() as connection:
        with connection.begin() as transaction:
            Cursor(connection).run(rename, "新")
            transaction.rollback()
        assert connection.scalar(select(Branch.name_zh).where(Branch.id == "xian")) == "xian"
