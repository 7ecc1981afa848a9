"""The room's things: books and where they lie, cards, people. Bytes and devices are elsewhere.

Thread-safe: the page, the API and every antenna look at it and change it at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from drivers.emulators.air import EmulatedTag
from drivers.rig.config import Book, Card, Place

DSFID = {"iso28560-2": 0x06, "iso28560-3": 0x3E}
AFI_IN_STOCK, AFI_LENT = 0x07, 0xC2
PASSAGE_S = 1.5
"""How long the bag is within the gate's field at a stroll."""


class Impossible(Exception):  # noqa: N818 - a verdict on what somebody tried
    """It cannot happen in this room now. `args[0]` names why, for `drivers.rig.texts`."""


class Unknown(Impossible):
    """No such book, card or device."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One book as it lies there."""

    book: Book
    tag: EmulatedTag
    place: Place

    @property
    def secured(self) -> bool:
        """What its tag says by now."""
        return self.tag.afi == AFI_IN_STOCK


class World:
    """Who and what is in the room."""

    def __init__(
        self,
        books: Iterable[Book] = (),
        cards: Iterable[Card] = (),
        inside: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = Lock()
        self._clock = clock
        self._books = {book.uid: _laid(book) for book in books}
        self._cards = {card.number: card for card in cards}
        self._inside = inside
        self._passing_until = float("-inf")

    # ------------------------------------------------------------ books
    @property
    def books(self) -> Sequence[Lying]:
        """All books, those laid down last behind the others."""
        with self._lock:
            return tuple(self._books.values())

    def lay(self, uid: str, place: Place) -> None:
        """Take a book and lay it down somewhere.

        Raises:
            Unknown: no such book.
        """
        with self._lock:
            lying = self._take(uid)
            self._books[uid] = Lying(lying.book, lying.tag, place)

    def lay_pile(self, origin: Place, place: Place) -> None:
        """Take all books of one place and lay them down at another, at once."""
        with self._lock:
            for uid, lying in list(self._books.items()):
                if lying.place == origin:
                    self._books[uid] = Lying(self._take(uid).book, lying.tag, place)

    def bring(self, book: Book) -> None:
        """A book that was not here before.

        Raises:
            Impossible: its tag is in the room already.
            Misuse: its tag cannot be encoded.
        """
        lying = _laid(book)
        with self._lock:
            if book.uid in self._books:
                raise Impossible("book_is_here")
            self._books[book.uid] = lying

    def remove(self, uid: str) -> None:
        """A book leaves for good.

        Raises:
            Unknown: no such book.
        """
        with self._lock:
            self._take(uid)

    def _take(self, uid: str) -> Lying:
        lying = self._books.pop(uid, None)
        if lying is None:
            raise Unknown("unknown_book")
        return lying

    def tags_at(self, place: Place) -> Sequence[EmulatedTag]:
        """What an antenna at that place reaches. The gate reaches the bag while somebody passes."""
        with self._lock:
            carried = place == "gate" and self._is_passing()
            reached = {place, "bag"} if carried else {place}
            return tuple(lying.tag for lying in self._books.values() if lying.place in reached)

    # ------------------------------------------------------------ people
    @property
    def cards(self) -> Sequence[Card]:
        return tuple(self._cards.values())

    def card(self, number: str) -> Card:
        """The card with that number.

        Raises:
            Unknown: nobody carries it.
        """
        try:
            return self._cards[number]
        except KeyError:
            raise Unknown("unknown_card") from None

    @property
    def inside(self) -> int:
        with self._lock:
            return self._inside

    @property
    def passing(self) -> bool:
        """Somebody is between the pedestals of the gate, bag in hand."""
        with self._lock:
            return self._is_passing()

    def _is_passing(self) -> bool:
        return self._clock() < self._passing_until

    def walk(self, entering: int = 0, leaving: int = 0) -> None:
        """Persons come in or go out, through the gate.

        Raises:
            Impossible: more want to leave than are inside.
        """
        with self._lock:
            if self._inside + entering < leaving:
                raise Impossible("nobody_inside")
            self._inside += entering - leaving
            self._passing_until = self._clock() + PASSAGE_S


class Antenna:
    """The field of a reader at one place of the world."""

    def __init__(self, world: World, place: Place) -> None:
        self._world = world
        self._place = place

    def tags(self) -> Sequence[EmulatedTag]:
        return self._world.tags_at(self._place)


def _laid(book: Book) -> Lying:
    tag = EmulatedTag(
        book.uid,
        bytearray(book.memory()),
        afi=AFI_IN_STOCK if book.secured else AFI_LENT,
        dsfid=DSFID[book.model],
        eas=book.secured,
    )
    return Lying(book, tag, book.place)
