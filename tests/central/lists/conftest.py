import pytest

from tests.central.lists.world import fill


@pytest.fixture
def library(engine):
    fill(engine)
    return engine


@pytest.fixture
def small(sqlite_engine):
    """The same, on SQLite alone."""
    fill(sqlite_engine)
    return sqlite_engine
