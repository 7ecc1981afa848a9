"""Staff at the machine, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

from drivers.events import EncodeVerdict


class Phase(StrEnum):
    OFF = "off"
    """Nobody of the staff; readers are served."""
    PIN = "pin"
    """A staff card was shown."""
    CHECKING = "checking"
    """A PIN was typed, and is looked at."""
    MENU = "menu"
    DEVICES = "devices"
    COUNTERS = "counters"
    TAGS = "tags"


ACTIVE = frozenset({Phase.MENU, Phase.DEVICES, Phase.COUNTERS, Phase.TAGS})
"""Card and PIN were right."""
Ending = Literal["restart", "shutdown"]


class Counts(Struct, frozen=True):
    """What staff empty and fill, since they did so last. Kept across restarts."""

    loans: int = 0
    returns: int = 0
    """Since the return box was emptied; loans since the same moment."""
    box_ms: int = 0
    """Wall clock, since 1970 UTC; 0: never."""
    slips: int = 0
    """Since paper was changed."""
    paper_ms: int = 0


class Lost(Struct, frozen=True):
    """A device that did not answer."""

    cause: str
    at_ms: int
    """Wall clock, since 1970 UTC."""


class Tagging(Struct, frozen=True):
    """Tags being written, book by book, as their numbers are scanned."""

    item: str = ""
    """The book whose tag is to be written; empty: its number is to be scanned."""
    asked: bool = False
    """The pad is at it."""
    verdict: EncodeVerdict | None = None
    """What the last attempt came to."""
    detail: str = ""
    again_at_ms: int = 0
    """Monotonic: the next attempt."""
    done: int = 0
    last: str = ""
    """The item that was written last."""


class Service(Struct, frozen=True):
    """The whole state of the service."""

    phase: Phase = Phase.OFF
    staff: str = ""
    """Pseudonym of the card."""
    ask: int = 0
    wrong: int = 0
    """PINs in a row that did not fit, of whichever card. Kept across restarts."""
    until_ms: int = 0
    """Monotonic: no PIN is looked at before."""
    end_at_ms: int | None = None
    """Monotonic: the service ends then unless something happens."""
    sign: bool = False
    """Out of order, because staff said so. Kept across restarts."""
    sure: Ending | None = None
    """One more touch does it."""
    heard: Mapping[str, str] = field(default_factory=dict)
    """Device → what it told last since staff came."""
    lost: Mapping[str, Lost] = field(default_factory=dict)
    """Device → why it was lost last in this run, also where it is back."""
    tested: Mapping[str, str] = field(default_factory=dict)
    """Device → how its own test ended; empty: it is under way."""
    tagging: Tagging = Tagging()
    counts: Counts = Counts()

    @property
    def stops(self) -> bool:
        """Readers are not served."""
        return self.sign or self.phase is not Phase.OFF
