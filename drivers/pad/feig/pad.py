"""The FEIG pad: tags come and go, their content is read once, their security is written and read back.

- `secure`, `sense` and `encode` never block; each is carried out between two readings and answered by one event.
- Each new tag costs one reading, is posted before the next is read, and costs nothing after it.
- A tag whose reading fails is tried again while it lies there; then it is posted without content.
  One that leaves unread was never there: neither TagSeen nor TagGone.
- What lay on the pad is remembered while the reader is lost: a tag that stayed is not seen again,
  one that left is gone once the reader is back.
- A poll with nothing new costs one inventory; as many of them in a row as make a tag gone also show
  that the pad has settled, once all that they found was read.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import cast

from drivers.bell import Bell
from drivers.device import Post
from drivers.errors import DriverError, Gone, Misbehaved, Misuse
from drivers.events import (
    DeviceBack,
    EncodeVerdict,
    PadSettled,
    TagContent,
    TagEncoded,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from drivers.line.line import OpenLine
from drivers.pad.feig import marks
from drivers.pad.feig.session import Session
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.presence import Presence
from drivers.tag.detect import decode
from drivers.tag.security import Shown

Answer = TagWritten | TagSensed | TagEncoded


@dataclass(frozen=True, slots=True)
class _Order:
    uid: str
    secured: bool | None
    """What to write; None: only read."""


@dataclass(frozen=True, slots=True)
class _Encoding:
    content: TagContent
    progress: Path


class FeigPad:
    """A `Pad` over the FEIG protocol."""

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
        self._orders: deque[_Order | _Encoding] = deque()
        self._bell = Bell()
        self._presence = Presence(settings.presence)
        self._unread: dict[str, int] = {}
        """Tags that are there and not yet posted: readings that failed so far."""
        self._unsettled = 0
        """Complete inventories without anybody else that the pad still owes before it has settled."""

    def secure(self, uid: str, secured: bool) -> None:
        self._order(_Order(uid, secured))

    def sense(self, uid: str) -> None:
        self._order(_Order(uid, None))

    def encode(self, content: TagContent, progress: Path) -> None:
        self._order(_Encoding(content, progress))

    def _order(self, order: _Order | _Encoding) -> None:
        self._orders.append(order)
        self._bell.ring()

    def abandon(self, post: Post) -> None:
        for _ in range(len(self._orders)):  # not those that the answers provoke
            post(self._refusal(self._orders.popleft(), Gone("the pad is lost")))

    def run(self, post: Post, stop: Event) -> None:
        line = self._open_line()
        try:
            session = Session(line, self._settings, self._clock)
            post(DeviceBack(self.name, session.introduce()))
            self._unsettled = self._settings.presence.missed
            while not stop.is_set():
                for uid in self._poll(session, post):
                    self._obey(session, post)
                    if stop.is_set():
                        return
                    self._read(session, uid, post)
                self._obey(session, post)
                idle = not self._presence.present and not self._unsettled
                pause_ms = self._settings.idle_pause_ms if idle else self._settings.poll_pause_ms
                if self._bell.wait(pause_ms / 1000):
                    self._obey(session, post)
        finally:
            line.close()

    def _poll(self, session: Session, post: Post) -> list[str]:
        """Take one inventory; the tags to be read now."""
        found = session.inventory()
        changes = self._presence.observe(found.uids, int(self._clock() * 1000), complete=found.complete)
        for uid in changes.gone:
            if self._unread.pop(uid, None) is None:
                post(TagGone(self.name, uid))
        self._unread.update(dict.fromkeys(changes.came, 0))
        self._settle(post, came=bool(changes.came), complete=found.complete)
        return [uid for uid in self._unread if uid in found.uids]

    def _settle(self, post: Post, *, came: bool, complete: bool) -> None:
        """A tag at the edge misses an inventory or two: as many in a row as make one gone prove that nobody else is there."""
        if not self._unsettled:
            return
        again = came or not complete
        left = self._settings.presence.missed if again else self._unsettled
        left -= 1 if complete else 0
        self._unsettled = max(left, 1) if self._unread else left
        if not self._unsettled:
            post(PadSettled(self.name))

    def _read(self, session: Session, uid: str, post: Post) -> None:
        self._unread[uid] += 1
        memory = session.read(uid, self._settings.blocks)
        content: TagContent | None = None
        if isinstance(memory, bytes):
            content = decode(memory)
        elif self._unread[uid] < self._settings.read_tries:
            return
        del self._unread[uid]
        post(TagSeen(self.name, uid, content))

    def _obey(self, session: Session, post: Post) -> None:
        """Carry out the orders. One that the line breaks stays in the inbox, for `abandon`."""
        while self._orders:
            order = self._orders[0]
            try:
                answer = self._carry_out(session, order)
            except Misuse as refused:
                answer = self._refusal(order, refused)
            self._orders.popleft()
            post(answer)

    def _carry_out(self, session: Session, order: _Order | _Encoding) -> Answer:
        if isinstance(order, _Encoding):
            return self._encode(session, order)
        if order.secured is not None:
            wanted = self._settings.security.wanted(order.secured)
            return TagWritten(self.name, order.uid, order.secured, self._secure(session, order.uid, wanted))
        shown = marks.read(session, order.uid, self._settings.security)
        if isinstance(shown, DriverError):
            return self._refusal(order, shown)
        return TagSensed(self.name, order.uid, self._settings.security.meaning(shown))

    def _encode(self, session: Session, order: _Encoding) -> TagEncoded:
        """One attempt at the tag that lies there alone, held by its UID from the first look to the last block."""
        from drivers.probe.encoding import attempt  # what staff use once in a while is not held in memory

        item = order.content.item
        outcome = attempt(session, order.content, order.progress, self._settings.security)
        uid = outcome.uids[0] if outcome.uids else ""
        verdict = cast("EncodeVerdict", outcome.verdict)  # the others are of lists alone
        return TagEncoded(self.name, item, verdict, uid, outcome.detail)

    def _refusal(self, order: _Order | _Encoding, error: DriverError) -> Answer:
        if isinstance(order, _Encoding):
            return TagEncoded(self.name, order.content.item, "failed", detail=error.text)
        if order.secured is None:
            return TagSensed(self.name, order.uid, None, error)
        return TagWritten(self.name, order.uid, order.secured, error)

    def _secure(self, session: Session, uid: str, wanted: Shown) -> DriverError | None:
        """Write and read back, a bounded number of times; None once the tag shows what was asked for."""
        error: DriverError | None = None
        for _ in range(self._settings.write_tries):
            refused = marks.write(session, uid, wanted)
            shown = marks.read(session, uid, self._settings.security)
            if shown == wanted:
                return None
            seen = shown if isinstance(shown, DriverError) else Misbehaved(f"the tag shows {shown}")
            error = refused or seen
        return error
