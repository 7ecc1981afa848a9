"""One connection to a reader: brought up, kept, and told apart from what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

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
    """A panel on an open line; `close` lets go of it."""

    def __init__(self, panel: Panel, line: SharedLine, clock: Callable[[], float]) -> None:
        self.panel = panel
        self._clock = clock
        self._up_at = clock()
        """When the channel stood last, or the line was opened."""
        self._refused = False
        self._by_site_key = False
        panel.open(line)

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
        if self.panel.asking:
            self.panel.listen()
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
            if self.panel.silent_s > LOST_S:
                raise Gone(f"the reader has not answered for {LOST_S:g} s")
        elif now - self._up_at > READY_S:
            raise self._diagnosis()

    def _diagnosis(self) -> DriverError:
        """Why there is no secure channel."""
        panel = self.panel
        if not panel.frames:
            strange = panel.strange[:EVIDENCE_OCTETS]
            if not strange:
                return Gone(f"no reply from OSDP address {panel.address}")
            return Misbehaved(f"what answers speaks no OSDP: {strange.hex(' ')}", frame=panel.strange)
        if panel.identity().vendor and not panel.encrypts:
            return Unsupported(f"{panel.identity()}: it has no secure channel")
        if self._refused:
            return Misbehaved(f"{panel.identity()}: it refuses the site's key")
        return Gone(f"OSDP address {panel.address} stopped answering before the secure channel stood")

    def close(self) -> None:
        """Let go of the line."""
        self.panel.close()
