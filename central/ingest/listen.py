"""The ingest's process: deliveries into groups, groups into the database, watermarks out.

- A message is taken from the broker at once and waits here, in fair turns (`fairness`): a broker serves in
  order of arrival and keeps few, and a quiet kiosk would wait behind a thousand days of others.
- What is lost with us is sent again, for a kiosk believes the watermark alone, which goes out after the
  commit; conditions stand at the broker. So we subscribe with QoS 0: it promises no less, since nothing outlives our
  connection at the broker, and a broker's bound (mosquitto: 1,000 messages that wait for our word on 20) drops
  of a large fleet's conditions and of a flood's first second what the line itself has room for.
- Whatever waits is one group, one transaction: a quiet hour commits each message, a flood commits hundreds, fewer
  where the database is slow.
- Trouble with the database: nothing is thrown away; central's condition says offline, so that kiosks hold
  their facts, and the group is tried again until it is in.
- A message that cannot be stored is refused alone, counted and shown; the rest of its group goes in.
- Durable orders go out at each `ready`, and again each minute while the kiosk hears and has not answered;
  so does the word that a journal is forked. Both go out at each connect to the broker.
- In a crowd a device's facts beyond MAX_OF_DEVICE messages are let go, it sends them again; so is everything
  of a device beyond MAX_WORDS. More than MAX_WAITING messages of all: we read no more, and the broker waits.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from queue import Empty, SimpleQueue

import msgspec
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from central.clock_ms import now_ms
from central.config import Config
from central.db import open_sessions
from central.facts import marks
from central.fleet.operations import are_late, expire, order_payload, pending_durable
from central.ingest.fairness import Fair, Portion
from central.ingest.group import Letter, Stored, store
from central.ingest.intake import LIMITS, read
from central.ingest.refusals import Refused
from central.keys import Keys
from central.mqtt import BrokerAway, Heard, Link, Message
from wire import condition, topics
from wire.condition import CentralCondition
from wire.envelope import Malformed
from wire.orders import Watermark
from wire.signing import seal

MAX_GROUP = 200
"""Messages in one transaction."""
MAX_WAITING = 10_000
"""Messages that wait in memory: the windows of 2,500 kiosks, 100 MiB where every batch is full."""
CROWD = MAX_WAITING // 2
"""From so many waiting messages on no device may have more than its share of the room."""
MAX_OF_DEVICE = 8
"""Messages with facts of one device that wait in a crowd: two windows of a kiosk (`kiosk.cursor`)."""
MAX_WORDS = 64
"""The same, with its conditions and vitals. A kiosk that is well has two; what is let go is its own loss."""
MAX_OCTETS = max(LIMITS.values()) + 1
"""Kept of a message: of one that is longer than any may be, enough to refuse it."""
LOOK_S = 0.01
"""How often the network thread looks whether there is room again."""
TICK_S = 1.0
"""How often orders past their deadline are looked for."""
REMIND_S = 60.0
"""How often unanswered orders are sent again: the broker was away, or we were, when they were to go out."""
NEVER = float("-inf")
PAUSE_MIN_S = 0.2
PAUSE_MAX_S = 2.0

POISON = (DataError, IntegrityError)
"""The message's fault."""
TROUBLE = (DatabaseError, InterfaceError, PoolTimeoutError)
"""All else is the database's: away, locked, full, damaged, not migrated."""

log = structlog.get_logger(__name__)


class Stopping(Exception):  # noqa: N818 - not an error
    """The process was asked to end while the database was in trouble."""


class Ingest:
    """One ingest worker. See the contract at the module's head."""

    def __init__(self, config: Config, keys: Keys, engine: Engine, *, share: str = "") -> None:
        """A worker, not yet running.

        Args:
            config: where the broker is.
            keys: signs watermarks, hashes readers.
            engine: a migrated database.
            share: name of the group of workers that share the devices' facts (`$share`); empty: alone.
        """
        self._keys = keys
        self._engine = engine
        self._writing = open_sessions(engine)
        self._reading = open_sessions(engine, readonly=True)
        self._arrived: SimpleQueue[Heard | None] = SimpleQueue()
        """From the network thread; None only wakes the worker."""
        self._waiting: Fair[Heard] = Fair()
        self._portion = Portion()
        self._stopping = False
        self._session = 0
        self._well = True
        self._looked_at = self._reminded_at = NEVER
        self._hearing: set[str] = set()
        """Devices that have just become ready."""
        prefix = f"$share/{share}/" if share else ""
        self._link = Link(
            config.mqtt,
            f"central-ingest-{secrets.token_hex(4)}",
            self._heard,
            [
                (prefix + topics.every(topics.FACTS), 0),
                (topics.every(topics.CONDITION), 0),
                (topics.every(topics.VITALS), 0),
            ],
            will=self._will,
            born=self._greet,
        )

    def run(self) -> None:
        """Work until `stop`."""
        self._link.open()
        log.info("ingest runs")
        try:
            while not self._stopping:
                self._tend_orders()
                group = self._gather()
                if group:
                    self._take(group)
        except Stopping:
            log.warning("ended in trouble; what was not committed is sent again")
        finally:
            self._link.close(self._presence(online=False))
            log.info("ingest ended")

    def stop(self) -> None:
        """End `run` soon; any thread or signal handler may call it (no lock is taken)."""
        self._stopping = True
        self._arrived.put(None)

    # ------------------------------------------------------------ on the network thread
    def _heard(self, heard: Heard) -> None:
        if heard.topic == topics.CENTRAL_CONDITION:
            self._correct(heard)
            return
        while self._arrived.qsize() + len(self._waiting) >= MAX_WAITING and not self._stopping:
            time.sleep(LOOK_S)
        self._arrived.put(heard._replace(payload=heard.payload[:MAX_OCTETS]))

    def _correct(self, heard: Heard) -> None:
        """Say again that central is there when a late will, or another worker that ended, said it is not."""
        try:
            said = condition.decode(heard.payload, CentralCondition)
        except Malformed:
            said = CentralCondition(online=False, session=0)
        if not said.online and self._well and not self._stopping:
            self._say_how_we_are()

    def _will(self) -> Message:
        self._session = max(now_ms(), self._session + 1)
        return self._presence(online=False)

    def _greet(self) -> None:
        """A connection begins: what was said while there was none is said again."""
        self._say_how_we_are()
        self._reminded_at = NEVER

    def _say_how_we_are(self) -> None:
        self._publish(self._presence(online=self._well))

    def _presence(self, *, online: bool) -> Message:
        payload = condition.encode(CentralCondition(online, self._session))
        return Message(topics.CENTRAL_CONDITION, payload, retain=True)

    # ------------------------------------------------------------ on the worker's thread
    def _gather(self) -> list[Heard]:
        """What is due next, up to a group; waits for something to arrive where nothing waits."""
        self._let_in(TICK_S if not self._waiting else 0.0)
        group: list[Heard] = []
        octets = 0
        while self._waiting and len(group) < MAX_GROUP and octets < self._portion.octets:
            group.append(self._waiting.take())
            octets += len(group[-1].payload)
        return group

    def _let_in(self, wait_s: float) -> None:
        """Give each message that has arrived its turn."""
        try:
            heard = self._arrived.get(timeout=wait_s) if wait_s else self._arrived.get_nowait()
            while True:
                if heard is not None:
                    self._give_turn(heard)
                heard = self._arrived.get_nowait()
        except Empty:
            pass

    def _give_turn(self, heard: Heard) -> None:
        device, leaf = topics.parse(heard.topic) or topics.Topic("", "")
        share = MAX_OF_DEVICE if leaf == topics.FACTS else MAX_WORDS
        if len(self._waiting) < CROWD or self._waiting.waiting(device) < share:
            self._waiting.put(device, len(heard.payload), heard, time.monotonic())

    def _take(self, group: Sequence[Heard]) -> None:
        letters = [(heard, read(heard)) for heard in group]
        try:
            stored = self._commit([letter for _, letter in letters if letter is not None])
        except Stopping:
            raise
        except Exception as cause:  # noqa: BLE001 - whatever one message provokes, the others go in
            log.warning("a group was not stored", messages=len(group), cause=type(cause).__name__)
            if len(group) > 1:
                self._take(group[: len(group) // 2])
                self._take(group[len(group) // 2 :])
                return
            stored = self._refuse(group[0], type(cause).__name__)
        self._answer(stored)

    def _refuse(self, heard: Heard, detail: str) -> Stored:
        device, leaf = topics.parse(heard.topic) or topics.Topic("", "")
        return self._commit([Refused(device, leaf, "not stored", detail, heard.payload)])

    def _commit(self, letters: Sequence[Letter]) -> Stored:
        """Store a group, as often as it takes."""
        pause_s = PAUSE_MIN_S
        while True:
            begun_s = time.monotonic()
            try:
                with self._engine.begin() as connection:
                    stored = store(connection, letters, now_ms(), self._keys.readers)
            except POISON:
                raise
            except TROUBLE as cause:
                self._fall_ill(cause)
            else:
                self._portion.took(time.monotonic() - begun_s)
                self._recover()
                return stored
            if self._stopping:
                raise Stopping
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, PAUSE_MAX_S)

    def _answer(self, stored: Stored) -> None:
        for (device_id, _), watermark in stored.watermarks.items():
            self._tell(device_id, watermark)
        self._hearing |= stored.hearing

    def _tell(self, device_id: str, watermark: Watermark) -> None:
        """Publish a watermark with the time of now: kiosks set their clocks by it."""
        topic = topics.topic(device_id, topics.WATERMARK)
        fresh = msgspec.structs.replace(watermark, central_ms=now_ms())
        self._publish(Message(topic, seal(self._keys.signing, topic, fresh), retain=True))

    def _tend_orders(self) -> None:
        """Look for late orders and say again what goes unanswered, where it is time or a device is ready."""
        now = time.monotonic()
        look, remind = now - self._looked_at >= TICK_S, now - self._reminded_at >= REMIND_S
        if not (look or self._hearing):
            return
        self._looked_at, self._reminded_at = now, now if remind else self._reminded_at
        try:
            self._give_up_late_orders()
            self._send_again(None if remind else self._hearing)
            if remind:
                self._tell_of_forks()
        except TROUBLE as cause:
            self._fall_ill(cause)
        else:
            self._hearing.clear()
            self._recover()

    def _give_up_late_orders(self) -> None:
        with self._reading() as session:
            late = are_late(session, now_ms())
        if late:
            with self._writing.begin() as session:
                expire(session, now_ms())

    def _send_again(self, devices: Iterable[str] | None) -> None:
        with self._reading() as session:
            for order in pending_durable(session, now_ms(), devices):
                topic, payload = order_payload(self._keys.signing, order)
                self._publish(Message(topic, payload))

    def _tell_of_forks(self) -> None:
        """Tell devices again whose journal two machines write: neither may go on, whatever it missed."""
        with self._reading() as session:
            for one in marks.forked(session):
                self._tell(one.device_id, Watermark(one.journal, one.epoch, one.committed, 0, forked=True))

    def _fall_ill(self, cause: Exception) -> None:
        if self._well:
            self._well = False
            log.error("trouble with the database", cause=type(cause).__name__)
            self._say_how_we_are()

    def _recover(self) -> None:
        if not self._well:
            self._well = True
            log.info("the database is back")
            self._say_how_we_are()

    def _publish(self, message: Message) -> None:
        """Publish; while the broker is away nothing is said, and the kiosk asks again by sending again."""
        try:
            self._link.publish(message)
        except BrokerAway:
            log.debug("broker away", topic=message.topic)
