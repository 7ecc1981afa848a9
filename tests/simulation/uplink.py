"""The real uplink with its thread taken out: what its loop does, done when the simulation's clock says so."""

from __future__ import annotations

from kiosk import config
from kiosk.journal import JournalFailed
from kiosk.mqtt import Closed, LinkEvent
from kiosk.uplink import BACKOFF, Uplink
from tests.simulation.broker import Broker, Link
from tests.simulation.host import Host
from tests.simulation.timeline import SECOND
from wire.condition import Condition

NOWHERE = config.Mqtt()
WAKING_MS = 240_000
"""Longest time until its thread gets to what it was told, or is to send again: a busy machine, so that facts meet
in a batch, and central has answered most of them by then.
"""

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
        self._attempt = 0
        self._opened_ms = 0

    @property
    def acked(self) -> int:
        """How many facts the kiosk takes to be at central."""
        return self._lanes.last.cursor.acked

    # ------------------------------------------------------------ instead of the queue to the thread
    def tell(self, condition: Condition) -> None:
        self._condition = condition
        self._untold = True
        self._wake()

    def kick(self) -> None:
        self._wake()

    def _wake(self, wait_ms: int = 0) -> None:
        """Let its thread work on in `wait_ms` or later, or when it does so anyhow."""
        if not self._awake:
            self._awake = True
            self._host.later(wait_ms + self._host.chance.uniform(0, WAKING_MS), self._work_on)

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
            if self._opened:
                self._publish(link)  # type: ignore[arg-type]  # the same verbs
        except (OSError, JournalFailed):
            link.close()
            self._over(link)
            return
        wait_ms = self._lanes.wait_ms(self._clock.now().mono_ms)
        if wait_ms is not None:
            self._wake(wait_ms)

    def _work_on(self) -> None:
        self._awake = False
        if self._link is not None:
            self._serve_one(self._link, None)

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
