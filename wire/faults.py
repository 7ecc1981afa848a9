"""The catalogue of faults: everything that can go wrong, numbered once, with its words.

Screen, console and docs read it; nobody else words a fault. The table is `faults.toml` beside this file.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Severity = Literal["notice", "warning", "error", "alarm"]
"""notice: part of every day; warning: look at it this week; error: today; alarm: now."""

Line = Annotated[str, Meta(min_length=1, max_length=120)]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """One line in each language that is complete."""

    zh: Line
    en: Line

    def of(self, language: str) -> str:
        """The line in `language` (`zh-CN`, `en`, …); Chinese where there is none."""
        return self.en if language.startswith("en") else self.zh


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=100, le=999)]
    name: Annotated[str, Meta(pattern=r"\A[a-z][a-z_]*\Z")]
    severity: Severity
    title: Words
    """What it is, for staff."""
    reader: Words
    """What happened and what the reader can do now. Never a protocol's word."""
    staff: Words
    """What a technician does about it."""


class _Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    fault: list[Fault]


@cache
def catalogue() -> dict[int, Fault]:
    """Every fault by its number, in order.

    Raises:
        ValueError: the table names a number or a name twice (a mistake of ours; the tests read it).
    """
    text = files(__package__).joinpath("faults.toml").read_text(encoding="utf-8")
    faults = sorted(msgspec.toml.decode(text, type=_Catalogue).fault, key=lambda f: f.number)
    numbers = {f.number: f for f in faults}
    if not len(numbers) == len({f.name for f in faults}) == len(faults):
        raise ValueError("a fault's number or name stands twice in faults.toml")
    return numbers


@cache
def _by_name() -> dict[str, Fault]:
    return {f.name: f for f in catalogue().values()}


def number(name: str) -> int:
    """The number of a fault by its name.

    Raises:
        KeyError: no such fault.
    """
    return _by_name()[name].number


def fault(number: int) -> Fault:
    """A fault by its number; one that this version does not know is worded as the unknown one."""
    known = catalogue()
    return known.get(number) or _by_name()["unknown_fault"]
