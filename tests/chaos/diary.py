"""What readers were shown, and the books that they carry: the promises that the audit holds the system to."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from deploy.demo.seed.collection import SeedItem
from deploy.demo.web import Screen
from kiosk.screen.words import Texts, texts
from kiosk.session.state import Step

ROW = re.compile(
    r'data-key="([^"]*)"(?:(?!data-key).)*?<p class="state">([^<]*)</p>(?:\s*<p class="note"><bdi>([^<]*)</bdi>)?',
    re.DOTALL,
)
"""Item, what became of it, and the note below."""
ONLINE = frozenset({"lent", "cleared"})
LENT = ONLINE | {"granted"}
BACK = frozenset({"returned", "secured", "taken"})
"""Steps by which a reader is told that a book is lent, or back."""
BUSY = frozenset({"checking", "sensing", "mending", "lending", "returning"})

What = Literal["lent", "yours", "returned"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One book, shown as lent to a reader or as returned."""

    device: str
    item: str
    card: str
    what: What
    at_ms: int
    """By the wall clock."""


@dataclass(slots=True)
class Carried:
    """A book that a reader has taken along."""

    item: SeedItem
    card: str
    secured: bool
    """What its tag says."""
    device: str
    """Where it came from."""
    anywhere: bool
    """It may be returned at any room."""


class Diary:
    """Promises in their order, and the books outside of all rooms. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.promises: list[Promise] = []
        self.carried: list[Carried] = []
        self.visits = 0
        self.refused = 0
        """Visits that ended at the door."""

    def note(self, promise: Promise) -> None:
        with self._lock:
            self.promises.append(promise)

    def count(self, *, inside: bool) -> None:
        with self._lock:
            self.visits += 1
            self.refused += not inside

    def take_along(self, book: Carried) -> None:
        with self._lock:
            self.carried.append(book)

    def bring_back(self, device: str, most: int) -> list[Carried]:
        """Books that somebody comes to return here."""
        with self._lock:
            fit = [book for book in self.carried if book.anywhere or book.device == device][:most]
            self.carried = [book for book in self.carried if book not in fit]
            return fit


class Watched(Screen):
    """A kiosk's screen, every page of which is read: who stands there notes what is shown of their books."""

    def __init__(self, url: str, device: str, diary: Diary) -> None:
        self._device = device
        self._diary = diary
        self._card = ""
        self._mine: frozenset[str] = frozenset()
        self._shown: set[tuple[str, What]] = set()
        self.steps: dict[str, str] = {}
        """Of each book on the present page."""
        super().__init__(url)

    @property
    def text(self) -> str:
        """The present page."""
        return self._text

    @text.setter
    def text(self, page: str) -> None:
        self._text = page
        self.steps = {item: _step(words, note) for item, words, note in ROW.findall(page)}
        for item, step in self.steps.items():
            what = _promised(step)
            if what and item in self._mine and (item, what) not in self._shown:
                self._shown.add((item, what))
                now_ms = time.time_ns() // 1_000_000
                self._diary.note(Promise(self._device, item, self._card, what, now_ms))

    @contextmanager
    def reader(self, card: str, items: frozenset[str]) -> Iterator[None]:
        """Within it somebody stands there with these books; without a card to return them."""
        self._card, self._mine, self._shown = card, items, set()
        try:
            yield
        finally:
            self._mine = frozenset()

    def shown(self, item: str) -> set[What]:
        """What was shown of a book to who stands there."""
        return {what for shown, what in self._shown if shown == item}

    def is_settled(self, items: frozenset[str]) -> bool:
        """Something that will not change by itself is shown of each book."""
        return all(self.steps.get(item, "checking") not in BUSY for item in items)


def _step(words: str, note: str) -> str:
    """What a row says; a loan that is registered later is `granted`."""
    step = STEPS.get(words, "")
    return "granted" if step in ONLINE and note.endswith(LATER) else step


def _promised(step: str) -> What | None:
    if step in LENT | {"again"}:
        return "lent"
    if step in BACK:
        return "returned"
    return "yours" if step == "yours" else None


def _steps(words: Texts) -> dict[str, str]:
    rows = words.rows
    known = {said: Step(step).value for step, said in rows.steps.items()}
    return known | {rows.yours: "yours", rows.lay_again: "again", rows.soon: "lending", rows.taken: "taken"}


STEPS = _steps(texts("zh-CN"))
"""By the words of a row."""
LATER = texts("zh-CN").rows.due_offline.rpartition("}")[2]
"""How the note of a loan ends that the library system does not know yet."""
