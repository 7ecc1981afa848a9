"""What the parts of the room that make alarms remember, as values."""

from __future__ import annotations

from msgspec import Struct

from wire.alarm_facts import Drill

Pair = tuple[int, str]
"""A fault and the device that it is about."""


class Book(Struct, frozen=True):
    """A book that has alarmed and is not inside again."""

    uid: str
    item: str


class Gate(Struct, frozen=True):
    until_ms: int | None = None
    """Monotonic; the last alarm stands until then."""
    ask: int = 0
    """Number of the last question to the library system."""
    asked: tuple[tuple[int, Book], ...] = ()
    """Questions under way."""
    away: tuple[Book, ...] = ()
    """The last that went out with an alarm."""
    lent: tuple[tuple[str, int], ...] = ()
    """Items lent here lately, and when (monotonic); the last is the newest."""


class Tailing(Struct, frozen=True):
    let_in: int = 0
    """Persons whom cards have let in and whom the counter has not seen yet."""
    until_ms: int = 0
    """Monotonic; until then they come."""
    ordered_until_ms: int = 0
    """Monotonic; until then an order lets in whoever comes."""
    over_ms: int | None = None
    """Monotonic; the alarm that somebody slipped in is over then."""


class Watching(Struct, frozen=True):
    due_ms: int | None = None
    """Monotonic; by then the unit is to show the lock without power."""
    ends_ms: int | None = None
    """Monotonic; by then somebody is to have opened the door."""
    unopened: int = 0
    """Releases in a row after which nobody did."""
    open_ms: int | None = None
    """Monotonic, since when the door stands open in a closed room."""


class Drilling(Struct, frozen=True):
    drill: Drill | None = None
    until_ms: int = 0
    """Since 1970 UTC, by central's clock: it is over then, whoever has forgotten it."""


class Signalling(Struct, frozen=True):
    shown: frozenset[Pair] = frozenset()
    """Faults that stand and whose signal was given."""
    lit: bool | None = None
    """How the light was asked for last; None: it was not, or its board has been away since."""
    prompts: tuple[str, ...] = ()
    """What is to be said of alarms, in the step in which this changes; it stays until the part is stepped again."""
