"""A database at an older revision, to be filled by hand and then migrated."""

import pytest
from sqlalchemy import MetaData, insert

from central.db import open_engine
from central.migrations import migrate


@pytest.fixture(params=["sqlite", "postgres"])
def older(request, tmp_path):
    """`older(revision, rows)` is an engine on a database at that revision, with rows of (table, values) in it."""
    engines = []

    def make(revision, rows):
        url = f"sqlite:///{tmp_path / 'central.db'}"
        engine = open_engine(
            url if request.param == "sqlite" else request.getfixturevalue("cluster").create()
        )
        engines.append(engine)
        migrate(engine, revision)
        with engine.begin() as connection:
            old = MetaData()
            old.reflect(connection)
            for name, row in rows:
                connection.execute(insert(old.tables[name]), row)
        return engine

    yield make
    for engine in engines:
        engine.dispose()
