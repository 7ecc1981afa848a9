"""A PostgreSQL that was stopped and is not dead: nobody waits for it for ever, and all goes on with it."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bench.broker import broker
from central import keys
from central.config import Config, Mqtt
from central.db import open_engine
from central.ingest.listen import Ingest
from tests.central.ingest.world import ROOM, batch, settle, stored, visit
from tests.central.kiosk import Kiosk

ANSWER_S = 0.5


@pytest.fixture
def impatient_engine(postgres_engine):
    engine = open_engine(postgres_engine.url, ANSWER_S)
    yield engine
    engine.dispose()


def test_a_statement_to_a_stopped_server_ends(cluster, impatient_engine):
    with impatient_engine.connect() as connection:
        with cluster.stopped(), pytest.raises(OperationalError, match="no answer within"):
            connection.execute(text("SELECT 1"))
        assert connection.invalidated
    with impatient_engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_nobody_gets_a_connection_of_a_stopped_server(cluster, postgres_engine):
    url = postgres_engine.url.update_query_dict({"connect_timeout": "2"})
    engine = open_engine(url, ANSWER_S)
    engine.connect().close()  # one that waits in the pool
    with cluster.stopped(), pytest.raises(OperationalError):
        engine.connect()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_slow_answer_within_the_time_is_waited_for(impatient_engine):
    with impatient_engine.connect() as connection:
        assert connection.scalar(text(f"SELECT 1 FROM pg_sleep({ANSWER_S / 2})")) == 1


def test_each_statement_has_its_own_time(impatient_engine):
    with impatient_engine.connect() as connection:
        for _ in range(4):
            assert connection.scalar(text(f"SELECT 1 FROM pg_sleep({ANSWER_S / 2})")) == 1


def test_whoever_sets_no_time_waits(cluster, postgres_engine):
    answers = []

    def ask():
        with postgres_engine.connect() as connection:
            answers.append(connection.scalar(text("SELECT 1")))

    thread = threading.Thread(target=ask)
    with cluster.stopped():
        thread.start()
        thread.join(2 * ANSWER_S)
        assert not answers
    thread.join()
    assert answers == [1]


def test_the_ingest_says_that_central_is_away_and_comes_back(cluster, impatient_engine, tmp_path):
    settle(impatient_engine)
    keys.make(tmp_path / "state")
    with broker(tmp_path) as port:
        config = Config(state=tmp_path / "state", mqtt=Mqtt(port=port))
        ours = keys.load(config.state)
        ingest = Ingest(config, ours, impatient_engine)
        thread = threading.Thread(target=ingest.run)
        thread.start()
        try:
            with Kiosk(config.mqtt, ROOM, ours.signing.public_key()) as kiosk:
                kiosk.wait_central(online=True)
                with cluster.stopped():
                    kiosk.send(batch(1, [visit()]))
                    kiosk.wait_central(online=False)
                kiosk.wait_central(online=True)
                assert kiosk.wait_watermark(1).seq == 1
        finally:
            ingest.stop()
            thread.join()
    assert [seq for seq, _ in stored(impatient_engine)] == [1]
