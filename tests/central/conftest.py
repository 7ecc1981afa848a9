"""What tests of central stand on: a migrated SQLite file, a private PostgreSQL cluster, a real broker.

`engine` runs a test on both; `sqlite_engine` and `postgres_engine` name one.
"""

import shutil

import pytest
from sqlalchemy import text

from central.db import open_engine
from central.migrations import migrate, tables
from tests.central.mosquitto import Mosquitto
from tests.central.postgres import Cluster

NUMBERS_FROM_ONE = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
)
"""A test begins with the numbers with which it begins alone."""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A SQLite database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL cluster of this test run's own, on a unix socket in a folder that goes with it."""
    with Cluster.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_engine(cluster):
    """A PostgreSQL database at the newest revision, to be emptied after each use."""
    engine = open_engine(cluster.create())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(migrated_file, tmp_path):
    path = tmp_path / "central.db"
    shutil.copy(migrated_file, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(migrated_engine):
    yield migrated_engine
    children_first = reversed(tables().sorted_tables)
    with migrated_engine.begin() as connection:
        connection.execute(text("; ".join(f'DELETE FROM "{table.name}"' for table in children_first)))
        connection.execute(text(NUMBERS_FROM_ONE))


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture
def broker(tmp_path_factory):
    broker = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    broker.start()
    yield broker
    broker.stop()
