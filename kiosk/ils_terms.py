"""What all questions of one terminal share, and when an answer is one. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect

A = TypeVar("A", bound=Message)


class NoAnswer(Exception):  # noqa: N818 - a verdict on the peer
    """What came is no answer to what was asked; the line is not to be believed any more."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What all questions of one terminal share."""

    institution: str
    location: str
    dialect: Dialect
    pseudonym: Callable[[str], str]


def meant(kind: type[A], answer: Message) -> A:
    """The answer, where it is of this kind.

    Raises:
        NoAnswer: it is not.
    """
    if not isinstance(answer, kind):
        raise NoAnswer(f"{answer.layout.id} where {kind.layout.id} is meant")
    return answer


def same_item(named: str, asked: str) -> None:
    """Nothing, where the answer is about the item that was asked about, or about none.

    Raises:
        NoAnswer: it is about another.
    """
    if named.strip() not in {"", asked.strip()}:
        raise NoAnswer("an answer about another item")
