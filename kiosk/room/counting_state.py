"""What the counting of a room remembers, as a value, and how it is kept on disk. Pure."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk.effects import Remember

COUNTING = "room.counting"
"""Name under which it is remembered, as JSON, in the same transaction as the facts that came of it."""
TOTALS = "room.counts"
"""Name of what older versions remembered: `entered left openings inside counter`, `-` where unknown."""


class Present(Struct, frozen=True):
    """A card that came in and was not shown on the way out."""

    reader: str
    """Pseudonym of the library card; empty: persons without one, as staff have counted."""
    shown: str
    """Pseudonym of what was shown: an identity card has one of its own."""
    persons: int
    """The reader and who came along."""
    since_ms: int
    """Since 1970 UTC, by central's clock."""


class Kept(Struct, frozen=True, omit_defaults=True):
    """What outlives the program."""

    entered: int | None = None
    left: int | None = None
    """The counter's totals last taken into facts; None: none were ever."""
    counter: str = ""
    """The device whose totals they are; empty: no longer known."""
    inside: int = 0
    """Persons inside, never below 0, as the room's settings reckon them."""
    known: bool = False
    """Something tells how many are inside."""
    by_counter: int = 0
    """The same by the counter alone."""
    present: tuple[Present, ...] = ()
    """The same by cards, where there is an exit reader; the first came first."""
    day: str = ""
    """ISO 8601 date in the room's zone to which `peak` belongs."""
    peak: int = 0
    """Most persons inside at once that day."""


KEPT: Callable[[Kept], tuple[Any, ...]] = attrgetter(*Kept.__struct_fields__)


class Grant(Struct, frozen=True):
    """A card for which the door was released and has not opened yet."""

    reader: str
    shown: str
    persons: int
    until_ms: int
    """Monotonic: a door that opens later opens for somebody else."""
    staff: bool = False
    shared: bool = False
    """The same card had just let somebody in."""


class Counting(Kept, frozen=True):
    """Who came in and went out."""

    limit: int | None = None
    """How many may be inside today, as it was when somebody came or went last; None: as many as come."""
    few: int = 3
    """Fewer than this are not told outside: `[room.counting] shown_from`."""
    suspect: tuple[int, int] | None = None
    """Totals that `entered` and `left` cannot have grown to: the next ones tell whether they stay there."""
    followed: bool = False
    """The counter was heard since the program began, and since it was lost last."""
    came_ms: tuple[int, ...] = ()
    """Monotonic times at which those inside by the counter came, the first first; without those of an earlier run."""
    grants: tuple[Grant, ...] = ()
    through: tuple[str, ...] = ()
    """Readers who came in by the opening that still lasts."""
    recent: tuple[tuple[str, int], ...] = ()
    """Readers and the monotonic time at which they came or went last, in the order of these."""
    due: int = 0
    """Persons whom a card has let in and whom the counter has not seen yet."""
    staff_due: int = 0
    """Staff among them."""
    due_until_ms: int = 0
    """Monotonic; until then those come in whom a card has let in."""
    ordered_until_ms: int = 0
    """The same of an order."""


def kept(counting: Counting) -> str:
    """What is remembered of it. Totals that stand in doubt are those that are gone on from."""
    told = Kept(*KEPT(counting))
    if counting.suspect:
        told = replace(told, entered=counting.suspect[0], left=counting.suspect[1])
    return msgspec.json.encode(told).decode()


def remembered(before: Counting, counting: Counting) -> tuple[Remember, ...]:
    """Kept in the same transaction as the facts that came of it, where it has changed."""
    same = KEPT(before) == KEPT(counting)
    return () if same and before.suspect == counting.suspect else (Remember(COUNTING, kept(counting)),)


def recall(remembered: Callable[[str], str | None]) -> Counting:
    """What `kept` has kept, or an older version; nothing where there is none, or none that can be read."""
    text = remembered(COUNTING)
    if text is None:
        return _older((remembered(TOTALS) or "").split())
    try:
        return msgspec.json.decode(text, type=Counting)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Counting()


def _older(words: list[str]) -> Counting:
    try:
        entered, left, _, inside = (None if word == "-" else int(word) for word in words[:4])
    except ValueError:
        return Counting()
    counter = "".join(words[4:5]).strip("-")
    return Counting(entered, left, counter, inside or 0, known=bool(counter), by_counter=inside or 0)
