import pytest

from tests.central.ingest.world import settle
from tests.central.payments.world import Till


@pytest.fixture
def till(engine):
    """On SQLite and on PostgreSQL."""
    settle(engine)
    return Till(engine)


@pytest.fixture
def lite_till(sqlite_engine):
    """On SQLite, for what does not depend on the database."""
    settle(sqlite_engine)
    return Till(sqlite_engine)
