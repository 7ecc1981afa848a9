"""The line to the broker, against a real one."""

import gc
import socket
import threading

import msgspec
import pytest

from central.mqtt import BrokerAway, Heard, Link, Message
from tests.central.kiosk import until
from tests.central.mosquitto import Mosquitto

TOPIC = "shuwu/1/central/condition"
"""One that central may both say and hear."""


class Listener:
    """Somebody on the line who remembers."""

    def __init__(self, broker, name="listener", **more):
        self.heard: list[Heard] = []
        self.link = Link(broker.client("central"), name, self.heard.append, [(TOPIC, 1)], **more)

    def __enter__(self):
        self.link.open()
        assert self.link.wait_connected(15)
        return self

    def __exit__(self, *_):
        self.link.close()

    def say(self, payload, **more):
        assert self.link.publish(Message(TOPIC, payload, **more)).wait(15)

    def fence(self):
        """What was sent before this has left for the broker."""
        assert self.link.publish(Message("shuwu/1/zhen-24h-1/orders", b"")).wait(15)

    def cut(self):
        self.link._client.socket().shutdown(socket.SHUT_RDWR)

    @property
    def payloads(self):
        return [heard.payload for heard in self.heard]


def test_what_is_said_is_heard_and_what_stood_is_marked(broker):
    with Listener(broker) as one:
        one.say(b"1", retain=True)
        one.say(b"2", qos=0)
        until(lambda: one.payloads == [b"1", b"2"])
        assert not any(heard.retained for heard in one.heard)
        with Listener(broker, "later") as later:
            until(lambda: later.payloads == [b"1"])
            assert later.heard[0].retained


def test_nothing_is_kept_while_the_broker_is_away(broker):
    with Listener(broker) as one:
        broker.stop()
        until(lambda: not one.link.connected)
        with pytest.raises(BrokerAway):
            one.link.publish(Message(TOPIC, b"1"))
        broker.start()
        assert one.link.wait_connected(15)
        one.say(b"2")
        until(lambda: one.payloads == [b"2"])


def test_it_comes_though_the_broker_was_not_there_at_first(broker):
    broker.stop()
    one = Listener(broker)
    one.link.open()
    try:
        assert not one.link.wait_connected(0.3)
        broker.start()
        assert one.link.wait_connected(15)
        one.say(b"1")
    finally:
        one.link.close()


def test_a_will_for_a_line_that_broke_and_none_for_one_that_was_closed(broker):
    born = []
    wills = iter([b"will 1", b"will 2"])
    with Listener(broker, "watches") as watcher:
        one = Listener(broker, "dies", will=lambda: Message(TOPIC, next(wills)), born=lambda: born.append(1))
        one.link.open()
        try:
            assert one.link.wait_connected(15)
            one.cut()
            until(lambda: watcher.payloads == [b"will 1"])
            until(lambda: len(born) == 2)
        finally:
            one.link.close(Message(TOPIC, b"last word"))
        until(lambda: watcher.payloads == [b"will 1", b"last word"])
        watcher.say(b"end")
        until(lambda: watcher.payloads == [b"will 1", b"last word", b"end"])


def test_a_mistake_in_a_callback_leaves_the_line_alive(broker, caplog):
    heard = []

    def stumble(one):
        heard.append(one)
        raise ZeroDivisionError

    link = Link(broker.client("central"), "stumbles", stumble, [(TOPIC, 1)])
    link.open()
    try:
        assert link.wait_connected(15)
        for payload in (b"1", b"2"):
            assert link.publish(Message(TOPIC, payload)).wait(15)
        until(lambda: len(heard) == 2)
    finally:
        link.close()
    assert "a callback failed" in caplog.text


@pytest.mark.parametrize("state", ["unopened", "connecting", "connected"])
def test_close_may_come_at_any_time_and_twice(broker, state):
    one = Listener(broker)
    if state == "connecting":
        broker.stop()
    if state != "unopened":
        one.link.open()
    if state == "connected":
        assert one.link.wait_connected(15)
    one.link.close(Message(TOPIC, b"bye"))
    one.link.close(Message(TOPIC, b"bye"))
    with pytest.raises(BrokerAway):
        one.link.publish(Message(TOPIC, b"1"))


def test_any_thread_may_publish(broker):
    with Listener(broker) as one:
        threads = [threading.Thread(target=one.say, args=(b"%d" % n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: sorted(one.payloads) == sorted(b"%d" % n for n in range(20)))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_another_authority_vouches_for_is_refused(broker, tmp_path, caplog):
    """The warning: paho leaves the socket of a failed handshake to the collector, which runs here."""
    foreign = Mosquitto(tmp_path).client("central")
    config = msgspec.structs.replace(broker.client("central"), ca=foreign.ca)
    link = Link(config, "careful", lambda _: None)
    link.open()
    try:
        until(lambda: "certificate verify failed" in caplog.text)
        assert not link.connected
    finally:
        link.close()
        gc.collect()
