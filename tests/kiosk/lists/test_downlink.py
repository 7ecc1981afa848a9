"""Heads off a real broker: the kiosk's own are announced, whatever else comes is refused or dropped."""

from __future__ import annotations

import threading

import pytest

from drivers.pump import BackOff
from kiosk.central_events import ListAnnounced, MessageRefused
from kiosk.clock import SystemClock
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.kiosk.lists.world import DEVICE, SIGNING, announced, deny, signed
from tests.kiosk.mosquitto import Mosquitto
from tests.kiosk.test_uplink import Client
from wire.condition import Condition
from wire.lists import Body

PATIENCE_S = 20


class Events:
    """Where the uplink posts to."""

    def __init__(self):
        self.all = []
        self.news = threading.Condition()

    def post(self, event):
        with self.news:
            self.all.append(event)
            self.news.notify_all()

    def wait(self, kind, count=1):
        with self.news:
            assert self.news.wait_for(lambda: len(self.of(kind)) >= count, PATIENCE_S), self.all
            return self.of(kind)

    def of(self, kind):
        return [event for event in self.all if isinstance(event, kind)]


@pytest.fixture
def line(tmp_path):
    """A kiosk's uplink, and central at the same broker."""
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    central = Client(broker.client("central"), "central", "shuwu/1/+/condition")
    central.wait(lambda: central.subscribed)
    journal = Journal.open(tmp_path / "journal.db", bytes(32))
    events = Events()

    def make():
        return Uplink(
            broker.client(DEVICE),
            DEVICE,
            journal,
            SIGNING.public_key(),
            SystemClock(),
            events.post,
            backoff=BackOff(first_s=0.05, cap_s=0.2),
        )

    uplinks = []

    def connect():
        uplinks.append(make())
        uplinks[-1].start()
        return events

    yield central, connect
    for uplink in uplinks:
        assert uplink.stop(Condition(session=0, state="gone", why="stopped"))
    central.end()
    journal.close()
    broker.stop()


def topic(name, device=DEVICE):
    return f"shuwu/1/{device}/lists/{name}"


def test_a_retained_head_is_announced_when_the_kiosk_connects(line):
    central, connect = line
    effect, _ = announced(deny(5, "111"))
    central.say(topic("deny"), effect.signed, retain=True)
    assert connect().wait(ListAnnounced) == [ListAnnounced(effect.head, effect.signed)]


def test_a_head_for_another_kiosk_is_forged_here(line):
    central, connect = line
    effect, _ = announced(deny(5), device="other-room")
    central.say(topic("deny"), effect.signed, retain=True)
    (refused,) = connect().wait(MessageRefused)
    assert refused.forged
    assert refused.topic == topic("deny")


def test_a_head_on_the_topic_of_another_list_is_forged(line):
    central, connect = line
    effect, _ = announced(deny(5))
    central.say(topic("hold"), effect.signed, retain=True)
    assert connect().wait(MessageRefused)[0].forged


def test_a_head_that_is_none_is_malformed_and_an_empty_one_is_nothing(line):
    central, connect = line
    central.say(topic("hours"), b"{}", retain=True)
    events = connect()
    (refused,) = events.wait(MessageRefused)
    assert not refused.forged
    central.say(topic("allow"), b"")
    effect, _ = announced(Body("allow", 7))
    central.say(topic("allow"), effect.signed)
    assert events.wait(ListAnnounced)[0].head.version == 7
    assert len(events.of(MessageRefused)) == 1


def test_each_list_has_its_topic(line):
    central, connect = line
    events = connect()
    for name in ("deny", "allow", "hold", "hours"):
        head = announced(Body(name, 3))[0].head
        central.say(topic(name), signed(head), retain=True)
    assert {event.head.name for event in events.wait(ListAnnounced, 4)} == {"deny", "allow", "hold", "hours"}
