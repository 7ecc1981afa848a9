"""What the kiosk remembers of readers and tags, so that it can go on by itself. Pure.

- **Readers** whom the ILS called good, by pseudonym: no card and no name, and in which way they took a slip last. Each is
  forgotten when their time is over, when the ILS refuses them, or when too many came after them.
- **Wishes**: how the tags of a book should be, where they could not be written so. Staff and the gate know of
  them from `tag.unchanged`; a `tag.changed` ends a wish.
- **Central's clock**, told by each watermark and carried on by our monotonic one, which does not jump.

All but the clock outlive the program: every change goes with a `Remember` in the same transaction as its facts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import islice, takewhile
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock import RELEASE_MS, Now
from kiosk.effects import AnyEffect, Remember, of_kinds
from kiosk.events import Reader
from kiosk.veiled import Veiled
from wire import facts

MAX_READERS = 20_000
"""A branch's regular readers; about 60 octets each on disk."""
AT_ONCE = 16
"""Readers forgotten in one step at most: a clock that is ahead by a year for a minute does not clear out all."""
MAX_WISHES = 1_000
"""More books whose tags fail are a broken pad, of which staff hear otherwise."""
DAY_MS = 86_400_000
READERS = "reader:"
"""Head of the names under which readers are remembered: `until_ms borrows type`; a slip's letter follows `borrows`."""
WISHES = "tag:"
"""Head of the names under which wishes are remembered: 1 secured, 0 lent."""
Slip = Literal["", "print", "scan"]
LETTERS: Mapping[Slip, str] = {"": "", "print": "p", "scan": "s"}
SLIPS: Mapping[str, Slip] = {letter: slip for slip, letter in LETTERS.items()}
TAGS = frozenset({facts.TagUnchanged, facts.TagChanged})
"""Facts that make a wish, or end it."""


class Known(Struct, frozen=True):
    """A reader as the ILS described them last."""

    type: str
    borrows: bool
    until_ms: int
    """By central's clock."""
    slip: Slip = ""
    """On paper or as a code, as they took it last; empty: they never did."""


class Memory(Veiled, frozen=True):
    """See the module's head. Its text is without the readers."""

    UNSEEN = frozenset({"readers"})

    readers: Mapping[str, Known] = {}
    """By pseudonym, the one seen longest ago first."""
    wishes: Mapping[str, bool] = {}
    """item → whether its tags should be secured; those of earlier runs first, then the oldest."""
    ahead_ms: int | None = None
    """Central's wall clock less our monotonic one. None: not heard in this run, or not believed."""

    def time_ms(self, now: Now) -> int:
        """Since 1970 UTC, by central's clock as well as it is known."""
        return now.wall_ms if self.ahead_ms is None else now.mono_ms + self.ahead_ms

    def timed(self, ahead_ms: int | None) -> Memory:
        """Central's wall clock is so far before our monotonic one; None: it is not believed."""
        return self if ahead_ms == self.ahead_ms else replace(self, ahead_ms=ahead_ms)

    def clock_set(self, now: Now) -> bool:
        """Whether a date may be told to anybody."""
        return self.time_ms(now) >= RELEASE_MS

    def knows(self, pseudonym: str, now: Now, known_days: float) -> Known | None:
        """A reader whose time is not over. Where it ends later than any can, it was told by a wrong clock."""
        known = self.readers.get(pseudonym)
        if known is None or not self.clock_set(now):
            return known
        left_ms = known.until_ms - self.time_ms(now)
        return known if 0 < left_ms <= known_days * DAY_MS + DAY_MS else None


Stepped = tuple[Memory, tuple[AnyEffect, ...]]


# ---------------------------------------------------------------- readers
def meet(memory: Memory, reader: Reader, now: Now, known_days: float) -> Stepped:
    """The ILS called this reader good. Some whose time is over go, or else the oldest above the bound."""
    at_ms, before = memory.time_ms(now), memory.knows(reader.pseudonym, now, known_days)
    until_ms = at_ms + int(known_days * DAY_MS)
    known = Known(facts.clip(reader.type, 64), reader.borrows, until_ms, before.slip if before else "")
    readers = dict(memory.readers)
    readers.pop(reader.pseudonym, None)
    readers[reader.pseudonym] = known
    effects: tuple[AnyEffect, ...] = (Remember(READERS + reader.pseudonym, _written(known)),)
    over = takewhile(lambda name: readers[name].until_ms <= at_ms, readers)
    for name in list(islice(over, AT_ONCE)) or _surplus(readers, MAX_READERS):
        del readers[name]
        effects += (Remember(READERS + name, None),)
    return replace(memory, readers=readers), effects


def bar(memory: Memory, pseudonym: str) -> Stepped:
    """The ILS lets this reader in, and lends them nothing."""
    known = memory.readers.get(pseudonym)
    if known is None or not known.borrows:
        return memory, ()
    barred = replace(known, borrows=False)
    readers = {**memory.readers, pseudonym: barred}
    return replace(memory, readers=readers), (Remember(READERS + pseudonym, _written(barred)),)


def prefer(memory: Memory, pseudonym: str, slip: Slip) -> Stepped:
    """This reader takes a slip in this way."""
    known = memory.readers.get(pseudonym)
    if known is None or known.slip == slip:
        return memory, ()
    taken = replace(known, slip=slip)
    readers = {**memory.readers, pseudonym: taken}
    return replace(memory, readers=readers), (Remember(READERS + pseudonym, _written(taken)),)


def part_with(memory: Memory, pseudonym: str) -> Stepped:
    """The ILS has refused this reader."""
    if pseudonym not in memory.readers:
        return memory, ()
    readers = {name: known for name, known in memory.readers.items() if name != pseudonym}
    return replace(memory, readers=readers), (Remember(READERS + pseudonym, None),)


# ---------------------------------------------------------------- tags
def note(memory: Memory, effects: Collection[AnyEffect]) -> Stepped:
    """What the facts of one step tell of tags."""
    wishes, changes = dict(memory.wishes), dict[str, str | None]()
    for fact in of_kinds(effects, TAGS):
        match fact:
            case facts.TagUnchanged(item=item, secured=secured) if item:
                wishes.pop(item, None)
                wishes[item], changes[item] = secured, str(int(secured))
            case facts.TagChanged(item=item) if item in wishes:
                del wishes[item]
                changes[item] = None
    for item in _surplus(wishes, MAX_WISHES):
        del wishes[item]
        changes[item] = None
    if not changes:
        return memory, ()
    return replace(memory, wishes=wishes), tuple(Remember(WISHES + i, wish) for i, wish in changes.items())


# ---------------------------------------------------------------- across runs
def recall(readers: Mapping[str, str], wishes: Mapping[str, str]) -> Memory:
    """What the journal has kept: name → value, under READERS and under WISHES. What is no value is nobody's."""
    found: dict[str, Known] = {}
    for name, value in readers.items():
        with suppress(ValueError):
            found[name.removeprefix(READERS)] = _read(value)
    return Memory(
        readers=dict(sorted(found.items(), key=lambda entry: entry[1].until_ms)),
        wishes={name.removeprefix(WISHES): value == "1" for name, value in wishes.items()},
    )


def _surplus(entries: Mapping[str, object], most: int) -> list[str]:
    """The oldest ones above the bound."""
    return list(entries)[: max(len(entries) - most, 0)]


def _written(known: Known) -> str:
    return f"{known.until_ms} {int(known.borrows)}{LETTERS[known.slip]} {known.type}"


def _read(value: str) -> Known:
    until_ms, borrows, reader_type = value.split(" ", 2)
    return Known(reader_type, borrows[:1] == "1", int(until_ms), SLIPS.get(borrows[1:], ""))
