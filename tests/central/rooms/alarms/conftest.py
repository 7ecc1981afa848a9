import pytest

from tests.central.ingest.world import settle
from tests.central.rooms.alarms.world import Site


@pytest.fixture
def site(engine):
    """On SQLite and on PostgreSQL."""
    settle(engine)
    return Site(engine)


@pytest.fixture
def lite(sqlite_engine):
    """On SQLite, for what does not depend on the database."""
    settle(sqlite_engine)
    return Site(sqlite_engine)
