"""Whether a database has the tables that this program reads and writes: asked once, when a command begins."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from central.config import ConfigError

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """The revision that this program goes with; alembic is not loaded for it."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


def look(engine: Engine) -> None:
    """Nothing where tables and program fit, or where the database is away: who needs it waits for it.

    Raises:
        ConfigError: no tables, older ones or newer ones, with the command that helps.
    """
    known = newest()
    try:
        with engine.execution_options(readonly=True).connect() as connection:
            begun = inspect(connection).has_table("alembic_version")
            found = connection.scalar(text("SELECT version_num FROM alembic_version")) if begun else None
    except OperationalError:
        return
    if found is None:
        raise ConfigError("the database has no tables yet: run `shuwu-central init`")
    if found < known:
        raise ConfigError(
            f"the tables are of revision {found}, the program needs {known}: run `shuwu-central migrate`"
        )
    if found > known:
        raise ConfigError(
            f"the tables are of revision {found}, the program knows {known}: a newer program made them"
        )
