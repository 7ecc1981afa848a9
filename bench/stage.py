"""The demo's 24-hour room as a person lives in it: each verb is done at the rig and timed by what is seen.

Times are milliseconds, from just before the rig is asked until the stream has brought what a person
sees. Every verb leaves the room as the next one needs it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

from bench.stream import Stream
from deploy.demo.network import ROOM24, Network
from deploy.demo.seed.collection import SeedItem, collection
from deploy.demo.visit import DidNotHappen
from deploy.demo.web import Console, Rig, Screen
from wire.faults import fault, number

FREE = ('data-scene="idle"', 'data-scene="goodbye"')
"""The next reader may begin."""
STEP_S = 0.15
"""Somebody walks in through the door: the unit is looked at every 20 ms."""
ROW = re.compile(r'class="row tone-(\w+)[^"]*" data-key="([^"]*)"')
FIRE = fault(number("fire_active")).title.zh

Pile = Sequence[SeedItem]


@dataclass(frozen=True, slots=True)
class Stage:
    """The room, and three pages that look at it."""

    rig: Rig
    kiosk: Screen
    room: Stream
    """The rig's page."""
    screen: Stream
    """The kiosk's, at the desk."""
    fleet: Stream
    """The technician's first."""
    cards: Iterator[str]
    """Of readers who may borrow, in turn: one card again at once is the same showing to a scanner."""

    # ------------------------------------------------------------ the rig itself
    def move(self) -> float:
        """A book is put into an empty bag: what the rig and its stream take by themselves."""
        book = self.rig.state()["books"][0]["uid"]
        begun = time.monotonic()
        self.rig.do(f"/books/{book}/place", place="bag")
        ended = self.room.first("a book in the bag", begun, lambda room: '"place":"bag"' in room)
        self.rig.do(f"/books/{book}/place", place="shelf")
        return _ms(begun, ended)

    # ------------------------------------------------------------ the door
    def enter(self) -> float:
        """A card at the door: until the lock is released. Then in, so that it is shut and secured again."""
        _pause(0.3)
        begun = time.monotonic()
        self.rig.do(f"/cards/{next(self.cards)}/tap", device="door_scanner")
        ended = self.room.first("the lock released", begun, lambda room: '"locked":false' in room)
        self.rig.do("/door/push")
        time.sleep(STEP_S)
        self.rig.do("/door/close")
        self.room.first("the lock secured", ended, lambda room: '"locked":true' in room)
        return _ms(begun, ended)

    # ------------------------------------------------------------ the desk
    def identify(self) -> None:
        """The next reader's card at the desk."""
        begun = time.monotonic()
        self.rig.do(f"/cards/{next(self.cards)}/tap", device="scanner")
        self.screen.first("a greeting", begun, lambda page: 'data-scene="identified"' in page)

    def done(self) -> None:
        """The reader says so."""
        begun = time.monotonic()
        self.kiosk.touch("done")
        self.screen.first("a free desk", begun, lambda page: any(scene in page for scene in FREE))

    def lend(self, book: SeedItem) -> tuple[float, float]:
        """One book: until its line stands on the screen, and until that says lent and cleared. It is lifted."""
        _pause(0.05)
        begun = time.monotonic()
        self.rig.do(f"/books/{book.uid}/place", place="pad")
        line = self.screen.first("its line", begun, lambda page: book.barcode in _tones(page))
        cleared = self.screen.first("cleared", begun, lambda page: _tones(page).get(book.barcode) == "good")
        self._check([book], secured=False)
        self.rig.do(f"/books/{book.uid}/place", place="shelf")
        return _ms(begun, line), _ms(begun, cleared)

    def lay_down(self, pile: Pile, *, secured: bool) -> float:
        """A pile at once: until all of it is done with, lent or `secured` again. It is lifted."""
        for book in pile:
            self.rig.do(f"/books/{book.uid}/place", place="bag")
        barcodes = {book.barcode for book in pile}
        _pause(0.05)
        begun = time.monotonic()
        self.rig.do("/pile", **{"from": "bag", "to": "pad"})
        ended = self.screen.first("all done with", begun, lambda page: barcodes <= _good(page))
        self._check(pile, secured=secured)
        self.rig.do("/pile", **{"from": "pad", "to": "shelf"})
        return _ms(begun, ended)

    def _check(self, pile: Pile, *, secured: bool) -> None:
        """The tags themselves say what the screen says."""
        shown = {book["uid"]: book["secured"] for book in self.rig.state()["books"]}
        if any(shown[book.uid] is not secured for book in pile):
            raise DidNotHappen("the tags changed")

    # ------------------------------------------------------------ the technician
    def alarm(self) -> float:
        """The fire contact is tripped: until the fleet's page says so. It is reset."""
        _pause(0.3)
        begun = time.monotonic()
        self.rig.do("/fire", active=True)
        ended = self.fleet.first("fire at the console", begun, lambda said: FIRE in said)
        self.rig.do("/fire", active=False)
        self.fleet.first("no fire at the console", ended, _quiet)
        return _ms(begun, ended)


@contextmanager
def stage(up: Network) -> Iterator[Stage]:
    """The room of a network that is up, its bag empty."""
    rig, screen, web = up.rig(ROOM24), up.screen(ROOM24), up.url("web")
    console = Console(web, "technician", up.secrets.logins["technician"])
    at = Rig(rig)
    at.do("/pile", **{"from": "bag", "to": "shelf"})
    good = {one.card for one in collection().readers if one.state == "good" and not one.fees_fen}
    cards = [card["number"] for card in at.state()["cards"] if card["number"] in good]
    with (
        Stream(f"{rig}/events?look_ms=2") as room,
        Stream(f"{screen}/desk/stream") as page,
        Stream(f"{web}/fleet/live", console.cookie) as fleet,
    ):
        yield Stage(at, Screen(screen), room, page, fleet, cycle(cards))


def lendable(item: SeedItem) -> bool:
    """Anybody may borrow it."""
    seed = collection()
    taken = {loan.item.barcode for loan in seed.loans}
    waited_for = {hold.title.id for hold in seed.holds}
    free = item.barcode not in taken and item.title.id not in waited_for
    return free and (item.type, item.status) == ("book", "available")


def _tones(page: str) -> dict[str, str]:
    """How each book's line looks, by its barcode."""
    return {barcode: tone for tone, barcode in ROW.findall(page)}


def _good(page: str) -> set[str]:
    return {barcode for barcode, tone in _tones(page).items() if tone == "good"}


def _quiet(said: str) -> bool:
    return "event: problems" in said and FIRE not in said


def _pause(longest_s: float) -> None:
    """Where in their cycles pad and door unit are when a run begins is left to chance."""
    time.sleep(random.uniform(longest_s / 2, longest_s))


def _ms(begun: float, ended: float) -> float:
    return (ended - begun) * 1000
