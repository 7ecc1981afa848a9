"""Asks central for the covers of the books that lie on the pad, and keeps the pictures.

- `known` and `cover` return at once and never fail: a line of the screen stands without its cover until there is one.
- One thread from `start` to `stop` asks; a request blocks it for ATTEMPT_S at most, and `stop` cuts it.
- Item numbers go to central, never a reader, a card or a time; which book has which cover is kept in memory alone.
- On disk are pictures under their own hashes, KEPT at most; what power has torn there is as if it were not there.
- Central away, or no cover there, is nobody's fault: it is asked again after RETRY_S, or HOUR_S, where it is shown then.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Condition, Thread

import msgspec
import structlog

from kiosk.config import Central
from kiosk.https import Asker, Missed
from wire import covers, idle
from wire.covers import MAX_ITEM_CHARACTERS, MAX_ITEMS, Question
from wire.envelope import Malformed
from wire.idle import COVERS, MAX_COVER_OCTETS

ATTEMPT_S = 5.0
RETRY_S = 60.0
HOUR_S = 3600.0
KEPT = 200
"""Pictures on disk, 19 MiB at most; the oldest goes first."""
REMEMBERED = 512
"""Books whose cover, or its want, is known."""

Cover = Callable[[str], bytes | None]
"""A picture by its hash."""

log = structlog.get_logger(__name__)


class Covers:
    """The covers of one kiosk's pad. See the contract at the module's head."""

    def __init__(self, settings: Central, folder: Path, others: Cover = lambda _name: None) -> None:
        """Covers, not yet asked for.

        Args:
            settings: where central serves, and by which certificates.
            folder: where pictures are kept; made where it is missing.
            others: pictures that are on disk for another reason, as long as that lasts.
        """
        self._central = Asker(settings, ATTEMPT_S)
        self._folder = folder
        self._others = others
        self._tell: Callable[[], None] = lambda: None
        self._found: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """Item → its picture, or none; and until when that stands (monotonic)."""
        self._wanted: dict[str, None] = {}
        self._news = Condition()
        self._stopped = False
        self._thread = Thread(target=self._work, name="covers", daemon=True)

    def start(self, tell: Callable[[], None]) -> None:
        """Begin to ask; `tell` hears of each cover that is there and must not block. Started once."""
        self._tell = tell
        self._thread.start()

    def stop(self) -> None:
        """End and join."""
        with self._news:
            self._stopped = True
            self._news.notify()
        self._central.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def known(self, items: Sequence[str]) -> dict[str, str]:
        """The pictures of those that have one here; the others are asked for."""
        now_s = time.monotonic()
        with self._news:
            new = [item for item in items if self._found.get(item, ("", 0.0))[1] < now_s]
            self._wanted |= dict.fromkeys(item for item in new if len(item) <= MAX_ITEM_CHARACTERS)
            if self._wanted:
                self._news.notify()
            return {item: found[0] for item in items if (found := self._found.get(item)) and found[0]}

    def cover(self, name: str) -> bytes | None:
        """A picture by its hash; None where there is none. The caller has looked that the name is a hash."""
        return self._kept(name) or self._others(name)

    # ------------------------------------------------------------ its own thread
    def _work(self) -> None:
        while items := self._next():
            try:
                self._ask(items)
            except (Missed, Malformed, OSError) as cause:
                log.info("no covers", cause=str(cause))
                self._learn(dict.fromkeys(items, ""), RETRY_S)

    def _next(self) -> list[str]:
        """What to ask about, once there is something; nothing at the end."""
        with self._news:
            self._news.wait_for(lambda: self._wanted or self._stopped)
            return [] if self._stopped else list(self._wanted)[:MAX_ITEMS]

    def _ask(self, items: list[str]) -> None:
        question = msgspec.json.encode(Question(tuple(items)))
        octets = self._central.ask("POST", covers.PATH, covers.MAX_ANSWER_OCTETS, question)
        told = dict(zip(items, covers.answer(octets, len(items)).covers, strict=True))
        self._learn({item: "" for item, name in told.items() if not name}, HOUR_S)
        for item, name in told.items():
            if name:
                self._fetch(item, name)

    def _fetch(self, item: str, name: str) -> None:
        """Have the picture of one book here, and tell of it."""
        try:
            if self._kept(name) is None:
                octets = self._others(name) or self._central.ask("GET", COVERS + name, MAX_COVER_OCTETS)
                self._keep(name, octets)
        except (Missed, Malformed) as cause:  # the others may be had all the same
            log.info("no cover", cause=str(cause))
            self._learn({item: ""}, RETRY_S)
            return
        self._learn({item: name}, HOUR_S)
        self._tell()

    def _learn(self, found: dict[str, str], for_s: float) -> None:
        """Remember these; a cover that was there stands where nothing better is known."""
        until_s = time.monotonic() + for_s
        with self._news:
            for item, name in found.items():
                self._found[item] = (name or self._found.get(item, ("", 0.0))[0], until_s)
                self._found.move_to_end(item)
                self._wanted.pop(item, None)
            while len(self._found) > REMEMBERED:
                self._found.popitem(last=False)

    def _kept(self, name: str) -> bytes | None:
        with suppress(OSError), (self._folder / name).open("rb") as file:
            octets = file.read(MAX_COVER_OCTETS)
            if sha256(octets).hexdigest() == name:
                return octets
        return None

    def _keep(self, name: str, octets: bytes) -> None:
        """Put a picture among the others. Not synced: its name tells whether it is whole.

        Raises:
            Malformed: too large, no picture, or not the one that was named.
            OSError: the disk does not take it.
        """
        idle.picture(octets)
        if sha256(octets).hexdigest() != name:
            raise Malformed("another picture than was named")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._folder / name).write_bytes(octets)
        there = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        for file in there[:-KEPT]:
            file.unlink(missing_ok=True)
