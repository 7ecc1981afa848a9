import pytest

from central.db import open_sessions
from tests.central.circulation.persons.life import live


@pytest.fixture
def lived(library):
    """A session in a library that knows the reader of `life` in every way."""
    with open_sessions(library)() as session:
        live(library, session)
        yield session
