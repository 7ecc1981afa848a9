"""What the kiosk does for whoever stands there beside lending: a slip of paper, a spoken prompt. Part of `kiosk.effects`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Book:
    """One book that was dealt with."""

    title: str
    """Its item number where nobody has told the title."""
    due: str = ""
    """ISO 8601 date where the ILS's form is known, else its text; empty for a return."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, in no language. Lives until it is printed, or its reader has gone."""

    at_ms: int
    """Wall clock, since 1970 UTC."""
    name: str = field(default="", repr=False)
    """Masked; empty where nobody showed a card."""
    lent: tuple[Book, ...] = field(default=(), repr=False)
    renewed: tuple[Book, ...] = field(default=(), repr=False)
    returned: tuple[Book, ...] = field(default=(), repr=False)
    paid_fen: int = 0

    @property
    def empty(self) -> bool:
        """There is nothing to write down."""
        return not (self.lent or self.renewed or self.returned or self.paid_fen)


@dataclass(frozen=True, slots=True)
class Print:
    """Print it. Answered by Printed."""

    job: str
    receipt: Receipt
    language: str
    """BCP 47; empty: the branch's first."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say a prompt, ending the one that is being said there. Answered by Spoken."""

    prompt: str
    """As the voice's file of prompts names it."""
    place: Literal["desk", "door"]
    language: str
    """BCP 47; empty: the branch's first."""
    words: str = ""
    """What a synthesiser reads where that file does not name it."""


Courtesy = Print | Say
