"""What the broker delivers to a kiosk: checked, then taken. Called on the uplink's thread alone.

    watermark            signed    → the journal that it is of, then its cursor; WatermarkMoved
    orders               signed    → OrderArrived; whether it is late or known is not judged here
    lists/NAME           signed    → ListAnnounced; whether it is newer is not judged here
    central/condition    unsigned  → opens or holds the cursors: it can delay facts, never lose one
    condition (our own)  unsigned  → told again where somebody else's word, or an old one, overwrote it

What breaks its form or its signature is posted as MessageRefused. What was not asked for is dropped:
some brokers hand a client what others subscribed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.central_events import ListAnnounced, MessageRefused, OrderArrived, WatermarkMoved
from kiosk.clock import Clock
from kiosk.cursor import HELD, Taken
from kiosk.events import KioskEvent, Ticked
from kiosk.lanes import Lanes
from kiosk.lists.shelf import unseal_head
from kiosk.mqtt import Heard
from wire import topics
from wire.condition import CentralCondition, Condition, decode
from wire.envelope import Malformed
from wire.ids import ListName
from wire.lists import NAMES
from wire.orders import Order, Watermark
from wire.signing import Forged, unseal

RECENT = 8
"""Watermarks. Each says too early a time by as long as it was under way: the latest of some is the best."""
REFUSED: dict[Taken, str] = {
    Taken.EARLIER: "a watermark of an earlier epoch",
    Taken.ABOVE_HEAD: "a watermark above the last fact",
}
"""The rest is old news: a lower one within its epoch, one of the journal before this one."""


class Downlink:
    """One direction of an uplink. A delivery is heard first, then asked about."""

    def __init__(
        self,
        device: str,
        lanes: Lanes,
        central: Ed25519PublicKey,
        clock: Clock,
        post: Callable[[KioskEvent], None],
    ) -> None:
        self._lanes = lanes
        self._central = central
        self._clock = clock
        self._post = post
        self._device = device
        self._condition = topics.topic(device, topics.CONDITION)
        self._taking: dict[str, Callable[[Heard], None]] = {
            topics.topic(device, topics.WATERMARK): self._take_watermark,
            topics.topic(device, topics.ORDERS): self._take_order,
            topics.CENTRAL_CONDITION: self._take_central,
            self._condition: self._take_own,
            **{
                topics.topic(device, f"{topics.LISTS}/{name}"): partial(self._take_head, name)
                for name in NAMES
            },
        }
        self._ahead: deque[int] = deque(maxlen=RECENT)
        """Central's wall clock less our monotonic one, by the last watermarks. What the broker retains was said
        at any time, and does not count.
        """
        self._central_session = 0
        self.central_online = False
        self._own: Condition | None = None
        """What was heard last under our own name; None: nothing, or what cannot be read."""

    @property
    def topics(self) -> list[str]:
        """What to subscribe."""
        return list(self._taking)

    def forget(self) -> None:
        """The connection is over: how central is, is not known."""
        self.central_online = False

    def hear(self, heard: Heard) -> None:
        """Take one delivery, or post why it is refused."""
        take = self._taking.get(heard.topic)
        if take is None:
            return
        try:
            take(heard)
        except (Malformed, Forged) as cause:
            self._post(MessageRefused(heard.topic, str(cause), forged=isinstance(cause, Forged)))

    def overwritten(self, heard: Heard, session: int) -> bool:
        """True where the broker now retains a condition of ours that is older than this connection, or none.

        What it retained when we subscribed was overwritten by our own since.
        """
        if heard.topic != self._condition or heard.retained:
            return False
        return self._own is None or self._own.session < session

    def later_session(self, heard: Heard, session: int) -> int | None:
        """The number of a condition under our name that this connection must be above, but is not; else None.

        A machine whose disk was put back, or that has a twin, counts from an earlier number or from the same
        one: central would take what it tells for old, or believe a will that is not its own.
        """
        told = self._own
        if heard.topic != self._condition or told is None:
            return None
        other = told.session == session and (heard.retained or told.state == "gone")
        return told.session if other or told.session > session else None

    def _take_watermark(self, heard: Heard) -> None:
        watermark = unseal(self._central, heard.topic, heard.payload, Watermark)
        now = self._clock.now()
        taken = self._lanes.take(watermark, now.mono_ms, fresh=not heard.retained)
        if taken in REFUSED:
            raise Malformed(REFUSED[taken])
        if taken is Taken.FORKED:
            self._post(Ticked())  # the loop looks how its journal stands
        if taken not in HELD:
            return
        if not heard.retained:
            self._ahead.append(watermark.central_ms - now.mono_ms)
        if self._ahead:
            self._post(WatermarkMoved(self._lanes.last.cursor.acked, max(self._ahead)))

    def _take_order(self, heard: Heard) -> None:
        self._post(OrderArrived(unseal(self._central, heard.topic, heard.payload, Order)))

    def _take_head(self, name: ListName, heard: Heard) -> None:
        if heard.payload:  # empty: central has taken back what was retained
            head = unseal_head(self._central, self._device, name, heard.payload)
            self._post(ListAnnounced(head, heard.payload))

    def _take_central(self, heard: Heard) -> None:
        condition = decode(heard.payload, CentralCondition)
        known = self._central_session if self.central_online else None
        if condition.online:
            self._central_session = condition.session
            if condition.session != known:
                self._lanes.open()
        elif known is not None and condition.session < known:
            return  # a last will that comes late, or of a worker that others outlive
        else:
            self._lanes.hold()
        self.central_online = condition.online

    def _take_own(self, heard: Heard) -> None:
        self._own = None
        if heard.payload:
            self._own = decode(heard.payload, Condition)
