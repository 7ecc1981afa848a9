"""A page of the screen as a value: every word chosen, nothing drawn yet."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.effects import Place
from kiosk.events import Action, Mode, Purpose
from kiosk.screen.idle import Slide

Layout = Literal["welcome", "visit", "sign", "account", "keypad", "register", "goodbye", "scan"]
"""welcome: the two ways to begin; visit: who, how many, the books; sign: one thing to read from afar;
account: who, how many, and lists with buttons of their own; keypad: digits to be typed;
register: what is wanted of somebody who becomes a reader, or the terms."""

Tone = Literal["calm", "busy", "good", "warn", "alarm"]
"""Chooses colours. An icon and a word always say the same."""

Icon = Literal[
    "again",
    "book",
    "borrow",
    "card",
    "card_no",
    "check",
    "clock",
    "cloud",
    "coin",
    "door",
    "find",
    "face_1",
    "face_2",
    "face_3",
    "fire",
    "help",
    "lock",
    "look",
    "parts",
    "phone",
    "return",
    "rest",
    "walk",
    "work",
]
"""A symbol of `templates/icons.svg`."""


class Choice(Struct, frozen=True):
    """A button of one row."""

    action: Action
    about: str
    words: str


class Row(Struct, frozen=True, kw_only=True):
    """One book."""

    key: str
    """The same for the same book as long as it is on the page."""
    title: str
    named: bool
    """The title is the book's own, not a stand-in for it."""
    state: str
    icon: Icon
    tone: Tone
    note: str = ""
    """What the reader should know or do: a due date, a reason."""
    item: str = ""
    """The book's number, where its cover may be asked for by it."""
    cover: str = ""
    """SHA-256 of its picture; empty: none is known."""
    code: str = ""
    """The fault's number, for whoever is called to help."""
    choice: Choice | None = None


class Section(Struct, frozen=True):
    """A list under a heading of its own."""

    heading: str
    rows: tuple[Row, ...]


class Keypad(Struct, frozen=True):
    """A line to be typed, digit by digit."""

    purpose: Purpose
    label: str
    send: str
    """On the button that sends it off."""
    delete: str
    clear: str
    digits: int
    """At most."""
    hidden: bool = True
    """Shown as dots."""


class Steps(Struct, frozen=True):
    """The way of several pages, and how far along one is."""

    names: tuple[str, ...]
    at: int
    """From 0; as many as there are names: all are done."""
    words: str
    """`3 / 4`, for a screen reader."""
    who: str = ""
    """Whose way it is, masked."""


class Leaf(Struct, frozen=True):
    """A text to be read to its end."""

    paragraphs: tuple[str, ...]
    language: str


class Tally(Struct, frozen=True):
    """A number to be read from two metres."""

    number: int
    words: str


class Notice(Struct, frozen=True):
    """Something to tell whoever stands there."""

    words: str
    code: str


class Countdown(Struct, frozen=True):
    """The session is about to end by itself."""

    end_at_ms: int
    """Monotonic, by the clock of the snapshot."""
    whole_ms: int
    """How long the full ring stands for."""


class Button(Struct, frozen=True):
    action: Action
    words: str
    main: bool = False
    """The one that most people want."""
    about: str = ""
    """Comes back with the touch."""


class Chip(Struct, frozen=True):
    """A remark beside the title: something is away, and whether that matters here."""

    words: str
    icon: Icon
    tone: Tone


class Cue(Struct, frozen=True):
    """Two numbers; the browser plays a short sound when one grows from one page to the next."""

    good: int = 0
    attention: int = 0


class Answer(Struct, frozen=True):
    """What a reader can answer the duty desk by a touch."""

    about: str
    words: str


class Face(Struct, frozen=True):
    """One of three judgements."""

    about: str
    """`1`, `2` or `3`: the worst first."""
    words: str


class Help(Struct, frozen=True, kw_only=True):
    """A call for help, at the foot of whichever page there is."""

    heading: str
    """While nobody has said anything."""
    said: tuple[tuple[str, str], ...] = ()
    """Who, and what; the last two."""
    phone: str = ""
    answers: tuple[Answer, ...] = ()
    end: str


GREETS = frozenset({"identified", "account", "fees", "held"})
"""Scenes whose heading is a reader's name."""


class Page(Struct, frozen=True, kw_only=True):
    """Everything that one screen shows at one moment, in one language."""

    place: Place
    scene: str
    """Which of the kiosk's situations this is; for tests and for people who read the source of a page."""
    layout: Layout
    tone: Tone
    icon: Icon
    language: str
    heading: str
    advice: str = ""
    code: str = ""
    remark: str = ""
    """A quiet line below all that."""
    tallies: tuple[Tally, ...] = ()
    rows: tuple[Row, ...] = ()
    """Newest first."""
    sections: tuple[Section, ...] = ()
    keypad: Keypad | None = None
    steps: Steps | None = None
    leaf: Leaf | None = None
    notice: Notice | None = None
    countdown: Countdown | None = None
    buttons: tuple[Button, ...] = ()
    chip: Chip | None = None
    calls: bool = False
    """There is a button that calls for help."""
    help: Help | None = None
    """Somebody here has called."""
    slips: tuple[Button, ...] = ()
    """The slip: printed, or as a code."""
    qr: str = ""
    """Text of a code to be scanned."""
    faces: tuple[Face, ...] = ()
    slides: tuple[Slide, ...] = ()
    """Beside the welcome, one at a time."""
    holds: bool = False
    """A title of the catalogue is kept for whoever stands there, or for who shows a card."""
    catalogue: bool = False
    """Whoever stands there may look for a book."""
    registers: bool = False
    """Whoever has no card may become a reader."""
    cue: Cue = Cue()
    modes: frozenset[Mode] = frozenset()
    """What whoever stands there has switched on."""
    visit: int = 0
    """`Session.visit`; comes back with each touch."""

    @property
    def said(self) -> str:
        """What a screen reader says when the page has changed. Never a name: people stand around."""
        counts = [f"{tally.number} {tally.words}" for tally in self.tallies]
        first = [] if self.scene in GREETS else [self.heading]
        last = [self.notice.words if self.notice else self.advice]
        return " ".join(part for part in (*first, *counts, *last) if part)
