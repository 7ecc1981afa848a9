"""Heads at a real mosquitto: retained, signed for each kiosk, and back after the broker has lost them."""

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.config import Mqtt
from central.db import open_sessions
from central.lists import operations
from central.lists.operations import Wish
from central.lists.publishing import DEBOUNCE_MS, LOOK_MS, Publisher
from central.mqtt import BrokerAway, Link, Message
from tests.central.circulation.world import NOW_MS, TODAY
from tests.central.lists.world import DESK, FAR, LIFE_MS, ROOM, version
from tests.central.lists.world import make as make_now
from wire import topics
from wire.lists import Head
from wire.signing import Forged, unseal

PATIENCE_S = 20
HEADS = 9
"""Three kiosks, three lists: nobody has set hours."""


class Listener:
    """A kiosk's connection, and the heads that it has heard."""

    def __init__(self, settings: Mqtt, device: str):
        self.heads: list[tuple[str, bytes]] = []
        self.news = threading.Condition()
        wanted = [(topics.topic(device, f"lists/{name}"), 1) for name in ("deny", "allow", "hold", "hours")]
        self.link = Link(settings, device, self.hear, wanted)
        self.link.open()

    def hear(self, heard):
        with self.news:
            self.heads.append((heard.topic, heard.payload))
            self.news.notify_all()

    def wait(self, count):
        with self.news:
            assert self.news.wait_for(lambda: len(self.heads) >= count, PATIENCE_S), len(self.heads)


class Sent:
    def wait(self, _timeout_s):
        return True


class Recorder:
    """A broker that is there or away, and what it was given."""

    def __init__(self):
        self.messages: list[Message] = []
        self.away = False

    def publish(self, message):
        if self.away:
            raise BrokerAway
        self.messages.append(message)
        return Sent()


@pytest.fixture
def signing():

    return Ed25519PrivateKey.generate()


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def publisher(small, signing, recorder):
    return Publisher(small, signing, recorder.publish, LIFE_MS)


def test_a_kiosk_that_connects_later_finds_its_own_heads_and_only_those(small, signing, broker):
    central = Link(broker.client("central"), "central", lambda _: None)
    central.open()
    assert central.wait_connected(PATIENCE_S)
    Publisher(small, signing, central.publish, LIFE_MS).tick(NOW_MS)
    kiosk = Listener(broker.client(ROOM), ROOM)
    kiosk.wait(3)
    found = {topic: unseal(signing.public_key(), topic, payload, Head) for topic, payload in kiosk.heads}
    assert {topic.split("/")[2] for topic in found} == {ROOM}
    assert found[topics.topic(ROOM, "lists/deny")].version == version(small, ROOM, "deny")
    topic, payload = kiosk.heads[0]
    with pytest.raises(Forged):
        unseal(signing.public_key(), topic.replace(ROOM, DESK), payload, Head)
    kiosk.link.close()
    central.close()


def test_each_kiosk_s_heads_are_told_once(publisher, recorder):
    publisher.tick(NOW_MS)
    assert len(recorder.messages) == HEADS
    assert all(message.retain and message.qos == 1 for message in recorder.messages)
    publisher.tick(NOW_MS + LOOK_MS)
    assert len(recorder.messages) == HEADS


def test_all_are_told_again_after_a_connect(publisher, recorder):
    publisher.tick(NOW_MS)
    publisher.forget()
    publisher.tick(NOW_MS + 1)
    assert len(recorder.messages) == 2 * HEADS


def test_what_the_broker_was_away_for_is_told_when_it_is_back(publisher, recorder):
    recorder.away = True
    publisher.tick(NOW_MS)
    assert recorder.messages == []
    recorder.away = False
    publisher.tick(NOW_MS + 1)
    assert len(recorder.messages) == HEADS


def test_ten_cards_denied_in_a_row_are_one_version(small, publisher, recorder):
    publisher.tick(NOW_MS)
    for n in range(10):
        with open_sessions(small).begin() as session:
            wish = Wish("reader", f"X{n}", None, "lost", None)
            operations.deny(session, wish, "wu", NOW_MS + 100 * n, TODAY)
        publisher.tick(NOW_MS + 100 * n)
    assert len(recorder.messages) == HEADS
    publisher.tick(NOW_MS + 900 + DEBOUNCE_MS)
    assert len(recorder.messages) == HEADS + 3
    publisher.tick(NOW_MS + 901 + DEBOUNCE_MS)
    assert len(recorder.messages) == HEADS + 3


def test_what_another_process_has_made_is_told_too(small, publisher, recorder):
    make_now(small)
    publisher.tick(NOW_MS)
    assert {message.topic.split("/")[2] for message in recorder.messages} == {DESK, ROOM, FAR}
