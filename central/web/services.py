"""What a request may reach: one frozen value of the application, no globals."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial

import msgspec
from flask import abort, current_app
from sqlalchemy import Engine, select

from central import db, keys
from central.circulation.catalogue.jobs import Jobs
from central.circulation.gateway.journal import DESK, FactJournal
from central.clock_ms import now_ms
from central.config import Config
from central.fleet import tree
from central.fleet.models import DeviceCondition
from central.guesses import Guesses
from central.live import REGISTRY, Hub, Stored
from central.mqtt import Link
from central.payments import provider
from central.payments.provider import Provider
from central.web.filling import Filling
from wire import topics
from wire.condition import Condition

CLIENT_ID = "central-web"
NAME = "shuwu"
"""Place of the services in `Flask.extensions`."""
MAX_STREAMS = 200
"""Browsers on live pages: of 256 threads enough stay for everything else."""
MAX_CHECKS = 2
"""Password checks at once: each takes 64 MiB."""
TREE_S = 5.0
"""How old the tree of branches and devices may be on a page."""


class Forest:
    """The tree of branches, read again when it is older than TREE_S. Tells the hub when it changed."""

    def __init__(self, reading: db.Sessions, hub: Hub) -> None:
        self._reading = reading
        self._hub = hub
        self._lock = threading.Lock()
        self._tree: tree.Tree | None = None
        self._read_at = 0.0

    def tree(self) -> tree.Tree:
        """The tree, at most TREE_S old."""
        with self._lock:
            if self._tree is None or time.monotonic() - self._read_at > TREE_S:
                with self._reading() as session:
                    fresh = tree.read(session)
                if self._tree is not None and self._tree != fresh:
                    self._hub.touch(REGISTRY)
                self._tree, self._read_at = fresh, time.monotonic()
            return self._tree


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that views use. `central.app.connect` opens the link and begins the filling."""

    config: Config
    keys: keys.Keys
    engine: Engine
    reading: db.Sessions
    writing: db.Sessions
    hub: Hub
    filling: Filling
    link: Link
    forest: Forest
    jobs: Jobs
    provider: Provider | None
    """Who takes the money that readers pay at kiosks; None: nobody."""
    desk_facts: FactJournal
    """What staff lend and take back on the pages."""
    streams: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MAX_STREAMS)
    )
    checks: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_CHECKS))
    guesses: Guesses = field(default_factory=Guesses)
    """At the passwords of staff."""

    def tree(self) -> tree.Tree:
        """The tree of branches and devices."""
        return self.forest.tree()


def build(config: Config) -> Services:
    """The services of one application. Opens no connection.

    Raises:
        ConfigError: a secret is missing.
    """
    secrets = keys.load(config.state)
    engine = db.open_engine(config.database_url(), db.ANSWER_S)
    reading = db.open_sessions(engine, readonly=True)
    writing = db.open_sessions(engine)
    hub = Hub(secrets.signing.public_key())
    return Services(
        config=config,
        keys=secrets,
        engine=engine,
        reading=reading,
        writing=writing,
        hub=hub,
        filling=Filling(hub, partial(stored_conditions, reading)),
        link=_link(config, hub),
        forest=Forest(reading, hub),
        jobs=Jobs(config.state / "imports", reading, writing),
        provider=provider.load(config),
        desk_facts=FactJournal(secrets.readers, now_ms, DESK),
    )


def _link(config: Config, hub: Hub) -> Link:
    leaves = (topics.CONDITION, topics.VITALS, topics.WATERMARK)
    heard = [
        (topics.every(leaf), 0) for leaf in leaves
    ]  # by QoS 1 a broker queues less than a large fleet retains
    link = Link(config.mqtt, CLIENT_ID, hub.hear, heard)
    hub.attach(lambda: link.connected)
    return link


def stored_conditions(reading: db.Sessions) -> list[Stored]:
    """The last condition of every device, as the ingest stored it."""
    rows = []
    with reading() as session:
        for row in session.scalars(select(DeviceCondition)):
            try:
                condition = msgspec.convert(row.body, Condition)
            except msgspec.ValidationError:
                continue  # written by a later version; the retained one follows
            rows.append(Stored(row.device_id, condition, row.since_ms, row.heard_ms))
    return rows


def services() -> Services:
    """The services of the application that handles this request."""
    found = current_app.extensions[NAME]
    assert isinstance(found, Services)
    return found


def place_or_404(branch: str) -> tree.Place:
    """The branch of this id; where there is none, there is no such page."""
    return services().tree().places.get(branch) or abort(404)
