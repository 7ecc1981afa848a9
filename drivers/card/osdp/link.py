"""One connection to a reader: brought up, kept, and told apart from what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from drivers.card.osdp.channel import Channel
from drivers.card.osdp.library import Panel
from drivers.card.osdp.messages import PanelEvent, Secured
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.line.shared import SharedLine

READY_S = 3.0
"""From the first question to the secure channel; it takes 0.1 s at 9600 baud."""
LOST_S = 2.5
"""libosdp repeats a question after 1 s; a reader that passed two over is gone."""
EVIDENCE_OCTETS = 16


class Link:
    """A new panel on an open line; `close` lets go of the line."""

    def __init__(
        self,
        channel: Channel,
        key: bytes,
        line: SharedLine,
        clock: Callable[[], float],
        *,
        install: bool = False,
    ) -> None:
        self.panel = Panel(channel, key, install=install)
        self._channel = channel
        self._clock = clock
        self._up_at = clock()
        """When the channel stood last, or the line was opened."""
        self._refused = False
        self._by_site_key = False
        channel.open(line)

    def step(self, wake: Event) -> Sequence[PanelEvent]:
        """One question, its reply, or the pause in between, which `wake` ends; what the reader has told.

        Raises:
            DriverError: the line broke, or the reader does not answer as it should.
        """
        told = self.panel.refresh()
        for event in told:
            if isinstance(event, Secured):
                self._refused = self._refused or not event.up
                self._by_site_key = event.up and not event.by_default_key
        if self._channel.asking:
            self._channel.listen()
        elif not told:
            wake.wait(self.panel.pause_s)
        self._unless_lost()
        return told

    @property
    def ready(self) -> bool:
        """The secure channel stands, with the site's own key."""
        return self.panel.ready and self._by_site_key

    def _unless_lost(self) -> None:
        now = self._clock()
        if self.ready:
            self._up_at = now
            if self._channel.silent_s > LOST_S:
                raise Gone(f"the reader has not answered for {LOST_S:g} s")
        elif now - self._up_at > READY_S:
            raise self._diagnosis()

    def _diagnosis(self) -> DriverError:
        """Why there is no secure channel."""
        panel, address, strange = self.panel, self._channel.address, self._channel.strange
        if not self._channel.frames:
            if not strange:
                return Gone(f"no reply from OSDP address {address}")
            shown = strange[:EVIDENCE_OCTETS].hex(" ")
            return Misbehaved(f"what answers speaks no OSDP: {shown}", frame=strange)
        if panel.identity().vendor and not panel.encrypts:
            return Unsupported(f"{panel.identity()}: it has no secure channel")
        if self._refused:
            return Misbehaved(f"{panel.identity()}: it refuses the site's key")
        return Gone(f"OSDP address {address} stopped answering before the secure channel stood")

    def close(self) -> None:
        """Let go of the line, which the caller closes."""
        self._channel.end()
        self._channel.open(None)
