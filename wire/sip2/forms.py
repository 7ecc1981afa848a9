"""How one value stands in text: a form reads it, writes it, and knows its shape at a fixed width.

Reading is lenient, because a message that a person waits for is worth more than its form; writing
keeps the specification to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

LOCAL_ZONE = "    "
"""ZZZZ of an 18-character date: four blanks are local time."""
UTC_ZONE = "   Z"

STAMP_CHARACTERS = 18

MAX_DIGITS = 18
"""Longer than any number in SIP2; longer digits are not read."""

MAX_KEPT = 1024
"""Dates and numbers that are kept in memory: whoever is busy reads and writes the same few seconds again and again."""
MAX_FLAGS = 256
"""Combinations of flags that are kept in memory; a system uses a handful."""

YES = frozenset("Yy")
"""Some write their flags in small letters: a y that bars a reader or undoes a loan bars and undoes."""

_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(.{0,4}?)([0-9]{2})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One kind of value.

    parse: text to value; never raises, takes text of any length.
    render: value, width in characters (0: as long as it is), zone for local dates; to text.
    pattern: regular expression of the value in a fixed field of `{w}` characters.
    absent: the value of a field that is not there.
    """

    parse: Callable[[str], T]
    render: Callable[[T, int, str], str]
    pattern: str
    absent: T


def _parse_number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else None


@lru_cache(MAX_KEPT)
def _render_number(value: int | None, width: int, _zone: str) -> str:
    if value is None:
        return " " * width
    largest = 10**width - 1 if width else value
    return str(max(0, min(value, largest))).zfill(width)


def moment(text: str) -> datetime | None:
    """`YYYYMMDDZZZZHHMMSS`, also with fewer blanks, another zone or blanks for the time; None where it is no date.

    Aware (UTC) where the zone says Z, else naive: other zones are the library's own, as its clocks show it.
    """
    return _moment(text) if len(text) <= STAMP_CHARACTERS else None


@lru_cache(MAX_KEPT)
def _moment(text: str) -> datetime | None:
    match = _STAMP.fullmatch(text[:8] + "000000" if text[8:].isspace() else text)
    if match is None:
        return None
    year, month, day, zone, hour, minute, second = match.groups()
    try:
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second),
            tzinfo=UTC if zone.strip() in {"Z", "z"} else None,
        )  # fmt: skip
    except ValueError:
        return None


@lru_cache(MAX_KEPT)
def stamp(value: datetime | None, zone: str = LOCAL_ZONE) -> str:
    """The 18 characters of a date; blanks for None. An aware datetime is written in UTC."""
    if value is None:
        return " " * STAMP_CHARACTERS
    if value.tzinfo is not None:
        value, zone = value.astimezone(UTC), UTC_ZONE
    day = f"{value.year:04}{value.month:02}{value.day:02}"
    return f"{day}{zone}{value.hour:02}{value.minute:02}{value.second:02}"


def _flags(width: int, off: str) -> Form[frozenset[int]]:
    @lru_cache(MAX_FLAGS)
    def parse(text: str) -> frozenset[int]:
        return frozenset(index for index, character in enumerate(text[:width]) if character in YES)

    @lru_cache(MAX_FLAGS)
    def render(value: frozenset[int], _width: int, _zone: str) -> str:
        return "".join("Y" if index in value else off for index in range(width))

    return Form(parse, render, ".{{{w}}}", frozenset())


TEXT: Form[str] = Form(str, lambda value, width, _zone: value.ljust(width)[: width or None], ".{{{w}}}", "")
"""Characters as they are; in a fixed field padded with blanks."""

LANGUAGE: Form[str] = Form(lambda text: text.zfill(3), TEXT.render, ".{{{w}}}|[0-9]{{2}}", "")
"""Three digits; some terminals send two."""

YES_NO: Form[bool] = Form(
    lambda text: text in YES, lambda value, _width, _zone: "Y" if value else "N", ".", absent=False
)

YES_NO_UNKNOWN: Form[bool | None] = Form(
    {"Y": True, "y": True, "N": False, "n": False}.get,
    lambda value, _width, _zone: "U" if value is None else "NY"[value],
    ".",
    absent=None,
)
"""Y, N or U, read in small letters too; None is unknown, and in an optional field not said."""

ONE_ZERO: Form[bool] = Form(
    lambda text: text == "1", lambda value, _width, _zone: "1" if value else "0", ".", absent=False
)

NUMBER: Form[int] = Form(lambda text: _parse_number(text) or 0, _render_number, "[0-9 ]{{{w}}}", 0)
"""Digits; blanks are 0."""

COUNT: Form[int | None] = Form(_parse_number, _render_number, "[0-9 ]{{{w}}}", None)
"""Digits; blanks are None: the peer does not say."""

DATE: Form[datetime | None] = Form(
    moment,
    lambda value, _width, zone: stamp(value, zone),
    r"[0-9]{{8}}(?:[0-9]{{4}}|[0-9] {{3}}|[ A-Za-z+-][ A-Za-z0-9+-]{{3}})[0-9]{{6}}| {{{w}}}"  # as specified, and any zone
    r"|[0-9]{{8}} {{10}}|[0-9]{{8}} {{3}}[0-9]{{6}}|[0-9]{{8}} {{0,2}}[0-9]{{6}}",  # no time, or fewer blanks
    None,
)
"""`YYYYMMDDZZZZHHMMSS`, 18 characters.

Four blanks in ZZZZ are local time (a naive datetime), three blanks and Z are UTC (an aware one).
Read as well: other words for local time (`0000`, ` +08`, ` CST`), 14 to 17 characters, a day without a time (its
beginning), all blank and impossible dates (None).
"""

PATRON_STATUS = _flags(14, " ")
"""`wire.sip2.codes.PatronFlag`"""
SUMMARY = _flags(10, " ")
"""`wire.sip2.codes.Summary`"""
SUPPORTED = _flags(16, "N")
"""`wire.sip2.codes.Supported`"""
