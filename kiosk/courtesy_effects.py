"""What the kiosk does for whoever stands there beside lending: a slip of paper, a spoken prompt. Part of `kiosk.effects`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kiosk.veiled import Veiled


class Book(Struct, frozen=True):
    """One book that was dealt with."""

    title: str
    """Its item number where nobody has told the title."""
    due: str = ""
    """ISO 8601 date where the ILS's form is known, else its text; empty for a return."""


class Receipt(Veiled, frozen=True):
    """What was done, in no language. Lives until it is printed, or its reader has gone."""

    UNSEEN = frozenset({"name", "lent", "renewed", "returned"})

    at_ms: int
    """Wall clock, since 1970 UTC."""
    name: str = ""
    """Masked; empty where nobody showed a card."""
    lent: tuple[Book, ...] = ()
    renewed: tuple[Book, ...] = ()
    returned: tuple[Book, ...] = ()
    paid_fen: int = 0

    @property
    def empty(self) -> bool:
        """There is nothing to write down."""
        return not (self.lent or self.renewed or self.returned or self.paid_fen)


class Print(Struct, frozen=True):
    """Print it. Answered by Printed."""

    job: str
    receipt: Receipt
    language: str
    """BCP 47; empty: the branch's first."""


class Say(Struct, frozen=True):
    """Say a prompt, ending the one that is being said there. Answered by Spoken."""

    prompt: str
    """As the voice's file of prompts names it."""
    place: Literal["desk", "door"]
    language: str
    """BCP 47; empty: the branch's first."""
    words: str = ""
    """What a synthesiser reads where that file does not name it."""


Courtesy = Print | Say
