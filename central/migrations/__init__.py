"""The schema and its history: alembic revisions, forward alone (the way back is the backup).

`versions/` holds one file a step, numbered, with a summary; the models say what the sum of them is,
and a test compares the two on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.exc import IntegrityError

from central.db import Base

DOMAINS = (
    "accounts",
    "circulation.gateway",
    "circulation.ledger",
    "circulation.owed",
    "circulation.server",
    "clock",
    "facts",
    "fleet",
    "idle",
    "lists",
    "payments",
    "reports",
    "rooms.admission",
    "rooms.alarms",
    "rooms.hours",
)
"""Folders of central whose `models` declare tables."""
MIGRATING = 0x5368_7577
"""Number of PostgreSQL's advisory lock under which one process migrates and the others wait."""


def tables() -> MetaData:
    """Every table as the models declare it."""
    for domain in DOMAINS:
        import_module(f"central.{domain}.models")
    return Base.metadata


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, the newest one; nothing happens where it is there already.

    All steps are one transaction on both databases: a failed one leaves the schema as it was. SQLite
    changes a table by making it anew, so that references are checked at the end instead of row by row.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with _unchecked(engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if connection.dialect.name == "sqlite":
            _check(connection)


@contextmanager
def _unchecked(engine: Engine) -> Iterator[Connection]:
    """A connection on which SQLite lets a table go that others refer to."""
    with engine.connect() as connection:
        pragma = engine.dialect.name == "sqlite" and connection.connection.cursor().execute
        if pragma:
            pragma("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            if pragma:
                pragma("PRAGMA foreign_keys=ON")


def _check(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise IntegrityError(
            "PRAGMA foreign_key_check", None, ValueError(f"a row of {broken[0]} refers to nothing")
        )
