import pytest

from central.db import open_sessions
from tests.central.circulation.world import fill


@pytest.fixture
def library(engine):
    """The engine of a filled library, on both databases."""
    fill(engine)
    return engine


@pytest.fixture
def embedded(sqlite_engine):
    """The same on SQLite alone, where the database makes no difference."""
    fill(sqlite_engine)
    return sqlite_engine


@pytest.fixture
def session(library):
    with open_sessions(library).begin() as session:
        yield session
