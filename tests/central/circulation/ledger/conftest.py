import pytest

from central.statements import Cursor


@pytest.fixture
def cursor(session):
    """In the transaction of `session`, on both databases."""
    return Cursor(session.connection())
