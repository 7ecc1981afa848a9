"""Central's ingest: its real reading, storing and orders on SQLite; process, line and backups simulated.

- Deliveries gather; a group is one transaction; watermarks go out after its commit.
- The process may die before, inside and after a commit: what was not committed is gone with it.
- `restore` puts back the file of a backup, as it was at some earlier time.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from sqlalchemy import Connection, Engine

from central import mqtt
from central.db import open_engine, open_sessions
from central.fleet.models import Branch, Device
from central.fleet.operations import NotPossible, expire, give_order, order_payload, pending_durable
from central.ingest.group import Stored, store
from central.ingest.intake import read
from central.ingest.listen import MAX_GROUP, REMIND_S
from central.migrations import migrate
from kiosk.mqtt import Closed, Heard, LinkEvent, Opened
from tests.simulation.broker import Broker, Link
from tests.simulation.disk import Plug, PowerCut
from tests.simulation.lists import SIGNING, Desk
from tests.simulation.till import Till
from tests.simulation.timeline import SECOND, Timeline
from wire import condition, topics
from wire.condition import CentralCondition
from wire.envelope import MAX_BATCH_OCTETS
from wire.ids import ListName
from wire.lists import NAMES
from wire.orders import Order
from wire.signing import seal

READERS = bytes(range(64, 96))
BRANCH = "xian"
CLIENT = "central-ingest"
TEND_MS = 8 * REMIND_S * SECOND
"""Between two looks at the orders: a worker that has much to do."""
SOON_MS = 5_000
"""Longest time until a group is taken for which somebody waits; `Broker.leisure_ms` where nobody does."""
WANTED = b'"payment.wanted"'
"""In a batch of a reader who waits for a code."""
MANY_OCTETS = MAX_BATCH_OCTETS // 2
"""A batch so long is one of many, and the next one waits for it."""
_DEADLINE = "SELECT min(deadline_ms) FROM device_order WHERE state = 'pending'"
"""By the driver alone: asked every few minutes."""
MONEY = b'"payment.'
"""In a batch that tells the till something."""


@cache
def _empty() -> Path:
    """A migrated database, made once a process."""
    path = Path(mkdtemp(prefix="shuwu-empty-")) / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


class Central:
    """See the module's head. `up`: the process runs."""

    def __init__(self, timeline: Timeline, chance: Random, broker: Broker, folder: Path) -> None:
        self._timeline = timeline
        self._chance = chance
        self._broker = broker
        self._path = folder / "central.db"
        self._backup = folder / "backup.db"
        shutil.copy(_empty(), self._path)
        self.engine: Engine = open_engine(f"sqlite:///{self._path}")
        self.readonly: Engine = self.engine.execution_options(readonly=True)
        self.sessions = open_sessions(self.engine)
        self.reading = open_sessions(self.engine, readonly=True)
        self._line: Connection | None = None
        """That of the ingest, where one is open."""
        self.plug = Plug()
        self.up = False
        self.error_ms = 0
        """Its clock less the right time."""
        self.orders: list[Order] = []
        """Every order that staff ever gave, as it was published."""
        self.held: Counter[str] = Counter()
        """Facts of each journal that were ever committed here."""
        self._life = 0
        self._link: Link | None = None
        self._session = 0
        self.lists = Desk(timeline, chance)
        self.till = Till(self, timeline, chance)
        self._devices: list[str] = []
        self._waiting: list[mqtt.Heard] = []
        self._due_ms: int | None = None
        """When the next group is taken."""
        self._tending = False

    def enrol(self, devices: dict[str, bool]) -> None:
        """Enter kiosks in the registry; True: a 24-hour room."""
        self._devices = list(devices)
        with self.sessions.begin() as session:
            session.add(Branch(id=BRANCH, tier="county", name_zh="县馆", name_en="County"))
            session.flush()
            for name, room in devices.items():
                setting = "room24" if room else "staffed"
                one = Device(id=name, branch_id=BRANCH, name_zh=name, name_en=name, setting=setting)
                one.commissioned_on = date(2026, 1, 1)
                session.add(one)

    @property
    def now_ms(self) -> int:
        return self._timeline.wall_ms + self.error_ms

    # ------------------------------------------------------------ the process
    def start(self) -> None:
        if self.up:
            return
        self.up = True
        self._life += 1
        self._timeline.note("central", "starts")
        self._connect(self._life)
        self._tend(self._life)
        self.till.reconcile()

    def kill(self, why: str, will_ms: int | None = None) -> None:
        """End the process; `will_ms`: the broker speaks its will after so long, else after some time."""
        self._timeline.note("central", f"dies: {why}")
        self.up = False
        self._life += 1
        self._waiting.clear()
        self._due_ms = None
        self._link = None
        will_ms = self._chance.choice([0, 5, 60]) * SECOND if will_ms is None else will_ms
        self._broker.drop(CLIENT, tell_will=True, will_ms=will_ms)

    def back_up(self) -> None:
        self.close()  # the last connection that closes leaves all in one file
        shutil.copy(self._path, self._backup)
        self._timeline.note("central", "is backed up")

    def restore(self) -> bool:
        """Put the backup back; False where there is none. The process is down."""
        if self.up or not self._backup.exists():
            return False
        self.close()
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._backup, self._path)
        self._timeline.note("central", "is restored from its backup")
        return True

    def close(self) -> None:
        """Every connection to the database."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self.engine.dispose()

    # ------------------------------------------------------------ the line
    def _connect(self, life: int) -> None:
        if life != self._life:
            return
        self._session = max(self.now_ms, self._session + 1)
        try:
            will = self._presence(online=False)
            self._link = self._broker.connect(CLIENT, will, lambda event: self._hear(life, event))
        except OSError:
            self._timeline.after(self._chance.uniform(1, 30) * SECOND, lambda: self._connect(life))

    def _hear(self, life: int, event: LinkEvent) -> None:
        if life != self._life or self._link is None:
            return
        match event:
            case Opened():
                self._link.subscribe([topics.every(leaf) for leaf in (topics.FACTS, topics.CONDITION)])
                self._publish(self._presence(online=True))
                self.announce()
            case Closed():
                self._link = None
                self._connect(life)
            case Heard(topic=topics.CENTRAL_CONDITION):
                if not condition.decode(event.payload, CentralCondition).online:
                    self._publish(self._presence(online=True))
            case Heard():
                self._waiting.append(mqtt.Heard(event.topic, event.payload, event.retained))
                if WANTED in event.payload or len(event.payload) > MANY_OCTETS:
                    self._gather(life, SOON_MS)
                elif self._due_ms is None:
                    self._gather(life, self._broker.leisure_ms)

    def _presence(self, *, online: bool) -> mqtt.Message:
        payload = condition.encode(CentralCondition(online, self._session))
        return mqtt.Message(topics.CENTRAL_CONDITION, payload, retain=True)

    def _publish(self, message: mqtt.Message) -> None:
        if self._link is not None:
            self._link.publish(message)

    # ------------------------------------------------------------ the work
    def _gather(self, life: int, longest_ms: int) -> None:
        due_ms = self._timeline.now_ms + int(self._chance.uniform(0, longest_ms))
        if self._due_ms is None or due_ms < self._due_ms:
            self._due_ms = due_ms
            self._timeline.after(due_ms - self._timeline.now_ms, partial(self._guarded, life, due_ms))

    def _guarded(self, life: int, due_ms: int) -> None:
        if life != self._life or due_ms != self._due_ms:
            return
        self._due_ms = None
        try:
            self._work()
        except PowerCut as cut:
            self.kill(str(cut))
        else:
            if self._waiting:
                self._gather(life, self._broker.leisure_ms)

    def _work(self) -> None:
        group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
        if not group:
            return
        letters = [letter for heard in group if (letter := read(heard)) is not None]
        self.plug.chance("before a commit")
        if self._line is None:
            self._line = self.engine.connect()
        with self._line.begin():
            stored = store(self._line, letters, self.now_ms, READERS)
            self.plug.chance("inside a commit")
        for (_, journal), watermark in stored.watermarks.items():
            self.held[journal] = max(self.held[journal], watermark.seq)
        self.plug.chance("after a commit")
        self._answer(stored)
        if any(MONEY in heard.payload for heard in group):
            self.till.look()

    def _answer(self, stored: Stored) -> None:
        for (device, _), watermark in stored.watermarks.items():
            topic = topics.topic(device, topics.WATERMARK)
            self._publish(mqtt.Message(topic, seal(SIGNING, topic, watermark), retain=True))
        if stored.hearing:
            self._send_again(stored.hearing)

    def _tend(self, life: int) -> None:
        """Give up late orders, and remind of those that nobody has answered, as long as there are any."""
        if life != self._life:
            return
        with self.readonly.connect() as connection:
            (first_ms,) = connection.connection.cursor().execute(_DEADLINE).fetchone()
        self._tending = first_ms is not None
        if self._tending:
            if first_ms < self.now_ms:
                with self.sessions.begin() as session:
                    expire(session, self.now_ms)
            self._send_again(None)
            self._timeline.after(TEND_MS, partial(self._tend, life))

    def _send_again(self, devices: set[str] | None) -> None:
        with self.reading.begin() as session:
            for order in pending_durable(session, self.now_ms, devices):
                self._publish(mqtt.Message(*order_payload(SIGNING, order)))

    def announce(self, *names: ListName) -> None:
        """Tell each kiosk the heads of its lists: of these, or of all."""
        for device in self._devices:
            for message in self.lists.announced(device, names or NAMES):
                self._publish(message)

    def tell(self, message: mqtt.Message) -> None:
        """What the till orders; said again as long as it is not answered."""
        self._publish(message)
        self._remind()

    def _remind(self) -> None:
        if not self._tending:
            self._tending = True
            self._timeline.after(TEND_MS, partial(self._tend, self._life))

    # ------------------------------------------------------------ staff
    def order(self, device: str, verb: str, boot: str | None = None) -> Order | None:
        """What the web does when staff give an order; None where the device cannot take it now."""
        if not self.up:
            return None
        with self.sessions.begin() as session:
            try:
                given = give_order(session, device, verb, "staff", self.now_ms, boot=boot)
            except NotPossible:
                return None
            topic, payload = order_payload(SIGNING, given)
            order = Order(
                given.number, given.verb, given.issued_ms, given.deadline_ms, given.boot, given.seconds
            )
        self._timeline.note("staff", f"order {order.number} to {device}: {verb}")
        self.orders.append(order)
        self._remind()
        self._publish(mqtt.Message(topic, payload))
        return order
