"""A broker that keeps what is retained and, when the weather is bad, little else.

Facts, watermarks and orders may be lost, doubled, late and out of order: more than MQTT allows, so that
nothing rests on it. Conditions and heads of lists keep their order and are lost with a connection alone: a retained message
that the broker has acknowledged is the one thing that is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Protocol

from kiosk.mqtt import Closed, Heard, LinkEvent, Opened
from tests.simulation.timeline import SECOND, Timeline
from wire import topics
from wire.lists import NAMES


class Publication(Protocol):
    """`kiosk.mqtt.Message`, or central's."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def retain(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Weather:
    """How messages fare now. Probabilities of one hop."""

    loss: float = 0.0
    double: float = 0.0
    stray: float = 0.0
    """Overtaken: later than what was sent after it."""
    delay_ms: int = 40


CLEAR = Weather()
USUAL = Weather(0.02, 0.04, 0.02)
RELIABLE = (topics.CONDITION, *(f"{topics.LISTS}/{name}" for name in NAMES))
"""Leaves that are lost with their connection alone."""
STRAY_MS = 8 * SECOND
BUSY_MS, CALM_MS = 480 * SECOND, 60 * SECOND
"""By day kiosks and central are as if they had much to do, so that facts meet in a batch, and the batches of many
kiosks in a group; in the quiet an audit waits for them.
"""
KEEPALIVE_MS = 45 * SECOND
"""After this silence either side takes a connection for lost."""


@dataclass(slots=True, eq=False)
class Link:
    """One client's connection, with the verbs of `kiosk.mqtt.Link`."""

    broker: Broker
    client: str
    will: Publication
    post: Callable[[LinkEvent], None]
    alive: bool = True
    topics: set[str] = field(default_factory=set)
    """What it hears, by name."""
    filters: set[str] = field(default_factory=set)
    """What it hears by MQTT's `+`."""
    last_up_ms: int = 0
    last_down_ms: int = 0
    """When the last message of each direction arrives, so that none overtakes it."""

    def subscribe(self, filters: Sequence[str]) -> None:
        self.broker.subscribe(self, filters)

    def publish(self, message: Publication) -> None:
        self.broker.carry_up(self, message)

    def hears(self, topic: str) -> bool:
        return topic in self.topics or any(_fits(one, topic) for one in self.filters)

    def say_goodbye(self, message: Publication, _topics: Sequence[str], _timeout_s: float) -> None:
        self.filters.clear()
        self.topics.clear()
        self.broker.unsubscribed()
        self.publish(message)

    def close(self) -> None:
        """DISCONNECT: what was sent before it arrives, and there is no will."""
        self.broker.forget(self)


class Broker:
    """See the module's head. `up`: it takes connections; `unreachable`: clients whose network is gone."""

    def __init__(self, timeline: Timeline, chance: Random) -> None:
        self._timeline = timeline
        self._chance = chance
        self.weather = USUAL
        self.leisure_ms = BUSY_MS
        """Longest time until a kiosk or central gets to a message for which nobody waits."""
        self.up = True
        self.unreachable: set[str] = set()
        self.retained: dict[str, bytes] = {}
        self.links: dict[str, Link] = {}
        self._audience: dict[str, list[Link]] = {}
        """Who hears a topic; emptied with each change of connections and subscriptions."""
        self.lost = 0
        self.doubled = 0

    # ------------------------------------------------------------ connections
    def takes(self, client: str) -> bool:
        """Whether an attempt of this client to connect would succeed."""
        return self.up and client not in self.unreachable

    def connect(self, client: str, will: Publication, post: Callable[[LinkEvent], None]) -> Link:
        """A connection; `Opened` follows.

        Raises:
            OSError: the broker is away, or the client's network is.
        """
        if not self.takes(client):
            raise ConnectionRefusedError("no broker")
        if client in self.links:
            self.drop(client, tell_will=True)
        link = Link(self, client, will, post)
        self.links[client] = link
        self._audience.clear()
        self._down(link, Opened(), self.weather.delay_ms)
        return link

    def forget(self, link: Link) -> None:
        if self.links.get(link.client) is link:
            del self.links[link.client]
            self._audience.clear()

    def drop(self, client: str, *, tell_will: bool, notice_ms: float = 0, will_ms: float = 0) -> None:
        """A connection breaks: the client notices after `notice_ms`, the broker speaks the will after `will_ms`."""
        link = self.links.pop(client, None)
        if link is None:
            return
        self._audience.clear()
        link.alive = False
        self._timeline.after(notice_ms, lambda: link.post(Closed("connection lost")))
        if tell_will:
            self._timeline.after(will_ms, lambda: self._receive(link.will))

    def cut_off(self, client: str) -> None:
        """The client's network is gone; both sides notice by their silence."""
        self.unreachable.add(client)
        wait_ms = self._chance.uniform(0.2, 1.5) * KEEPALIVE_MS
        link = self.links.get(client)
        if link is None:
            return
        link.alive = False
        self._timeline.after(wait_ms, lambda: link.post(Closed("keep alive")))
        self._timeline.after(self._chance.uniform(0.2, 2) * KEEPALIVE_MS, lambda: self._miss(link))

    def stop(self, *, wiped: bool) -> None:
        """The broker dies, and with `wiped` forgets what it has retained."""
        self.up = False
        for client in list(self.links):
            self.drop(client, tell_will=False, notice_ms=self._chance.uniform(0, 30) * SECOND)
        if wiped:
            self.retained.clear()

    def _miss(self, link: Link) -> None:
        if self.links.get(link.client) is link:
            self.forget(link)
            self._receive(link.will)

    # ------------------------------------------------------------ messages
    def subscribe(self, link: Link, filters: Sequence[str]) -> None:
        """Hear these from now on, and what is retained of them."""
        wild = {one for one in filters if "+" in one}
        named = set(filters) - wild
        link.filters |= wild
        link.topics |= named
        self._audience.clear()
        for topic, payload in self.retained.items():
            if topic in named or any(_fits(one, topic) for one in wild):
                self._down(link, Heard(topic, payload, retained=True), self.weather.delay_ms)

    def unsubscribed(self) -> None:
        """Somebody hears nothing any more."""
        self._audience.clear()

    def carry_up(self, link: Link, message: Publication) -> None:
        """From a client to the broker. What is under way when the connection breaks may arrive or not."""
        if not link.alive:
            return
        for wait_ms in self._fates(message.topic):
            due_ms = self._timeline.now_ms + int(wait_ms)
            if wait_ms < STRAY_MS:
                due_ms = link.last_up_ms = max(due_ms, link.last_up_ms)
            self._timeline.after(due_ms - self._timeline.now_ms, lambda: self._arrive(link, message))

    def _arrive(self, link: Link, message: Publication) -> None:
        if self.up and (link.alive or self._chance.random() < 0.5):
            self._receive(message)

    def slip_in(self, message: Publication) -> None:
        """Whoever owns the broker says something by it."""
        self._receive(message)

    def _receive(self, message: Publication) -> None:
        if not self.up:
            return
        if message.retain:
            self.retained[message.topic] = message.payload
        for link in self._who_hears(message.topic):
            for wait_ms in self._fates(message.topic):
                self._down(link, Heard(message.topic, message.payload, retained=False), wait_ms)

    def _who_hears(self, topic: str) -> list[Link]:
        found = self._audience.get(topic)
        if found is None:
            found = self._audience[topic] = [link for link in self.links.values() if link.hears(topic)]
        return found

    def _down(self, link: Link, event: LinkEvent, wait_ms: float) -> None:
        """From the broker to a client."""

        def deliver() -> None:
            if link.alive:
                link.post(event)

        due_ms = self._timeline.now_ms + int(wait_ms)
        if wait_ms < STRAY_MS:
            due_ms = link.last_down_ms = max(due_ms, link.last_down_ms)
        self._timeline.after(due_ms - self._timeline.now_ms, deliver)

    def _fates(self, topic: str) -> list[float]:
        """When copies of a message arrive; none: it is lost."""
        weather, chance = self.weather, self._chance
        wait_ms = chance.expovariate(1 / weather.delay_ms)
        if topic.endswith(RELIABLE):
            return [min(wait_ms, STRAY_MS - 1)]
        fate = chance.random()
        if fate < weather.loss:
            self.lost += 1
            return []
        if fate < weather.loss + weather.double:
            self.doubled += 1
            return [wait_ms, wait_ms + chance.uniform(0, 20) * SECOND]
        stray = fate < weather.loss + weather.double + weather.stray
        return [wait_ms + STRAY_MS * chance.uniform(1, 2) if stray else wait_ms]


@cache
def _fits(topic_filter: str, topic: str) -> bool:
    """MQTT's `+`: one level, whatever it is."""
    wanted, there = topic_filter.split("/"), topic.split("/")
    return len(wanted) == len(there) and all(w in {"+", t} for w, t in zip(wanted, there, strict=True))
