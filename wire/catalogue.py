"""What a kiosk asks central's catalogue while somebody looks for a book, and what it is told.

`POST /catalogue` over the line on which lists are fetched: HTTPS, with the device's certificate. What is looked for is
kept nowhere: it is no fact, it stands in no address and in no log.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from wire.envelope import UNDECODABLE, Malformed
from wire.facts import Count
from wire.learn import learn

PATH = "/catalogue"
MAX_SAID = 100
"""Characters; nobody types more."""
MAX_QUESTION_OCTETS = 1024
MAX_TITLES = 20
MAX_ANSWER_OCTETS = 256 * 1024
"""Twenty titles with a shelf in each of a hundred branches are 150 kB."""

Text = Annotated[str, Meta(max_length=400)]


class Question(Struct, frozen=True):
    """What somebody typed."""

    said: Annotated[str, Meta(min_length=1, max_length=MAX_SAID)]


class Shelf(Struct, frozen=True):
    """The copies of a title in one branch."""

    name_zh: Text
    name_en: Text
    here: Count
    """On the shelf now."""
    copies: Count
    own: bool = False
    """It is the branch at which the kiosk stands."""


class Title(Struct, frozen=True):
    """One title, as a shelf mark and a place to go."""

    title: Text
    author: Text = ""
    imprint: Text = ""
    """Publisher and year."""
    call_number: Text = ""
    shelves: tuple[Shelf, ...] = ()
    """Where there is a copy: the kiosk's own branch first, then those with one on the shelf."""
    item: Text = ""
    """Any copy of it: by its number the title is put on hold. Empty: there is none."""


class Answer(Struct, frozen=True):
    """What fits, the best first."""

    titles: Annotated[tuple[Title, ...], Meta(max_length=MAX_TITLES)]
    more: bool = False
    """There are others, which another word would part from these."""


def question(octets: bytes) -> Question:
    """Raises Malformed: no question."""
    return _read(octets, Question, MAX_QUESTION_OCTETS)


def answer(octets: bytes) -> Answer:
    """Raises Malformed: no answer."""
    return _read(octets, Answer, MAX_ANSWER_OCTETS)


_Read = TypeVar("_Read", Question, Answer)


def _read(octets: bytes, kind: type[_Read], limit: int) -> _Read:
    if len(octets) > limit:
        raise Malformed(f"{len(octets)} octets, {limit} at most")
    try:
        return msgspec.json.decode(octets, type=kind)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None


learn(Question, Answer)
