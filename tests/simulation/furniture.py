"""How a world begins: books on shelves, some of them in readers' bags, and readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.pad import Tag
from tests.simulation.people import Book, Person
from tests.simulation.rules import KINDS

if TYPE_CHECKING:  # the world furnishes itself
    from tests.simulation.world import World

BOOKS = 40
PEOPLE = 12
"""For each room."""


def furnish(world: World) -> None:
    """Readers, one unknown to the library system and three barred; books, one in ten a set of two, some reserved."""
    library = world.library
    world.people = [Person(f"R{n:05d}") for n in range(PEOPLE * len(world.rooms))]
    library.cards = {person.card for person in world.people[1:]}
    library.blocked = {person.card for person in world.people[1:4]}
    library.traits = {person.card: KINDS[n % len(KINDS)] for n, person in enumerate(world.people)}
    for at, room in enumerate(world.rooms):
        room.shelf = [_book(world, at * BOOKS + n) for n in range(BOOKS)]
    library.owes = {person.card: world.chance.choice((0, 50, 300, 1250)) for person in world.people[4:]}
    for person in world.people[4:]:
        room = max(world.rooms, key=lambda room: len(room.shelf) + world.chance.random())
        for book in world.chance.sample(room.shelf, 2):
            room.shelf.remove(book)
            person.books.append(book)
            library.loans.lend(book.item, person.card, world.timeline.wall_ms)
            for tag in book.tags:
                tag.secured = False


def _book(world: World, number: int) -> Book:
    item, parts = f"B{number:07d}", 2 if world.chance.random() < 0.1 else 1
    world.library.titles[item] = f"书 {number}"
    if world.chance.random() < 0.03:
        world.library.reserved.add(item)
    tags = tuple(Tag(f"E004{number:08X}{part:04X}", item, parts, part) for part in range(1, parts + 1))
    book = Book(item, tags)
    world.books.append(book)
    return book
