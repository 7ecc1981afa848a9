import pytest

from tests.central.ingest.world import settle


@pytest.fixture
def world(engine):
    """A settled database, on SQLite and on PostgreSQL."""
    settle(engine)
    return engine


@pytest.fixture
def lite_world(sqlite_engine):
    """A settled database on SQLite, for what does not depend on the database."""
    settle(sqlite_engine)
    return sqlite_engine
