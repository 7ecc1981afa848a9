"""Heads to kiosks: signed for each one's own topic, retained at the broker.

- `tick` is called every few seconds, by one process of the network at a time; twice does no harm.
- Lists are looked at DEBOUNCE_MS after staff changed one, and every LOOK_MS.
- All heads are published again after each connect: a broker that has lost them has them again.
- While the broker is away nothing is lost: the heads stand in the database, and are told when it is back.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, and_, func, select
from sqlalchemy.orm import Session

from central import db
from central.fleet.models import Device
from central.lists import making
from central.lists.models import ListBody, ListHead, ListMark
from central.mqtt import BrokerAway, Message, Publication
from wire import topics
from wire.lists import Head
from wire.signing import seal

LOOK_MS = 60_000
"""How old a change in the ledger may get before it is looked at."""
DEBOUNCE_MS = 2_000
"""Whoever denies ten cards in a row makes one version of them."""
SLICE = 500
"""Heads under way at once; well below what waits for the window (`central.mqtt.MAX_QUEUED`)."""
PUBACK_S = 10.0

log = structlog.get_logger(__name__)


class Publisher:
    """Keeps every kiosk's heads at the broker. See the contract at the module's head."""

    def __init__(
        self,
        engine: Engine,
        key: Ed25519PrivateKey,
        publish: Callable[[Message], Publication],
        life_ms: int,
    ) -> None:
        """A publisher that has looked at nothing yet.

        Args:
            engine: a migrated database.
            key: signs the heads.
            publish: hands a message to the broker, or raises BrokerAway.
            life_ms: from a list's making to its expiry.
        """
        self._reading = db.open_sessions(engine, readonly=True)
        self._writing = db.open_sessions(engine)
        self._key = key
        self._publish = publish
        self._life_ms = life_ms
        self._looked_ms = 0
        self._told: dict[tuple[str, str], int] = {}
        """What the broker has acknowledged since the last connect; a new one with each."""
        self._complete: dict[tuple[str, str], int] | None = None
        """That of `_told` in which nothing is missing."""

    def forget(self) -> None:
        """The broker may have lost everything. Any thread may say so."""
        self._told = {}

    def tick(self, now_ms: int) -> None:
        """Make what is due, tell what is untold."""
        if self._is_time(now_ms):
            if making.make(self._reading, self._writing, now_ms, self._life_ms):
                self._complete = None
            self._looked_ms = now_ms
        if self._complete is not self._told:
            self._tell()

    def _is_time(self, now_ms: int) -> bool:
        if not 0 <= now_ms - self._looked_ms < LOOK_MS:
            return True
        with self._reading() as session:
            changed_ms = session.scalar(select(func.max(ListMark.changed_ms))) or 0
        return self._looked_ms < changed_ms + DEBOUNCE_MS <= now_ms

    def _tell(self) -> None:
        told = self._told
        with self._reading() as session:
            untold = [one for one in heads(session) if told.get((one[0], one[1].name)) != one[1].version]
        for at in range(0, len(untold), SLICE):
            under_way = []
            for device, head in untold[at : at + SLICE]:
                topic = topics.topic(device, f"{topics.LISTS}/{head.name}")
                try:
                    sent = self._publish(Message(topic, seal(self._key, topic, head), retain=True))
                except BrokerAway:
                    return
                under_way.append((device, head, sent))
            for device, head, sent in under_way:
                if not sent.wait(PUBACK_S):
                    return
                told[device, head.name] = head.version
        if untold:
            log.info("lists published", heads=len(untold))
        self._complete = told


def heads(session: Session) -> list[tuple[str, Head]]:
    """The head that each kiosk in service is to have of each list."""
    rows = (
        select(
            ListHead.device_id,
            ListBody.name,
            ListBody.version,
            ListBody.sha256,
            ListBody.size,
            ListBody.expires_ms,
        )
        .join(ListBody, and_(ListBody.name == ListHead.name, ListBody.version == ListHead.version))
        .join(Device, Device.id == ListHead.device_id)
        .where(Device.retired_on.is_(None))
        .order_by(ListHead.device_id, ListHead.name)
    )
    return [
        (device, Head(making.list_name(name), version, digest, size, expires_ms))
        for device, name, version, digest, size, expires_ms in session.execute(rows)
    ]
