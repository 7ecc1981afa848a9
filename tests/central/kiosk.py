"""A kiosk as the broker sees one: sends batches and conditions, collects what central says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Self

import msgspec

from central.config import Mqtt
from central.mqtt import Heard, Link, Message
from wire import condition, topics
from wire.condition import CentralCondition, Condition
from wire.envelope import Batch, Malformed
from wire.orders import Order, Watermark
from wire.signing import Forged, unseal

WAIT_S = 15


def until(true: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
    """Wait for something that will be true."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


class Kiosk:
    """Use as a context: connected within, gone after."""

    def __init__(self, config: Mqtt, device_id: str, central_key, *, session: int = 1) -> None:
        self.id = device_id
        self._key = central_key
        self._session = session
        self._news = threading.Condition()
        self.watermarks: list[Watermark] = []
        self.orders: list[Order] = []
        self.central: list[bool] = []
        self.refused: list[str] = []
        """Topics of what was not central's."""
        own = [(topics.topic(device_id, leaf), 1) for leaf in topics.FROM_CENTRAL]
        self.link = Link(
            config,
            device_id,
            self._heard,
            [*own, (topics.CENTRAL_CONDITION, 1)],
            will=lambda: self._condition("gone"),
        )

    def __enter__(self) -> Self:
        self.link.open()
        assert self.link.wait_connected(WAIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def cut(self) -> None:
        """Drop the line as a pulled cable would: the broker says the will."""
        self.link._client.socket().shutdown(socket.SHUT_RDWR)

    def send(self, batch: Batch) -> None:
        self.publish(topics.FACTS, msgspec.json.encode(batch))

    def publish(self, leaf: str, payload: bytes, device_id: str = "", *, wait: bool = True) -> None:
        publication = self.link.publish(Message(topics.topic(device_id or self.id, leaf), payload))
        assert not wait or publication.wait(WAIT_S)

    def say(self, state: str, **more: object) -> None:
        assert self.link.publish(self._condition(state, **more)).wait(WAIT_S)

    def wait_watermark(self, seq: int) -> Watermark:
        """The first watermark at `seq` or above."""
        return self._wait(lambda: next((mark for mark in self.watermarks if mark.seq >= seq), None))

    def wait_order(self, number: int) -> Order:
        return self._wait(lambda: next((order for order in self.orders if order.number == number), None))

    def wait_central(self, *, online: bool) -> None:
        self._wait(lambda: bool(self.central) and self.central[-1] is online)

    def _condition(self, state: str, **more: object) -> Message:
        said = Condition(self._session, state, **more)
        return Message(topics.topic(self.id, topics.CONDITION), condition.encode(said), retain=True)

    def _wait(self, find):
        with self._news:
            assert self._news.wait_for(find, WAIT_S), "it never came"
            return find()

    def _heard(self, heard: Heard) -> None:
        with self._news:
            try:
                self._take(heard)
            except (Malformed, Forged):
                self.refused.append(heard.topic)
            self._news.notify_all()

    def _take(self, heard: Heard) -> None:
        if heard.topic == topics.CENTRAL_CONDITION:
            self.central.append(condition.decode(heard.payload, CentralCondition).online)
        elif heard.topic == topics.topic(self.id, topics.WATERMARK):
            self.watermarks.append(unseal(self._key, heard.topic, heard.payload, Watermark))
        else:
            self.orders.append(unseal(self._key, heard.topic, heard.payload, Order))
