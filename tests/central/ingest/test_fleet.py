"""A fleet larger than what a broker keeps for one client, by mosquitto's own bounds."""

import threading

from sqlalchemy import func, select

from bench.broker import broker
from central import keys
from central.config import Config, Mqtt
from central.db import open_sessions
from central.fleet.models import Device, DeviceCondition
from central.ingest.listen import Ingest
from central.mqtt import Link, Message
from tests.central.ingest.world import DESK, settle
from tests.central.kiosk import until
from wire import topics
from wire.condition import Condition, encode

DEVICES = [f"kiosk-{number}" for number in range(1_200)]
"""Mosquitto keeps 1,000 messages that wait, and 20 under way."""


def test_of_a_large_fleet_every_condition_is_heard(sqlite_engine, tmp_path):
    settle(sqlite_engine)
    enrol(sqlite_engine)
    keys.make(tmp_path / "state")
    with broker(tmp_path) as port:
        config = Config(state=tmp_path / "state", mqtt=Mqtt(port=port))
        say_that_all_are_ready(config.mqtt)
        ingest = Ingest(config, keys.load(config.state), sqlite_engine)
        thread = threading.Thread(target=ingest.run)
        thread.start()
        try:
            until(lambda: heard(sqlite_engine) == len(DEVICES))
        finally:
            ingest.stop()
            thread.join()


def enrol(engine):
    with open_sessions(engine).begin() as session:
        like = session.get(Device, DESK)
        for name in DEVICES:
            one = Device(id=name, branch_id=like.branch_id, name_zh="", name_en="", setting=like.setting)
            one.commissioned_on = like.commissioned_on
            session.add(one)


def say_that_all_are_ready(mqtt):
    """And leave it at the broker."""
    link = Link(mqtt, "kiosks", lambda _: None)
    link.open()
    assert link.wait_connected(15)
    payload = encode(Condition(1, "ready"))
    for name in DEVICES:
        last = link.publish(Message(topics.topic(name, topics.CONDITION), payload, retain=True))
    assert last.wait(15)
    link.close()


def heard(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(DeviceCondition))
