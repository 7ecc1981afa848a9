"""The reader at the desk, as a value: who stands there, which books lie there, how far each one is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from drivers.events import CardShown
from kiosk.events import Goes, Reader
from kiosk.veiled import Veiled


class Phase(StrEnum):
    IDLE = "idle"
    """Nobody there, no book that concerns us."""
    OPEN = "open"
    """Books lie there, nobody has shown a card: lent ones are returned, the others wait for a card."""
    IDENTIFYING = "identifying"
    """A card was shown, the ILS is being asked."""
    IDENTIFIED = "identified"
    """The reader is known; every book that is laid down is lent to them."""
    ENDING = "ending"
    """No more books are taken; the session closes when the last answer is in."""
    OUT_OF_ORDER = "out_of_order"
    """A required device is away, or the kiosk is Broken. Leaves when the station says so."""


class Step(StrEnum):
    """How far one book is."""

    INCOMPLETE = "incomplete"
    """Some parts of the set are not there yet."""
    CHECKING = "checking"
    """The ILS is asked what it is (no card was shown)."""
    SENSING = "sensing"
    """The ILS is silent, or not to be asked yet: the tags are asked whether the book is in stock."""
    MENDING = "mending"
    """Its tags were not secured after its return: that comes before anything else."""
    WAITING = "waiting"
    """In stock; will be lent when a card is shown."""
    LENDING = "lending"
    LENT = "lent"
    """Lent; the tag is being cleared, or could not be (`fault`)."""
    CLEARED = "cleared"
    """Lent and the gate will be silent: the end."""
    READ_HERE = "read_here"
    """Lent within the building: its tags stay secured, and `fault` says so. The end."""
    RETURNING = "returning"
    RETURNED = "returned"
    """Taken back; the tag is being secured, or could not be (`fault`)."""
    SECURED = "secured"
    """Taken back and secured: the end."""
    REFUSED = "refused"
    """`fault` says why."""
    OWED = "owed"
    """The ILS did not answer about this loan and the rule does not lend it; `fault` tells the reader what to do."""


IN_FLIGHT = frozenset({Step.CHECKING, Step.SENSING, Step.LENDING, Step.RETURNING})
"""An answer of the ILS or of the pad is owed to us, or to the reader."""


class Tag(Struct, frozen=True):
    """One tag of a book."""

    uid: str
    part: int
    present: bool = True
    """It lies on the pad now."""
    changed: bool = False
    """Its security was written as wanted, and read back."""
    writing: bool = False
    tries: int = 0
    sensing: bool = False
    """The pad is asked for its security."""
    in_stock: bool | None = None
    """What its security said; None: not asked, or it did not say."""


class Line(Struct, frozen=True):
    """One book of this session, a line on the screen. A set of several parts is one line."""

    item: str
    """Item number; empty where the tag could not be read (`fault` is tag_unreadable)."""
    parts: int
    tags: tuple[Tag, ...]
    step: Step
    ask: int = 0
    txn: str = ""
    title: str = ""
    call_number: str = ""
    due: str = ""
    fault: int | None = None
    asked: bool = False
    """The ILS was asked about `txn`, and may have done it."""
    renewed: bool = False
    """It was the reader's already, and may be kept longer."""
    code: CardShown | None = None
    """What was scanned, where no tag told of it."""
    lacks: tuple[str, ...] = ()
    """Items of the same set that did not come along, as the ILS told them."""
    goes: Goes = ""
    sort_bin: str = ""
    """Door of the cabinet, or bin of the sorter, for what came back."""
    offline: bool = False
    """It changed hands by the kiosk's own rule: the ILS is told later."""

    def present(self) -> bool:
        """At least one of its tags is on the pad; what was scanned has none."""
        return not self.tags or any(tag.present for tag in self.tags)

    def complete(self) -> bool:
        """All parts of the set are on the pad; what was scanned is whole."""
        return not self.tags or not self.missing()

    def missing(self) -> tuple[int, ...]:
        """Numbers of the parts that are not on the pad; as many as are wanting where the numbers do not say."""
        there = {tag.part for tag in self.tags if tag.present}
        wanting = [part for part in range(1, self.parts + 1) if part not in there]
        return tuple(wanting[: max(self.parts - len(there), 0)])

    def has(self, uid: str) -> bool:
        return any(tag.uid == uid for tag in self.tags)

    def with_tag(self, tag: Tag) -> Line:
        """This line with `tag` in the place of the one of the same uid."""
        return replace(self, tags=tuple(tag if t.uid == tag.uid else t for t in self.tags))


class Notice(Struct, frozen=True):
    """Something to tell whoever stands there, whoever it is: a refused card."""

    fault: int
    until_ms: int
    """Monotonic."""


class Session(Veiled, frozen=True):
    """The whole state of the desk. Its text is without the card that is being asked about: it may be an identity card's."""

    UNSEEN = frozenset({"card"})

    phase: Phase = Phase.IDLE
    reader: Reader | None = None
    card: str = ""
    """The card that is being asked about (IDENTIFYING)."""
    scanned: bool = False
    """`card` came as a code that may be a book's."""
    card_ask: int = 0
    """Number of the question about `card`; books may be asked about after it."""
    next_card: CardShown | None = None
    """Shown while the last session was ending; asked about when it has ended."""
    lines: tuple[Line, ...] = ()
    """In the order in which the books were laid down."""
    stale: frozenset[str] = frozenset()
    """Tags left on the pad by the last reader, or there when the kiosk started: ignored until lifted once."""
    quiet_until_ms: int = 0
    """Monotonic; out of order until then, while the pad tells what lies there from before. 0: not up yet."""
    serving: bool = True
    """What the station said last."""
    run: str = "00000000"
    """Eight hexadecimal digits, random for each run of the program: the head of every `txn`."""
    ask: int = 0
    """Number of the last question; even here, odd at the door."""
    end_at_ms: int | None = None
    """Monotonic; the session ends then unless something happens."""
    opened_ms: int = 0
    """Monotonic, when the reader was welcomed."""
    notice: Notice | None = None
    why: Literal["", "done", "idle", "broken", "stopped"] = ""
    """Why it is ending."""
    loans: int = 0
    returns: int = 0
    refusals: int = 0

    @property
    def visit(self) -> int:
        """Tells one reader's time at the desk from another's; 0 while nobody is signed in."""
        return self.opened_ms

    def find(self, fits: Callable[[Line], bool]) -> Line | None:
        return next((line for line in self.lines if fits(line)), None)

    def keep(self, line: Line) -> Session:
        """The session with this line in its place, or added as the newest."""
        uids = {tag.uid for tag in line.tags}
        for place, old in enumerate(self.lines):
            if any(old.has(uid) for uid in uids) or (not old.tags and old.item == line.item):
                return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]))
        return replace(self, lines=(*self.lines, line))

    def drop(self, line: Line) -> Session:
        return replace(self, lines=tuple(other for other in self.lines if other != line))
