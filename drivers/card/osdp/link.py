"""The secure channel to one reader: brought up, kept, brought up again; and why it is not.

A reply that is lost or spoilt ends a secure channel: both ends count what they say. libosdp would try again
after a second and longer each time, so that the channel is begun anew here, with a new panel, within 0.1 s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event

from drivers.bell import Bell
from drivers.card.osdp.channel import Channel
from drivers.card.osdp.library import Panel
from drivers.card.osdp.messages import CardDropped, Identity, PanelEvent, Secured
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.line.shared import SharedLine
from drivers.line.text import named

READY_S = 3.0
"""From the first question to the secure channel; it takes 0.1 s at 9600 baud."""
AGAIN_S = 0.1
"""Between two tries to bring the channel up."""
STUCK_S = 0.5
"""Nothing asked for so long: libosdp waits by the clock of the wall, which was set back."""
MAX_DROPS, DROPS_S = 10, 30.0
"""A channel that ends more often than that is a bad line, which staff must hear of."""
NOBODY = Identity(0, 0, 0, 0, 0)
"""What a panel says of a reader that has not said anything of itself."""


class Link:
    """A reader on an open line, from `connect` to `close`."""

    def __init__(
        self,
        channel: Channel,
        key: bytes,
        line: SharedLine,
        clock: Callable[[], float],
        *,
        greet: Callable[[Panel], None] = lambda _: None,
        install: bool = False,
    ) -> None:
        """`greet`: what a reader is told whenever its secure channel stands: it may have been without power."""
        self._channel = channel
        self._key = key
        self._line = line
        self._clock = clock
        self._greet = greet
        self._install = install
        self._drops: deque[float] = deque(maxlen=MAX_DROPS)
        self._panel: Panel | None = None
        self._up = self._was_up = self._refused = self._stuck = False

    @property
    def panel(self) -> Panel:
        """The panel of the channel that stands, or stood last."""
        assert self._panel is not None, "after `connect` alone"
        return self._panel

    def connect(self, stop: Event) -> bool:
        """Bring the secure channel up; False where `stop` came first.

        Raises:
            DriverError: it cannot be; says why.
        """
        until = self._clock() + READY_S
        while not stop.is_set():
            if self._bring_up(until, stop):
                self._was_up = True
                self._greet(self.panel)
                return True
            cause = self._diagnosis()
            refused = self._refused and not self._was_up
            if refused or isinstance(cause, Unsupported) or self._clock() > until:
                raise cause
            stop.wait(AGAIN_S)
        return False

    def _bring_up(self, until: float, stop: Event) -> bool:
        """One try. Who does not even knock back is not worth a panel, of which libosdp never gives back all."""
        self.close()
        self._up = self._refused = self._stuck = False
        self._channel.open(self._line)
        if not self._channel.knock():
            return False
        self._panel = Panel(self._channel, self._key, install=self._install)
        while not self._ready and not self._failed and self._clock() < until and not stop.is_set():
            self._step(stop)
        return self._ready

    def listen(self, wake: Bell, stop: Event) -> Sequence[PanelEvent]:
        """A question, its reply, and the pause behind it, which `wake` ends; what the reader has told.

        Raises:
            DriverError: the line broke, the reader is gone, or its channel cannot be kept.
        """
        if self._failed:
            self._note_drop()
            if not self.connect(stop):
                return ()
        return self._step(wake)

    def _step(self, wake: Bell | Event) -> Sequence[PanelEvent]:
        told = self._refresh()
        if self._channel.asking and not told:
            self._channel.listen()
            told = (CardDropped(),) if self._channel.formatted else self._refresh()
        if not (told or self._channel.asking or self._failed):
            self._stuck = self._up and self._channel.resting_s > STUCK_S
            wake.wait(self.panel.pause_s)
        return told

    def _refresh(self) -> Sequence[PanelEvent]:
        """Let libosdp do what is due: ask, or take the reply."""
        told = self.panel.refresh()
        for event in told:
            if isinstance(event, Secured):
                self._refused = self._refused or not event.up
                self._up = event.up and not event.by_default_key
        return told

    @property
    def _ready(self) -> bool:
        """The secure channel stands, with the site's own key."""
        return self._up and self._panel is not None and self._panel.ready

    @property
    def _failed(self) -> bool:
        """It will not stand any more. A reader that is being given its key ends the channel once by itself."""
        return self._channel.missed or self._stuck or (self._refused and not self._install)

    def _note_drop(self) -> None:
        now = self._clock()
        self._drops.append(now)
        if len(self._drops) == MAX_DROPS and now - self._drops[0] < DROPS_S:
            raise Misbehaved(f"the secure channel broke {MAX_DROPS} times in {DROPS_S:g} s: look at the bus")

    def _diagnosis(self) -> DriverError:
        """Why there is no secure channel."""
        address, strange = self._channel.address, self._channel.strange
        if not self._channel.frames:
            if not strange:
                return Gone(f"no reply from OSDP address {address}")
            return Misbehaved(f"what answers speaks no OSDP: {named(strange)}", frame=strange)
        identity = self._panel.identity() if self._panel else NOBODY
        if self._panel and self._panel.plain:
            return Unsupported(f"{identity}: it has no secure channel")
        if identity != NOBODY and self._refused and not self._channel.missed:
            return Misbehaved(f"{identity}: it refuses the site's key")
        return Gone(f"OSDP address {address} stopped answering before the secure channel stood")

    def close(self) -> None:
        """Let go of the line, which the caller closes."""
        if self._panel is not None:
            self._panel.close()
            self._panel = None
        self._channel.close()
