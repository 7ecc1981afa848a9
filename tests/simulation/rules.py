"""By what people are judged: what a room may ask of who comes in, what the library system tells of each reader, who may
become one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kiosk import config
from wire.admission import Admission
from wire.hours import DAY_MIN, Hours, Pause

PIN = "802931"
"""Every reader's."""
STAFF = ("S00001", "S00002")
"""Cards of staff: each list `room` names them, and each machine lets them in by their own PIN."""
TERMS = "2026-1"
REGISTRATION = config.Registration(
    TERMS,
    {"zh-CN": "读者须知"},
    types=(config.AgedType("child"), config.AgedType("adult", from_age=14)),
)
REFUSED = "7"
"""Whose identity card's number ends so becomes no reader: the library system has something against them."""
ASKED = (
    Admission(),
    Admission(types=("adult", "student")),
    Admission(min_age=14),
    Admission(min_age=18),
    Admission(max_fees_fen=1000),
    Admission(terms=TERMS),
    Admission(companions=2),
    Admission(pin="online"),
)
"""Each list `room` asks for one of these."""


def _but(begin: int, end: int, **more: Any) -> Hours:
    """Every day at every minute but these, UTC."""
    return Hours("UTC", (((0, begin), (end, DAY_MIN)),) * 7, **more)


HOURS = (
    (_but(120, 240), range(120, 240)),
    (_but(90, 200, pauses=(Pause("cleaning", 90, 200),), last_entry_min=10), range(80, 200)),
)
"""Each list `hours` is one of these; the minutes in which no reader comes in. A simulated day ends in the afternoon."""


class Traits(NamedTuple):
    """What the library system tells of a reader besides loans and fees."""

    type: str
    age: int
    terms: str
    """Version of those that were accepted last; `-`: none."""


ADULT = Traits("adult", 41, TERMS)
STUDENT, CHILD = Traits("student", 16, TERMS), Traits("child", 11, TERMS)
KINDS = (*(ADULT,) * 5, ADULT._replace(terms="-"), STUDENT, CHILD)
"""Of the readers at the beginning, in turn."""


def bars(asked: Admission, traits: Traits) -> bool:
    """Whether such a reader stays out by what can be told of them at any time; debts come and go."""
    return (
        bool(asked.types and traits.type not in asked.types)
        or not asked.min_age <= traits.age <= asked.max_age
        or bool(asked.terms and traits.terms != asked.terms)
    )
