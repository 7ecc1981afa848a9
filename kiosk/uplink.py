"""From the journal to central and back: facts and condition up, watermarks and orders down.

- Facts go in order, at least once; the cursor moves on central's signed watermark alone.
- At most four batches are without a watermark; after 10 s without one they are sent again.
- While the broker or central is away the backlog stays in the journal, and nothing else keeps it.
- The condition is the latest told, retained; the last will bears the session number of its connection.
- `tell`, `vitals` and `kick` return at once; vitals are lost while the broker is away.
- Nothing unsigned moves the cursor or becomes an order; what is refused is posted, and the rest goes on.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk import config
from kiosk.clock import Clock
from kiosk.events import KioskEvent
from kiosk.journal import Journal
from wire.condition import Condition, Vitals


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
        """
        raise NotImplementedError(settings, device, journal, central, clock, post, jitter)

    def start(self) -> None:
        """Begin to connect. Started once."""
        raise NotImplementedError

    def tell(self, condition: Condition) -> None:
        """Publish the kiosk's condition, now or when the broker is back; `session` is filled in here."""
        raise NotImplementedError(condition)

    def vitals(self, vitals: Vitals) -> None:
        """Publish vitals if the broker is there."""
        raise NotImplementedError(vitals)

    def kick(self) -> None:
        """The journal has grown. Any thread may say so."""
        raise NotImplementedError

    def stop(self, goodbye: Condition, timeout_s: float = 5.0) -> bool:
        """Publish `goodbye` (state gone, why stopped), disconnect, join; True when the threads have ended."""
        raise NotImplementedError(goodbye, timeout_s)
