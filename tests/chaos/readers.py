"""Readers: in at the door, books back, books out, out again; each does what the screen and the lock allow.

They believe their eyes. A book that is shown as lent goes with them, every other one goes back on the shelf; a
book that is shown as returned stays, of the others some are taken home again. Nobody waits for long.
"""

from __future__ import annotations

import random
import threading
import time
import urllib.error
from collections.abc import Callable
from contextlib import suppress

from deploy.demo import configs as demo
from deploy.demo.network import WELCOME
from deploy.demo.seed.collection import SeedItem
from tests.chaos.diary import ONLINE, Carried, Diary, Watched
from tests.chaos.world import Kiosk

LOOK_S = 0.05
DOOR_S = 3.5
"""Somebody at the door waits so long after showing a card: the offline rule speaks after 2 s."""
WELCOME_S = 10.0
GREETING_S = 4.5
BOOKS_S = 8.0
"""The desk gives up after 3 s of silence, and tries a tag five times."""
CLEARED_S = 1.5
HURRY = 0.15
"""Of all readers, those who take their books away at once."""
HELD_OPEN = 0.5
"""Of those whom the door refuses, those whom somebody inside lets in."""
GIVES_UP = 0.5
"""Of books that were not taken back, those that are left on the shelf all the same."""


class Readers(threading.Thread):
    """The visits to one room, one after the other, until `stop`; all that they do comes from the seed."""

    def __init__(self, kiosk: Kiosk, diary: Diary, seed: int) -> None:
        super().__init__(name=f"readers of {kiosk.place.device}")
        self._kiosk = kiosk
        self._rig = kiosk.rig
        self._place = kiosk.place
        self._diary = diary
        self._chance = random.Random(f"{seed} {kiosk.place.device}")
        self._items = {item.barcode: item for item in _all_books()}
        self._leave = threading.Event()
        self.cause: BaseException | None = None
        """What ended the visits, where that was not `stop`."""

    def stop(self) -> None:
        """The visit that goes on is the last."""
        self._leave.set()

    def run(self) -> None:
        try:
            if self._kiosk.namespace:
                self._kiosk.namespace.join()
            with Watched(self._kiosk.screen_url, self._place.device, self._diary) as screen:
                while not self._leave.wait(self._chance.uniform(0.1, 1.0)):
                    self._visit(screen)
        except BaseException as cause:  # noqa: BLE001 - told by who waits for this thread
            self.cause = cause

    def _visit(self, screen: Watched) -> None:
        inside = self._come_in() if self._place.room.has_door else True
        self._diary.count(inside=inside)
        if not inside:
            return
        if _until(WELCOME_S, lambda: screen.shows(WELCOME)):
            self._return_books(screen)
            if _until(WELCOME_S, lambda: screen.shows(WELCOME)):
                self._borrow(screen)
        if self._place.room.has_door:
            self._go_out()

    # ------------------------------------------------------------ the door
    def _come_in(self) -> bool:
        card = self._chance.choice(self._place.readers).card
        self._rig.do(f"/cards/{card}/tap", device="door_scanner")
        if not _until(DOOR_S, lambda: not self._rig.state()["door"]["locked"]):
            if self._chance.random() > HELD_OPEN:
                return False
            self._rig.do("/door/exit")
        return self._walk("in", self._chance.choice((1, 1, 1, 2)))

    def _go_out(self) -> None:
        inside = self._rig.state()["people"]["inside"]
        self._rig.do("/door/exit")
        self._walk("out", min(inside, self._chance.choice((1, 1, 2))))

    def _walk(self, direction: str, persons: int) -> bool:
        if persons < 1 or not self._can("/door/push"):
            return False
        self._rig.do("/walk", direction=direction, persons=persons)
        time.sleep(self._chance.uniform(0.0, 0.3))
        self._rig.do("/door/close")
        return True

    def _can(self, path: str) -> bool:
        """Try what the door may not allow."""
        try:
            self._rig.do(path)
        except urllib.error.HTTPError as refused:
            refused.close()
            return False
        return True

    # ------------------------------------------------------------ the desk
    def _return_books(self, screen: Watched) -> None:
        books = self._diary.bring_back(self._place.device, self._chance.choice((0, 1, 2)))
        if not books:
            return
        items = frozenset(book.item.barcode for book in books)
        with screen.reader("", items):
            for book in books:
                self._rig.do("/books", **demo.book(book.item, secured=book.secured, place="pad"))
            self._watch(screen, items)
            _touch(screen, "done")
            for book in books:
                if "returned" in screen.shown(book.item.barcode) or self._chance.random() < GIVES_UP:
                    self._rig.do(f"/books/{book.item.uid}/place", place="shelf")
                else:
                    self._take_along(book.item, book.card, anywhere=book.anywhere)

    def _borrow(self, screen: Watched) -> None:
        reader = self._chance.choice(self._place.readers)
        shelf = [book["item"] for book in self._rig.state()["books"] if book["place"] == "shelf"]
        chosen = self._chance.sample(shelf, min(len(shelf), self._chance.choice((1, 2, 3))))
        items = frozenset(chosen)
        with screen.reader(reader.card, items):
            self._rig.do(f"/cards/{reader.card}/tap", device="scanner")
            if not _until(GREETING_S, lambda: screen.shows(f"{reader.name[0]}*")):
                return
            for item in chosen:
                self._rig.do(f"/books/{self._items[item].uid}/place", place="pad")
            self._watch(screen, items)
            online = {item for item, step in screen.steps.items() if step in ONLINE}
            _touch(screen, "done")
            for item in chosen:
                if screen.shown(item) & {"lent", "yours"}:
                    self._take_along(self._items[item], reader.card, anywhere=item in online)
                else:
                    self._rig.do(f"/books/{self._items[item].uid}/place", place="shelf")

    def _watch(self, screen: Watched, items: frozenset[str]) -> None:
        """Until something is shown of each book that stays so, or patience ends; then for the tags."""
        if self._chance.random() < HURRY:
            time.sleep(self._chance.uniform(0.1, 1.0))
            return
        _until(BOOKS_S, lambda: screen.is_settled(items))
        _until(CLEARED_S, lambda: not {"lent", "returned"} & set(screen.steps.values()))

    def _take_along(self, item: SeedItem, card: str, *, anywhere: bool) -> None:
        """Out of the room with it; its tag says what it says."""
        book = next(book for book in self._rig.state()["books"] if book["uid"] == item.uid)
        self._rig.remove(item.uid)
        self._diary.take_along(Carried(item, card, book["secured"], self._place.device, anywhere))


def _all_books() -> list[SeedItem]:
    from tests.chaos.configs import places

    return [item for place in places() for item in place.books]


def _touch(screen: Watched, action: str) -> None:
    """Touch the screen, if there is one."""
    with suppress(OSError):
        screen.touch(action)


def _until(patience_s: float, seen: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + patience_s
    while not seen():
        if time.monotonic() > give_up:
            return False
        time.sleep(LOOK_S)
    return True
