"""The database: one engine a process, one short transaction a piece of work.

SQLite (WAL, synchronous=FULL) is the embedded default, PostgreSQL the one for growth; the schema
below every model is made by alembic alone (`central.migrations`), never by create_all.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_MS = 10_000
"""Two processes may want to write at once; a writer's transaction takes milliseconds."""

KEEPALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""libpq's, in s, the last one in ms: a server that vanished without a word is noticed within 25 s. By the system's own
settings a thread that waits for its answer would wait two hours. Whoever knows better says so in the URL.
"""


ANSWER_S = 20.0
"""Longest wait of a server of ours for a word of PostgreSQL's. One that was stopped, or swaps, still acknowledges what reaches its machine:
neither its kernel's keepalives nor its own `statement_timeout` would ever say so. The longest statement of a server
of ours takes a second or two.
"""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def open_engine(url: str | URL, answer_s: float | None = None) -> Engine:
    """An engine with the settings that Shuwu's promises need.

    A PostgreSQL that does not answer within `answer_s` counts as away (`OperationalError`), and its connection
    is given up; None, for work of minutes and hours, waits for ever. On SQLite every transaction takes the write lock at its start (BEGIN IMMEDIATE) unless the
    connection was asked for `execution_options(readonly=True)`. Errors never quote a statement's
    parameters: they would carry readers into logs.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        alive = {**KEEPALIVE, **parsed.query}
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=alive)
        if answer_s is not None:
            from central.patience import connect

            event.listen(engine, "do_connect", partial(connect, answer_s))
        return engine
    engine = create_engine(parsed, connect_args={"timeout": SQLITE_BUSY_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


Sessions = sessionmaker[Session]
"""`with sessions.begin() as session:` is one transaction, committed at its end."""


def open_sessions(engine: Engine, *, readonly: bool = False) -> Sessions:
    """Sessions on an engine; their objects stay readable after the commit.

    With `readonly` a transaction on SQLite takes no write lock, so that pages never wait for the ingest.
    """
    return sessionmaker(engine.execution_options(readonly=readonly), expire_on_commit=False)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """By the driver itself: SQLAlchemy's way of one word takes five times as long."""
    readonly = connection.get_execution_options().get("readonly", False)
    word, error = "BEGIN" if readonly else "BEGIN IMMEDIATE", connection.dialect.loaded_dbapi.Error
    try:
        connection.connection.dbapi_connection.execute(word)
    except error as cause:
        raise DBAPIError.instance(word, None, cause, error, dialect=connection.dialect) from cause
