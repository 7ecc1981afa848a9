"""A gate of FEIG readers: the pad's protocol, and the AFI of whatever passes.

- Posts one GateAlarmed for each passage of a secured tag, with the book's content where the tag
  stayed long enough to be read; the alarm never waits for a second try.
- All new tags are asked for their AFI before any is read: a walker is in the field for 0.3 s.
- A tag that does not answer is asked again at each inventory for as long as it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from drivers.device import Post
from drivers.errors import DriverError
from drivers.events import DeviceBack, GateAlarmed, TagContent
from drivers.line.line import OpenLine
from drivers.pad.feig.session import FeigSettings, Session
from drivers.pad.presence import Presence
from drivers.tag.detect import decode


class FeigGate:
    """A `Gate` over the FEIG protocol. It takes no orders."""

    def __init__(
        self,
        settings: FeigSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._presence = Presence(settings.presence)
        self._unasked: set[str] = set()
        self._secured: list[str] = []
        """Tags whose alarm is owed."""

    def abandon(self, post: Post) -> None:
        """Nothing: there are no orders."""

    def run(self, post: Post, stop: Event) -> None:
        line = self._open_line()
        try:
            session = Session(line, self._settings, self._clock)
            post(DeviceBack(self.name, str(session.identify())))
            while not stop.is_set():
                self._ask(session)
                self._alarm(session, post)
                stop.wait(self._settings.poll_pause_ms / 1000)
        finally:
            line.close()

    def _ask(self, session: Session) -> None:
        """Take one inventory and ask each new tag for its AFI."""
        found = session.inventory()
        changes = self._presence.observe(found.uids, int(self._clock() * 1000), complete=found.complete)
        self._unasked.difference_update(changes.gone)
        self._unasked.update(changes.came)
        for uid in [each for each in found.uids if each in self._unasked]:
            afi = session.afi(uid)
            if isinstance(afi, DriverError):
                continue
            self._unasked.discard(uid)
            if self._settings.afi.secures(afi):
                self._secured.append(uid)

    def _alarm(self, session: Session, post: Post) -> None:
        """Post what is secured, read or not: a reader that breaks in the middle does not swallow an alarm."""
        while self._secured:
            content: TagContent | None = None
            try:
                memory = session.read(self._secured[0], self._settings.blocks)
                content = decode(memory) if isinstance(memory, bytes) else None
            finally:
                post(GateAlarmed(self.name, self._secured.pop(0), content))
