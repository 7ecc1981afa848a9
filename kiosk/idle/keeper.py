"""Asks central what is new, hour after hour, and keeps the answer and its pictures.

- One thread from `start` to `stop`; `look` returns at once; `tell` must not block.
- `start` tells what is on disk before it returns: the screen is whole without a line, and after a restart.
- A request blocks for ATTEMPT_S at most; `stop` cuts the one that is under way.
- What was told is whole: its pictures are on disk, or were tried.
- Central away is nobody's fault here: what is kept stands, and is tried again after RETRY_S.
- The first attempt, and one after `look`, wait up to SPREAD_S, by chance: a thousand kiosks do not come at once.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread

import structlog

from kiosk.config import Central
from kiosk.https import Asker, Missed
from kiosk.idle.shelf import Shelf
from wire import idle
from wire.envelope import Malformed
from wire.idle import COVERS, MAX_COVER_OCTETS, MAX_IDLE_OCTETS, Idle

HOUR_S = 3600.0
RETRY_S = 300.0
SPREAD_S = 60.0
FIRST_S = 5.0
"""Where nothing is kept: a new kiosk is one, and a thousand are not new at once."""
ATTEMPT_S = 10.0

Tell = Callable[[Idle], None]

log = structlog.get_logger(__name__)


class Keeper:
    """The idle screen's news of one kiosk. See the contract at the module's head."""

    def __init__(
        self, settings: Central, folder: Path, tell: Tell, jitter: Callable[[], float] = random.random
    ) -> None:
        """A keeper, not yet started.

        Args:
            settings: where central serves, and by which certificates.
            folder: where things are kept; made where it is missing.
            tell: takes what is to be shown.
            jitter: a number from 0 to 1, by chance.
        """
        self._central = Asker(settings, ATTEMPT_S)
        self.shelf = Shelf(folder)
        self._tell = tell
        self._jitter = jitter
        self._due_s = math.inf
        self._news = Condition()
        self._stopped = False
        self._thread = Thread(target=self._work, name="idle", daemon=True)

    def start(self) -> None:
        """Tell what is on disk, then begin to ask. Started once."""
        kept = self.shelf.load()
        if kept:
            self._tell(kept)
        self.look(SPREAD_S if kept else FIRST_S)
        self._thread.start()

    def look(self, within_s: float = SPREAD_S) -> None:
        """Something has changed at central: ask soon, and no later than was meant before."""
        with self._news:
            self._due_s = min(self._due_s, time.monotonic() + within_s * self._jitter())
            self._news.notify()

    def stop(self) -> None:
        """End and join."""
        with self._news:
            self._stopped = True
            self._news.notify()
        self._central.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        while self._wait():
            try:
                self._ask()
                after_s = HOUR_S * (1 + self._jitter() / 10)
            except (Missed, Malformed, OSError) as cause:
                log.info("no news for the idle screen", cause=str(cause))
                after_s = RETRY_S * (1 + self._jitter())
            with self._news:
                self._due_s = time.monotonic() + after_s

    def _wait(self) -> bool:
        """Until it is time; False at the end."""
        with self._news:
            while not self._stopped and (wait_s := self._due_s - time.monotonic()) > 0:
                self._news.wait(wait_s)
            return not self._stopped

    def _ask(self) -> None:
        news = idle.idle(self._central.ask("GET", idle.PATH, MAX_IDLE_OCTETS))
        self.shelf.keep(news)
        for name in self.shelf.missing(news):
            if self._stopped:
                return
            try:
                self.shelf.keep_cover(name, self._central.ask("GET", COVERS + name, MAX_COVER_OCTETS))
            except (Missed, Malformed) as cause:  # the book is shown without it
                log.info("no cover", cause=str(cause))
        self._tell(news)
