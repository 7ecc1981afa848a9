"""What the counting of a room remembers, as a value, and how it is kept on disk. Pure."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct

COUNTING = "room.counting"
"""Name under which it is remembered, as JSON, in the same transaction as the facts that came of it."""
TOTALS = "room.counts"
"""Name of what older versions remembered: `entered left openings inside counter`, `-` where unknown."""


class Counting(Struct, frozen=True, omit_defaults=True):
    """Who came in and went out."""

    entered: int | None = None
    left: int | None = None
    """The counter's totals last taken into facts; None: none were ever."""
    counter: str = ""
    """The device whose totals they are; empty: no longer known."""
    inside: int = 0
    """Persons inside by the counter, never below 0."""


def kept(counting: Counting) -> str:
    """What is remembered of it."""
    return msgspec.json.encode(counting).decode()


def recall(remembered: Callable[[str], str | None]) -> Counting:
    """What `kept` has kept, or an older version; nothing where there is none, or none that can be read."""
    text = remembered(COUNTING)
    if text is None:
        return _older((remembered(TOTALS) or "").split())
    try:
        return msgspec.json.decode(text, type=Counting)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Counting()


def _older(words: list[str]) -> Counting:
    try:
        entered, left, _, inside = (None if word == "-" else int(word) for word in words[:4])
    except ValueError:
        return Counting()
    counter = "".join(words[4:5])
    return Counting(entered, left, "" if counter == "-" else counter, inside or 0)
