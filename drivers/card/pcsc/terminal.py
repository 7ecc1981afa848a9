"""What a PC/SC reader is to the driver, whatever is behind it. Implementations: `drivers.line.pcsc_line`, tests.

- `wait` and `Card.transmit` block: the first as long as it is told to, the second as long as the card takes.
- Nothing is lost between two calls of `wait`: `Seen.changes` counts what happened meanwhile.
- `CardLeft` is the card's leaving, any other `Gone` the reader's or the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.errors import Gone


class CardLeft(Gone):
    """The card was taken away; the reader is well."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies on the reader."""

    present: bool
    changes: int
    """Cards that came or went since the service knows the reader, modulo 2**16."""
    mute: bool = False
    """A card is there and says nothing: upside down, no card of these, two of them at once."""


class Card(Protocol):
    """A card with which one can speak."""

    def transmit(self, command: bytes) -> bytes:
        """A command APDU's response: data, SW1, SW2.

        Raises:
            CardLeft: it was taken away.
            Misbehaved: it does not answer, or not by the rules.
            Gone: the reader or the service is gone.
        """

    def close(self, *, reset: bool = False) -> None:
        """Let go of the card. It keeps its power, or is reset: a key that did not fit leaves a card deaf."""


class Terminal(Protocol):
    """One reader, followed."""

    name: str
    """As the service calls it, with serial number and slot."""

    def wait(self, timeout_s: float) -> Seen:
        """What lies there, as soon as it is another thing than at the last call, at the latest after `timeout_s`.

        Raises:
            Gone: the reader was unplugged, or the service ended.
        """

    def connect(self) -> Card:
        """Begin to speak with the card.

        Raises:
            CardLeft: there is none.
            Misbehaved: it does not answer.
            Gone: the reader or the service is gone, or another program keeps the reader for itself.
        """

    def close(self) -> None:
        """Let go of the reader. May be called twice."""


Choose = Callable[[Sequence[str]], str]
"""Which of the readers there are is ours. Raises Gone where none is, Misuse where several could be."""
OpenTerminal = Callable[[Choose], Terminal]
"""Begins to follow the reader that was chosen. Raises Gone where there is no service, and what `Choose` raises."""
