"""Live pages that start while the database is away: they come up, and know the fleet as soon as it is back."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import OperationalError

from central.live import Hub, Stored
from central.web import filling
from central.web.filling import Filling
from tests.central.kiosk import until
from wire.condition import Condition

KNOWN = [Stored("zhen-24h-1", Condition(1, "broken"), 5, 7)]


class Database:
    def __init__(self, away):
        self.away = away

    def known(self):
        if self.away:
            self.away -= 1
            raise OperationalError("SELECT", None, Exception("starting up"))
        return KNOWN


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(filling, "AGAIN_S", 0.01)


@pytest.fixture
def hub():
    return Hub(Ed25519PrivateKey.generate().public_key())


def known(hub):
    found = hub.seen("zhen-24h-1").condition
    return found and found.state


def test_what_the_database_knows_is_there_at_once(hub):
    one = Filling(hub, Database(away=0).known)
    one.start()
    assert known(hub) == "broken"
    one.stop()


def test_a_database_that_is_away_is_asked_again(hub):
    one = Filling(hub, Database(away=3).known)
    one.start()
    until(lambda: known(hub) == "broken")
    one.stop()


def test_an_end_does_not_wait_for_a_database_that_stays_away(hub):
    one = Filling(hub, Database(away=10**9).known)
    one.start()
    one.stop()
    assert known(hub) is None
