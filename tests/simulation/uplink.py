"""The real uplink with its thread taken out: what its loop does, done when the simulation's clock says so."""

from __future__ import annotations

from kiosk import config
from kiosk.journal import JournalFailed
from kiosk.mqtt import Closed, Heard, LinkEvent
from kiosk.uplink import BACKOFF, Uplink
from tests.simulation.broker import Broker, Link
from tests.simulation.host import Host
from tests.simulation.timeline import SECOND
from wire import topics
from wire.condition import Condition
from wire.envelope import MAX_FACTS

NOWHERE = config.Mqtt()
SOON_MS = 100_000
"""Longest time until its thread gets to what a reader waits for; `Broker.leisure_ms` where nobody does: some still stand there."""
IN_VAIN = 3
"""Attempts to connect, one after the other, that are carried out though the broker is away."""


class HandDriven(Uplink):
    """`kiosk.uplink.Uplink`; `open` and what the broker posts stand for its thread's loop."""

    def attach(self, host: Host, broker: Broker) -> None:
        """Before `open`: whom it belongs to, and whom it talks to."""
        self._host = host
        self._broker = broker
        self._link: Link | None = None
        self._awake = False
        self._listening = False
        self._attempt = 0
        self._opened_ms = 0

    @property
    def acked(self) -> int:
        """How many facts the kiosk takes to be at central."""
        return self._lanes.last.cursor.acked

    @property
    def session(self) -> int:
        """Number of the present connection."""
        return self._session

    # ------------------------------------------------------------ instead of the queue to the thread
    def tell(self, condition: Condition) -> None:
        self._condition = condition
        self._untold = True
        self._wake()

    def kick(self, *, soon: bool = False) -> None:
        """The journal has grown; `soon`: by what a reader waits for."""
        if soon:
            self._host.later(self._host.chance.uniform(0, SOON_MS), self._send)
        else:
            self._wake()

    def _wake(self) -> None:
        """Let its thread work on, some time or when it does so anyhow."""
        if not self._awake:
            self._awake = True
            self._host.later(self._host.chance.uniform(0, self._broker.leisure_ms), self._work_on)

    # ------------------------------------------------------------ instead of the thread
    def open(self) -> None:
        """One attempt to connect. Of those that are made in vain the first ones are lived through."""
        self._opened = False
        self._attempt += 1
        if self._attempt > IN_VAIN and not self._broker.takes(self._device):
            self._again()
            return
        self._opened_ms = self._host.timeline.now_ms
        try:
            self._session = self._journal.next_session(self._session)
            link = self._broker.connect(self._device, self._will(), lambda event: self._hear(link, event))
        except (OSError, JournalFailed):
            self._over(None)
        else:
            self._link = link

    def farewell(self, goodbye: Condition) -> None:
        """What `stop` makes the thread do last."""
        link = self._link
        if link is not None and self._opened:
            self._publish(link)  # type: ignore[arg-type]  # the same verbs
            link.say_goodbye(self._worded(goodbye), self._downlink.topics, 0)
        if link is not None:
            link.close()

    def _hear(self, link: Link, event: LinkEvent) -> None:
        if link is self._link:
            self._host.later(0, lambda: self._serve_one(link, event))

    def _serve_one(self, link: Link, event: LinkEvent | None) -> None:
        """One turn of `_serve`."""
        if link is not self._link:
            return
        if isinstance(event, Closed):
            self._over(link)
            return
        try:
            self._take(link, event)  # type: ignore[arg-type]  # the same verbs
            if self._opened and not self._can_wait(event):
                self._publish(link)  # type: ignore[arg-type]  # the same verbs
            elif self._untold or self._unsent:
                self._wake()
        except (OSError, JournalFailed):
            link.close()
            self._over(link)
            return
        self._listen()

    @property
    def _unsent(self) -> int:
        """How many facts of the present journal were handed to no broker yet."""
        return self._journal.head - self._lanes.last.cursor.sent

    def _can_wait(self, event: LinkEvent | None) -> bool:
        """After most of what it hears a thread that has much to do sends nothing at once; where it has a backlog it does."""
        heard = isinstance(event, Heard) and event.topic != topics.CENTRAL_CONDITION
        return heard and self._unsent <= MAX_FACTS

    def _work_on(self) -> None:
        self._awake = False
        self._send()

    def _send(self) -> None:
        """What is new; facts not while it waits for an answer."""
        if self._link is not None and (self._untold or self._silent_ms() is None):
            self._serve_one(self._link, None)

    def _silent_ms(self) -> int | None:
        """How long it waits for an answer yet; None: for none."""
        return self._lanes.wait_ms(self._clock.now().mono_ms)

    def _listen(self) -> None:
        """Send again what nobody has answered, some time after it is due."""
        wait_ms = self._silent_ms()
        if wait_ms is not None and not self._listening:
            self._listening = True
            leisure_ms = self._broker.leisure_ms
            wait_ms += leisure_ms  # central's
            self._host.later(wait_ms + self._host.chance.uniform(0, leisure_ms), self._send_again)

    def _send_again(self) -> None:
        self._listening = False
        if self._link is not None and self._silent_ms() == 0:
            self._serve_one(self._link, None)
        else:
            self._listen()

    def _over(self, link: Link | None) -> None:
        """What `_connect` and `_work` do at a connection's end."""
        if link is not None and link is not self._link:
            return
        self._link = None
        self._lanes.hold()
        self._downlink.forget()
        self._report(broker=False)
        steady = self._host.timeline.now_ms - self._opened_ms >= BACKOFF.steady_s * SECOND
        self._attempt = 1 if steady else self._attempt
        self._again()

    def _again(self) -> None:
        self._host.later(BACKOFF.wait_s(self._attempt, self._jitter()) * SECOND, self.open)
