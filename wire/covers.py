"""What a kiosk asks central about the books that lie before it: which picture belongs to which.

`POST /covers` over the line on which lists are fetched: HTTPS, with the device's certificate. The pictures are fetched
by `GET /covers/{sha256}`, as those of the idle screen are (`wire.idle`). It says which books, never whose, and stands
in no log.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from wire.envelope import UNDECODABLE, Malformed
from wire.idle import Digest
from wire.learn import learn

PATH = "/covers"
MAX_ITEMS = 20
"""In one question: the largest pile that a pad reads at once."""
MAX_ITEM_CHARACTERS = 64
MAX_QUESTION_OCTETS = 4096
MAX_ANSWER_OCTETS = 2048
"""Twenty hashes with their quotation marks and commas are 1.4 kB."""


class Question(Struct, frozen=True):
    """Item numbers of books."""

    items: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=MAX_ITEM_CHARACTERS)], ...],
        Meta(min_length=1, max_length=MAX_ITEMS),
    ]


class Answer(Struct, frozen=True):
    """A picture of each, in the order of the question."""

    covers: Annotated[tuple[Digest, ...], Meta(max_length=MAX_ITEMS)]
    """SHA-256, by which it is fetched; empty where the catalogue has none."""


def question(octets: bytes) -> Question:
    """Raises Malformed: no question."""
    return _read(octets, Question, MAX_QUESTION_OCTETS)


def answer(octets: bytes, asked: int) -> Answer:
    """The answer to a question about so many items.

    Raises:
        Malformed: none, or of another number.
    """
    told = _read(octets, Answer, MAX_ANSWER_OCTETS)
    if len(told.covers) != asked:
        raise Malformed(f"{len(told.covers)} answers to {asked} questions")
    return told


_Read = TypeVar("_Read", Question, Answer)


def _read(octets: bytes, kind: type[_Read], limit: int) -> _Read:
    if len(octets) > limit:
        raise Malformed(f"{len(octets)} octets, {limit} at most")
    try:
        return msgspec.json.decode(octets, type=kind)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None


learn(Question, Answer)
