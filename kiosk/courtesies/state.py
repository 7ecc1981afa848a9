"""What goes on beside the session, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from kiosk.courtesy_effects import Book
from kiosk.effects import Place
from kiosk.veiled import Veiled
from wire.help_facts import Answer


# ---------------------------------------------------------------- slips and the goodbye
class Parting(Veiled, frozen=True):
    """A reader who goes: whether they want a slip, and what the screen still tells them. It knows nobody."""

    UNSEEN = frozenset({"renewed"})

    scans: bool = False
    """The code of the slip is shown; the session goes on beneath it."""
    prints: bool = False
    """A slip was asked for: it is printed when the session closes."""
    renewed: tuple[Book, ...] = ()
    """What goes on that slip beside the session's own books."""
    paid_fen: int = 0
    """What came in for this reader, in 分."""
    until_ms: int | None = None
    """Monotonic; the goodbye is shown until then. None: it is not."""
    slip: Literal["", "printing", "printed", "failed"] = ""
    """What became of the slip."""
    job: str = ""
    judged: bool = False
    """A face was touched."""


# ---------------------------------------------------------------- a call for help
class Said(Veiled, frozen=True):
    """One line of the conversation."""

    UNSEEN = frozenset({"text"})

    text: str = ""
    """The duty desk's; it may name somebody."""
    answer: Answer | None = None
    """Or the answer that the reader touched."""


class Call(Struct, frozen=True):
    """Somebody has called for help."""

    number: int
    place: Place
    end_at_ms: int
    """Monotonic; it ends then unless somebody says something."""
    said: tuple[Said, ...] = ()
    """The last lines, oldest first."""
    over: bool = False
    """The duty desk has ended it; its last line is still shown."""
    orphaned: bool = False
    """The session in which it was made is over: it ends as soon as somebody else begins one."""


# ---------------------------------------------------------------- prompts
Moment = tuple[str, int]
"""What is the case at a place, and a number that changes when it is the case anew: a second book that is done."""


class Courtesies(Struct, frozen=True):
    parting: Parting = Parting()
    call: Call | None = None
    calls: int = 0
    """Number of the last call."""
    moments: Mapping[Place, Moment] = {}
    """What was the case when it was last looked at."""
