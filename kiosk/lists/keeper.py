"""Fetches the lists that central announces, keeps them, and says which are in force.

- One thread from `start` to `stop`; `fetch` returns at once; `post` must not block (a queue's put).
- `start` posts the lists on disk before it returns: whoever feeds the queue later finds them in force.
- A list is in force once its file is on disk; until then the one before stands.
- A newer head takes the place of one that is being fetched; no other judgement of versions is made here.
- The first attempt waits up to SPREAD_S, by chance, so that a thousand kiosks do not come at once, for a small
  list a quarter of it; later ones back off to ten minutes, for ever.
- What is wrong with a body is told at once, a line that fails from the third attempt on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from drivers.pump import BackOff
from kiosk.central_events import ListMissed, ListsChanged
from kiosk.config import Central
from kiosk.effects import FetchList
from kiosk.events import KioskEvent
from kiosk.https import Missed
from kiosk.knowledge import InForce, Lists
from kiosk.lists.download import Download
from kiosk.lists.shelf import Shelf, believe
from wire.envelope import Malformed
from wire.ids import ListName
from wire.lists import NAMES
from wire.signing import Forged

SPREAD_S = 60.0
"""1,000 kiosks × 1.6 MB of 100,000 readers in this time are 27 MB/s."""
SMALL_OCTETS = 128 * 1024
"""Of such lists the handshakes are the work: 1,000 in 15 s are half of what one server process does."""
BACKOFF = BackOff(first_s=5.0, cap_s=600.0)
TOLD_AT = 3
"""Attempts on a line that fails before staff are told."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Wanted:
    """A list that is to be fetched."""

    effect: FetchList
    download: Download
    due_s: float
    """Monotonic time of the next attempt."""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """When attempts are made."""

    spread_s: float = SPREAD_S
    backoff: BackOff = field(default_factory=lambda: BACKOFF)
    jitter: Callable[[], float] = random.random

    def first_s(self, octets: int) -> float:
        """How long the first attempt at a body of this size waits."""
        spread_s = self.spread_s / 4 if octets <= SMALL_OCTETS else self.spread_s
        return spread_s * self.jitter()


class Keeper:
    """The lists of one kiosk. See the contract at the module's head."""

    def __init__(
        self,
        settings: Central,
        folder: Path,
        device: str,
        central: Ed25519PublicKey,
        highest: Mapping[ListName, int],
        post: Callable[[KioskEvent], None],
        *,
        pace: Pace | None = None,
    ) -> None:
        """A keeper, not yet started.

        Args:
            settings: where central serves the bodies, and by which certificates.
            folder: where they are kept; made where it is missing.
            device: this kiosk's name.
            central: the key that heads are checked with.
            highest: versions that were in force once; a file below its own is refused.
            post: takes ListsChanged and ListMissed.
            pace: when attempts are made.
        """
        self._settings = settings
        self._shelf = Shelf(folder, device, central)
        self._highest = highest
        self._post = post
        self._pace = pace or Pace()
        self._in_force: dict[ListName, InForce] = {}
        self._wanted: dict[ListName, Wanted] = {}
        self._news = Condition()
        self._running: Download | None = None
        self._stopped = False
        self._thread = Thread(target=self._work, name="lists", daemon=True)

    # ------------------------------------------------------------ any thread
    def start(self) -> None:
        """Post what is on disk, then begin to fetch. Started once."""
        for name in NAMES:
            self._load(name)
        if self._in_force:
            self._post(ListsChanged(Lists(dict(self._in_force))))
        self._thread.start()

    def fetch(self, effect: FetchList) -> None:
        """Fetch a list, soon; what is wanted already is not begun anew, nor given up for an older one."""
        with self._news:
            known = self._wanted.get(effect.head.name)
            if known is not None and known.effect.head.version >= effect.head.version:
                return
            due_s = time.monotonic() + self._pace.first_s(effect.head.octets)
            self._wanted[effect.head.name] = Wanted(effect, Download(self._settings, effect.head), due_s)
            self._news.notify()

    def stop(self, timeout_s: float = 8.0) -> bool:
        """Cut what is under way and join; True when the thread has ended."""
        with self._news:
            self._stopped = True
            self._news.notify()
            running = self._running
        if running is not None:
            running.abandon()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # ------------------------------------------------------------ the thread
    def _load(self, name: ListName) -> None:
        highest = self._highest.get(name, 0)
        found, why = self._look(name)
        if found is not None and found.body.version < highest:
            why = f"version {found.body.version}, {highest} was in force"
        if why:
            self._post(ListMissed(name, max(highest, 1), f"on disk: {why}"))
        elif found is not None:
            self._in_force[name] = found

    def _look(self, name: ListName) -> tuple[InForce | None, str]:
        """What is on disk, or why it cannot be believed."""
        try:
            return self._shelf.load(name), ""
        except (OSError, Malformed, Forged) as cause:
            return None, str(cause)

    def _work(self) -> None:
        while (wanted := self._next()) is not None:
            try:
                self._attempt(wanted)
            except Exception as bug:
                log.exception("a list failed")
                self._again(wanted, type(bug).__name__, tell=True)

    def _next(self) -> Wanted | None:
        """The wanted list whose time has come first; None at the end."""
        with self._news:
            self._running = None
            while not self._stopped:
                due = min(self._wanted.values(), key=lambda one: one.due_s, default=None)
                wait_s = None if due is None else due.due_s - time.monotonic()
                if due is not None and wait_s is not None and wait_s <= 0:
                    self._running = due.download
                    return due
                self._news.wait(wait_s)
            return None

    def _attempt(self, wanted: Wanted) -> None:
        wanted.attempts += 1
        head = wanted.effect.head
        try:
            octets = wanted.download.attempt()
            body = believe(octets, head)
            self._shelf.keep(head.name, wanted.effect.signed, octets)
        except Missed as cause:
            self._again(wanted, str(cause), tell=wanted.attempts >= TOLD_AT)
        except Malformed as cause:
            wanted.download.forget()
            self._again(wanted, str(cause), tell=True)
        except OSError as cause:
            self._again(wanted, f"disk: {cause.strerror}", tell=True)
        else:
            self._in_force[head.name] = InForce(body, head.expires_ms)
            self._done(wanted)
            self._post(ListsChanged(Lists(dict(self._in_force))))

    def _again(self, wanted: Wanted, why: str, *, tell: bool) -> None:
        head = wanted.effect.head
        log.info("list missed", name=head.name, version=head.version, why=why, attempt=wanted.attempts)
        wanted.due_s = time.monotonic() + self._pace.backoff.wait_s(wanted.attempts, self._pace.jitter())
        if tell and not self._stopped:
            self._post(ListMissed(head.name, head.version, why))

    def _done(self, wanted: Wanted) -> None:
        name = wanted.effect.head.name
        with self._news:
            if self._wanted.get(name) is wanted:
                del self._wanted[name]
