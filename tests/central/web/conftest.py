"""The application on a migrated database with the world in it, connected to nothing."""

import shutil

import pytest

from central import keys
from central.app import create_app, disconnect
from central.config import Config
from tests.central.web.world import enter, services, settle


@pytest.fixture(scope="session")
def settled(migrated_file, tmp_path_factory):
    """A state folder with keys and a settled database, to be copied."""
    state = tmp_path_factory.mktemp("settled")
    keys.make(state)
    shutil.copy(migrated_file, state / "central.db")
    app = create_app(Config(state=state))
    with services(app).writing.begin() as session:
        settle(session)
    disconnect(app)
    return state


@pytest.fixture
def config(settled, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(settled, state)
    return Config(state=state, name_zh="测试图书馆", name_en="Test Library")


@pytest.fixture
def app(config):
    app = create_app(config)
    yield app
    disconnect(app)


@pytest.fixture
def nobody(app):
    return enter(app, None)


@pytest.fixture
def technician(app):
    return enter(app, "technician")


@pytest.fixture
def manager(app):
    return enter(app, "manager")


@pytest.fixture
def admin(app):
    return enter(app, "admin")
