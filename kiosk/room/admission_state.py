"""What the door knows of who stands outside, and of who came in last, as a value. No repr tells a card."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.events import Reader
from wire.admission import Mark, Role
from wire.facts import DecidedBy

Wanted = Literal["pin", "companions"]


class Entrant(Struct, frozen=True):
    """Somebody whose card is good."""

    reader: Reader
    by: DecidedBy
    role: Role = "reader"
    marks: tuple[Mark, ...] = ()


class Question(Struct, frozen=True):
    """What whoever stands outside has to say before the door is released."""

    entrant: Entrant
    wants: Wanted
    until_ms: int
    """Monotonic; who has not said it by then shows the card again."""
    most: int = 0
    """So many companions may come along."""


class Came(Struct, frozen=True):
    """A card that lets somebody in, or has."""

    reader: str
    """Pseudonym of the library card."""
    shown: str
    """Pseudonym of what was shown: an identity card has one of its own."""
    persons: int = 1
    """The reader and who came along."""
    at_ms: int = 0
    """Monotonic; when the door opened for it."""
    left: int | None = None
    """How many had gone out by then, by the counter."""


class Wrong(Struct, frozen=True):
    """PINs of one card that were wrong lately."""

    reader: str
    times: int
    until_ms: int
    """Monotonic; after too many nobody may try before."""


class KeptOut(Struct, frozen=True, array_like=True):
    """Why the room did not let a reader in when the ILS was asked last."""

    fault: int
    told: str | int | None = None
    """What the ILS said of them, of which that came: their type, age, debts in fen, or the terms they had accepted.
    None: nobody remembers.
    """


class Admission(Struct, frozen=True):
    """A field of `kiosk.room.state.Room`. Of it `kept_out` alone outlives the program."""

    question: Question | None = None
    released: Came | None = None
    """The card for which the door is released and has not opened yet."""
    came: tuple[Came, ...] = ()
    """The last ones, the newest last."""
    wrong: tuple[Wrong, ...] = ()
    kept_out: dict[str, KeptOut] = {}
    """By pseudonym, the newest last."""
