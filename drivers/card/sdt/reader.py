"""A reader of identity cards.

- Posts `IdCardShown` once for each showing: the card must leave before it is told again.
- Posts `CardRefused` where a card was there and cannot be read: `removed`, `unreadable`, or `unknown` for a
  kind of card whose layout is not known.
- What is on the card goes into the event and nowhere else; to know a card again, a keyed digest of its number
  is held in memory. The photo never gets this far.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import blake2b
from threading import Event

from drivers.card.sdt.session import Session
from drivers.card.sdt.settings import SdtSettings
from drivers.device import Post, Signal
from drivers.errors import Gone, Misbehaved, Unsupported
from drivers.events import ID_CARD, CardRefused, DeviceBack, IdCard, IdCardShown, Refusal
from drivers.line.line import OpenLine

DIGEST_OCTETS = 16


class SdtReader:
    """A `drivers.device.CardReader`."""

    def __init__(
        self,
        name: str,
        settings: SdtSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._salt = os.urandom(DIGEST_OCTETS)
        self._told: bytes | Refusal = b""
        """The digest of the card that was told last, or why it was refused."""
        self._there_at = 0.0
        """When that was last there."""

    def signal(self, signal: Signal) -> None:
        """Nothing: the protocol has no lamp."""

    def abandon(self, post: Post) -> None:
        """Nothing: there are no orders."""

    def run(self, post: Post, stop: Event) -> None:
        line = self._open_line()
        try:
            session = Session(line, clock=self._clock)
            post(DeviceBack(self.name, self._identity(session)))
            while not stop.is_set():
                if session.find():
                    self._tell(self._read(session), post)
                stop.wait(self._settings.poll_ms / 1000)
        finally:
            line.close()

    def _identity(self, session: Session) -> str:
        number, wanted = session.identify(), self._settings.module
        if wanted and number != wanted:
            raise Misbehaved(f"SAM_V {number}: it is another one, {wanted} is configured")
        return f"SAM_V {number}"

    def _read(self, session: Session) -> IdCard | Refusal:
        try:
            if not session.select():
                return "removed"
            return session.read() or "removed"
        except (Gone, Misbehaved):
            why: Refusal = "unreadable"
        except Unsupported:
            why = "unknown"
        session.identify()  # raises where it is the reader that is unwell
        return why

    def _tell(self, read: IdCard | Refusal, post: Post) -> None:
        now = self._clock()
        known = self._digest(read) if isinstance(read, IdCard) else read
        again = known == self._told and now - self._there_at <= self._settings.again_ms / 1000
        self._told, self._there_at = known, now
        if again:
            return
        post(
            IdCardShown(self.name, read)
            if isinstance(read, IdCard)
            else CardRefused(self.name, ID_CARD, read)
        )

    def _digest(self, card: IdCard) -> bytes:
        return blake2b(card.number.encode(), key=self._salt, digest_size=DIGEST_OCTETS).digest()
