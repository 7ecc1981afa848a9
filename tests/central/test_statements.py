"""Statements on the driver's own cursor: the same values as SQLAlchemy's, on both databases."""

from datetime import date

import pytest
from sqlalchemy import Boolean, Date, bindparam, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from central.facts.models import FactAside, Journal, StoredFact
from central.fleet.models import Branch
from central.reports.models import TallyDay
from central.statements import Bulk, Cursor, Prepared, among, among_pairs
from tests.central.ingest.world import JOURNAL, NOW, ROOM, settle

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


TALLY = ("device_id", "branch_id", "day", "measure", "count")


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_a_bulk_takes_rows_in_their_order(engine, connection, count):
    bulk = Bulk(_FACT, lambda _: insert(StoredFact))
    bulk.execute(connection, [_fact(seq, '{"kind":"visit.left"}') for seq in range(count)])
    stored = connection.execute(select(StoredFact.seq, StoredFact.clock_set).order_by(StoredFact.id)).all()
    assert stored == [(seq, True) for seq in range(count)]


@pytest.mark.parametrize(
    "text", ["", "plain", '{"a":"b, c"}', "back\\slash", "{}", "NULL", "三体", "a\nb\t'c' %s ?", '"', '\\\\"']
)
def test_a_bulk_keeps_every_text_as_it_is(connection, text):
    Bulk(_FACT, lambda _: insert(StoredFact)).execute(connection, [_fact(1, text)])
    assert connection.scalar(select(StoredFact.body)) == text


def test_a_bulk_takes_dates_as_text_and_nothing_as_nothing(connection):
    Bulk(TALLY, lambda _: insert(TallyDay)).execute(connection, [("d", "b", DAY.isoformat(), "m", 7)])
    assert connection.execute(select(TallyDay.__table__)).one() == ("d", "b", DAY, "m", 7)
    names = ("device_id", "journal", "seq", "why", "body", "boot", "received_ms")
    rows = [(ROOM, JOURNAL, seq, "why", "{}", boot, NOW) for seq, boot in enumerate((None, "NULL"))]
    Bulk(names, lambda _: insert(FactAside)).execute(connection, rows)
    assert connection.scalars(select(FactAside.boot).order_by(FactAside.seq)).all() == [None, "NULL"]


def test_what_is_too_long_for_its_column_is_refused_where_columns_have_a_length(engine, connection):
    names = ("device_id", "branch_id", "day", "measure", "count")
    rows = [("d", "b", DAY.isoformat(), "m" * 33, 1)]
    if engine.dialect.name == "postgresql":
        with pytest.raises(DataError):
            Bulk(names, lambda _: insert(TallyDay)).execute(connection, rows)
    else:
        Bulk(names, lambda _: insert(TallyDay)).execute(connection, rows)


_FACT = tuple(column.name for column in StoredFact.__table__.columns)[1:]


def _fact(seq, body):
    return (ROOM, JOURNAL, seq, "zhen", "visit.left", NOW, NOW, 1, "0123abcd", True, NOW, body)


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
    names = ("device_id", "branch_id", "day", "measure")
    begin = insert(TallyDay).values(**{name: bindparam(name) for name in names}, count=1)
    cursor.run(Prepared(*names, statement=begin), "d", "b", DAY, "visits")
    move = update(TallyDay).where(TallyDay.day == bindparam("was")).values(day=bindparam("to"), count=2)
    cursor.run(Prepared("was", "to", statement=move), DAY, date(2030, 1, 1))
    row = connection.execute(select(TallyDay.__table__)).one()
    assert row == ("d", "b", date(2030, 1, 1), "visits", 2)


def test_a_statement_may_differ_by_database(cursor, connection):
    made = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    names = ("device_id", "branch_id", "day", "measure", "count")
    upsert = Prepared(*names, statement=lambda name: made[name](TallyDay).on_conflict_do_nothing())
    for count in (1, 2):
        cursor.run(upsert, "d", "b", DAY, "visits", count)
    assert connection.scalar(select(TallyDay.count)) == 1


def test_texts_among_a_list(cursor):
    found = Prepared(
        "ids",
        statement=lambda name: select(Branch.id).where(among(name, Branch.id, "ids")).order_by(Branch.id),
    )
    assert cursor.all(found, ["zhen", "nowhere", 'a "quoted\\", {one}', "delhi"]) == [("delhi",), ("zhen",)]
    assert cursor.all(found, []) == []


def test_pairs_among_a_list(cursor):
    pair = (Branch.id, Branch.parent_id)
    found = Prepared(
        "pairs",
        statement=lambda name: select(Branch.id).where(among_pairs(name, pair, "pairs")).order_by(Branch.id),
    )
    quoted = ('a "quoted\\", {one}', "xian")
    assert cursor.all(found, [("zhen", "xian"), ("delhi", "xian"), quoted]) == [("delhi",), ("zhen",)]
    assert cursor.all(found, [("zhen", "delhi"), ("xian", "xian")]) == [], "each text is here, no pair is"
    assert cursor.all(found, []) == []


def test_the_drivers_errors_are_sqlalchemys_and_quote_no_values(connection, cursor):
    names = ("device_id", "journal", "epoch", "committed", "forked", "first_ms", "last_ms")
    nobodys = ("no-such-device", "5f" * 16, 1, 0, False, 1, 1)
    wrong = Prepared(*names, statement=insert(Journal))
    with pytest.raises(IntegrityError) as caught:
        cursor.run(wrong, *nobodys)
    assert "5f5f" not in str(caught.value)


def test_a_lost_connection_is_given_up(engine):
    with engine.connect() as connection:
        cursor = Cursor(connection)
        driver = connection.connection.driver_connection
        driver.close() if engine.dialect.name == "sqlite" else driver.pgconn.finish()
        with pytest.raises(DBAPIError) as caught:
            cursor.one(PLACE, "zhen")
        assert caught.value.connection_invalidated
        assert connection.invalidated
    with engine.connect() as connection:
        assert Cursor(connection).one(PLACE, "nowhere") is None


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
