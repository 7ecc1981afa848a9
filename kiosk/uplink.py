"""From the journal to central and back: facts and condition up, watermarks and orders down.

- Facts go in order, at least once; a cursor (`kiosk.cursor`) moves on central's signed watermark alone.
- Facts of earlier journals of this kiosk go before those of the present one (`kiosk.lanes`).
- While the broker or central is away the backlog stays in the journal, and nothing else keeps it.
- The condition is the latest told, retained; the last will bears the session number of its connection.
- `tell`, `vitals` and `kick` return at once; vitals are lost while the broker is away.
- Nothing unsigned moves the cursor or becomes an order; what is refused is posted, and the rest goes on.
- `stop` says goodbye before DISCONNECT; whatever ends the program otherwise is told by the last will.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from drivers.pump import BackOff
from kiosk import config
from kiosk.central_events import UplinkChanged
from kiosk.clock import Clock
from kiosk.downlink import Downlink
from kiosk.events import KioskEvent, StopAsked
from kiosk.journal import Journal, JournalDamaged, JournalFailed
from kiosk.lanes import Lanes
from kiosk.mqtt import Closed, Heard, Link, LinkEvent, Message, Opened
from wire import topics
from wire.condition import Condition, Vitals, encode
from wire.envelope import MAX_FACTS, encode_batch

CONNACK_S = 10.0
"""A broker that takes the connection and says nothing is none."""
GOODBYE_S = 2.0
MAX_UNHEARD = 1000
"""Deliveries that wait for us; beyond it the broker floods, and what is lost is sent again or is retained."""
BACKOFF = BackOff(first_s=1.0, cap_s=30.0, steady_s=30.0)

log = structlog.get_logger(__name__)


class Uplink:
    """A thread from `start` to `stop`."""

    def __init__(
        self,
        settings: config.Mqtt,
        device: str,
        journal: Journal,
        central: Ed25519PublicKey,
        clock: Clock,
        post: Callable[[KioskEvent], None],
        *,
        jitter: Callable[[], float] = random.random,
        backoff: BackOff = BACKOFF,
    ) -> None:
        """An uplink, not yet connected.

        Args:
            settings: the broker.
            device: this kiosk's name, also its client id.
            journal: where facts come from and the watermark goes to.
            central: the key that watermarks and orders are checked with.
            clock: stamps no facts; times resends and central's offset.
            post: takes UplinkChanged, OrderArrived, WatermarkMoved and MessageRefused; must not block.
            jitter: 0 to 1, spreads what many kiosks would do at once.
            backoff: between connections.
        """
        self._settings = settings
        self._device = device
        self._journal = journal
        self._clock = clock
        self._post = post
        self._jitter = jitter
        self._backoff = backoff
        self._lanes = Lanes(journal, jitter)
        self._downlink = Downlink(device, self._lanes, central, clock, post)
        self._inbox: SimpleQueue[LinkEvent | Vitals | None] = SimpleQueue()
        """Of the current connection; None only wakes the thread."""
        self._sending = self._lanes.first_waiting.journal.id
        """The journal that the condition names: central takes facts of no other that it has never heard of."""
        self._condition: Condition | None = None
        self._untold = False
        self._goodbye: Condition | None = None
        self._stop = Event()
        self._reported = UplinkChanged(broker=False, central=False)
        self._opened = False
        self._session = 0
        self._thread = Thread(target=self._work, name="uplink", daemon=True)

    # ------------------------------------------------------------ any thread
    def start(self) -> None:
        """Begin to connect. Started once."""
        self._thread.start()

    def tell(self, condition: Condition) -> None:
        """Publish the kiosk's condition, now or when the broker is back; `session` is filled in here."""
        self._condition = condition
        self._untold = True
        self._inbox.put(None)

    def vitals(self, vitals: Vitals) -> None:
        """Publish vitals if the broker is there."""
        self._inbox.put(vitals)

    def kick(self) -> None:
        """The journal has grown. Any thread may say so."""
        self._inbox.put(None)

    def stop(self, goodbye: Condition, timeout_s: float = 8.0) -> bool:
        """Publish `goodbye` (state gone, why stopped), disconnect, join; True when the threads have ended."""
        self._goodbye = goodbye
        self._stop.set()
        self._inbox.put(None)
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # ------------------------------------------------------------ connections
    def _work(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            begun = time.monotonic()
            why = self._connect()
            self._report(broker=False)
            steady = time.monotonic() - begun >= self._backoff.steady_s
            attempt = 1 if steady else attempt + 1
            if not self._stop.is_set():
                log.info("broker away", why=why, attempt=attempt)
                self._stop.wait(self._backoff.wait_s(attempt, self._jitter()))

    def _connect(self) -> str:
        """One connection from its attempt to its end; why it ended."""
        inbox: SimpleQueue[LinkEvent | Vitals | None] = SimpleQueue()
        self._inbox = inbox
        self._opened = False
        link: Link | None = None
        try:
            self._session = self._journal.next_session(self._session)
            link = Link(self._settings, self._device, self._will(), _bounded(inbox))
            link.open()
            return self._serve(link)
        except JournalDamaged as cause:
            self._post(StopAsked("damaged"))
            return str(cause)
        except (OSError, JournalFailed) as cause:
            return str(cause)
        except Exception as bug:
            log.exception("the uplink failed")
            return type(bug).__name__
        finally:
            self._lanes.hold()
            self._downlink.forget()
            if link is not None:
                link.close()

    def _serve(self, link: Link) -> str:
        give_up = time.monotonic() + CONNACK_S
        while not self._stop.is_set():
            event = self._next_event(None if self._opened else give_up - time.monotonic())
            if isinstance(event, Closed):
                return event.why
            self._take(link, event)
            if self._opened:
                self._publish(link)
            elif time.monotonic() >= give_up:
                return "no CONNACK"
        if self._opened and self._goodbye is not None:
            self._publish(link)
            link.say_goodbye(self._worded(self._goodbye), self._downlink.topics, GOODBYE_S)
        return "stopped"

    def _next_event(self, wait_s: float | None) -> LinkEvent | Vitals | None:
        due_ms = self._lanes.wait_ms(self._clock.now().mono_ms)
        waits = [wait for wait in (wait_s, None if due_ms is None else due_ms / 1000) if wait is not None]
        try:
            return self._inbox.get(timeout=max(min(waits), 0.0) if waits else None)
        except Empty:
            return None

    def _take(self, link: Link, event: LinkEvent | Vitals | None) -> None:
        match event:
            case Opened():
                self._opened = self._untold = True
                link.subscribe(self._downlink.topics)
                self._report(broker=True)
            case Heard():
                self._downlink.hear(event)
                self._report(broker=True)
                if self._downlink.overwritten(event, self._session):
                    self._untold = True
                later = self._downlink.later_session(event, self._session)
                if later is not None:
                    self._session = later
                    raise ConnectionAbortedError(f"session {later} was ours already")
            case Vitals() if self._opened:
                link.publish(Message(topics.topic(self._device, topics.VITALS), encode(event), qos=0))

    # ------------------------------------------------------------ sending
    def _publish(self, link: Link) -> None:
        """What is due now: the condition, then facts."""
        sending = self._lanes.first_waiting.journal.id
        if self._untold or sending != self._sending:
            self._sending = sending
            self._untold = False
            link.publish(self._worded(self._condition or self._unknown()))
        now_ms = self._clock.now().mono_ms
        while (due := self._lanes.next(now_ms)) is not None:
            lane, first = due
            journal = lane.journal
            after = journal.to_send(first, MAX_FACTS)
            rows = [row for at, row in enumerate(after) if row.seq == first + at]
            if not rows:
                raise JournalFailed(f"fact {first} is not in the journal")
            pairs = ((row.stamp, row.fact) for row in rows)
            payload, count = encode_batch(journal.id, first, pairs, journal.oldest, journal.epoch)
            link.publish(Message(topics.topic(self._device, topics.FACTS), payload))
            lane.cursor.sent_to(first + count - 1, now_ms)

    def _worded(self, condition: Condition) -> Message:
        numbered = msgspec.structs.replace(condition, session=self._session, journal=self._sending)
        return Message(topics.topic(self._device, topics.CONDITION), encode(numbered), retain=True)

    def _will(self) -> Message:
        return self._worded(Condition(session=0, state="gone", why="will"))

    def _unknown(self) -> Condition:
        """Before the first condition is told."""
        return Condition(session=0, state="boot", boot=self._clock.boot)

    def _report(self, *, broker: bool) -> None:
        changed = UplinkChanged(broker, broker and self._downlink.central_online)
        if changed != self._reported:
            self._reported = changed
            self._post(changed)


def _bounded(inbox: SimpleQueue[LinkEvent | Vitals | None]) -> Callable[[LinkEvent], None]:
    def post(event: LinkEvent) -> None:
        if not isinstance(event, Heard) or inbox.qsize() < MAX_UNHEARD:
            inbox.put(event)

    return post
