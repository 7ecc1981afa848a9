"""A gate of FEIG readers: the pad's protocol, and the AFI or the EAS bit of whatever passes.

- Posts one GateAlarmed for each passage of a secured tag, with the book's content where the tag
  stayed long enough to be read; the alarm never waits for a second try.
- By AFI: all new tags are asked for it before any is read: a walker is in the field for 0.3 s. A tag
  that does not answer is asked again at each inventory for as long as it is there.
- By EAS: a poll costs one EAS alarm and no inventory. Where it sounds, the tags in the field are asked
  one by one, which names the book; where none admits it, the alarm has no UID.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from drivers.device import Post
from drivers.errors import DriverError
from drivers.events import DeviceBack, GateAlarmed, TagContent
from drivers.gate.passage import Passage
from drivers.line.line import OpenLine
from drivers.pad.feig import marks
from drivers.pad.feig.session import Session
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.presence import Presence
from drivers.tag.detect import decode


class FeigGate:
    """A `Gate` over the FEIG protocol. It takes no orders."""

    def __init__(
        self,
        settings: FeigSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
        *,
        filtered: bool = False,
    ) -> None:
        """`filtered`: the reader lists only tags whose AFI is that of books in stock."""
        self.name = settings.name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._filtered = filtered
        self._presence = Presence(settings.presence)
        self._passage = Passage(settings.presence)
        self._unasked: set[str] = set()
        self._alarmed: set[str] = set()
        """Tags of this passage whose alarm is told or owed."""
        self._owed: list[str] = []
        """UIDs whose alarm is owed; "" for one that nobody admits."""

    def abandon(self, post: Post) -> None:
        """Nothing: there are no orders."""

    def run(self, post: Post, stop: Event) -> None:
        line = self._open_line()
        try:
            session = Session(line, self._settings, self._clock)
            post(DeviceBack(self.name, session.introduce()))
            while not stop.is_set():
                if self._settings.security.by_afi:
                    self._ask_afi(session)
                if self._settings.security.by_eas:
                    self._ask_eas(session)
                self._alarm(session, post)
                stop.wait(self._pause_s())
        finally:
            line.close()

    def _pause_s(self) -> float:
        """Until the next look. A walker is there for 0.3 s: four looks of the slow kind, and after the first they are quick."""
        idle = self._passage.quiet and not self._presence.present
        return (self._settings.idle_pause_ms if idle else self._settings.poll_pause_ms) / 1000

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _ask_afi(self, session: Session) -> None:
        """Take one inventory and ask each new tag for its AFI."""
        found = session.inventory()
        changes = self._presence.observe(found.uids, self._now_ms(), complete=found.complete)
        self._unasked.difference_update(changes.gone)
        self._alarmed.difference_update(changes.gone)
        self._unasked.update(changes.came)
        for uid in [each for each in found.uids if each in self._unasked]:
            afi = self._settings.security.afi.in_stock if self._filtered else session.afi(uid)
            if isinstance(afi, DriverError):
                continue
            self._unasked.discard(uid)
            if self._settings.security.afi.secures(afi):
                self._owe(uid)

    def _ask_eas(self, session: Session) -> None:
        """Ask whether any EAS bit is on; where one is, whose it is."""
        sounds = session.eas_alarm()
        if self._passage.observe(sounds=sounds, now_ms=self._now_ms()):
            self._alarmed &= set(self._presence.present)
        if not sounds or not self._passage.unnamed:
            return
        named = [uid for uid in session.inventory().uids if marks.read_eas(session, uid) is True]
        for uid in named:
            self._owe(uid)
        if self._passage.asked(named=bool(named)):
            self._owe("")

    def _owe(self, uid: str) -> None:
        if uid not in self._alarmed:
            self._alarmed.add(uid)
            self._owed.append(uid)

    def _alarm(self, session: Session, post: Post) -> None:
        """Post what is secured, read or not: a reader that breaks in the middle does not swallow an alarm."""
        while self._owed:
            content: TagContent | None = None
            try:
                if self._owed[0]:
                    memory = session.read(self._owed[0], self._settings.blocks)
                    content = decode(memory) if isinstance(memory, bytes) else None
            finally:
                post(GateAlarmed(self.name, self._owed.pop(0), content))
