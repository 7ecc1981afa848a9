"""The catalogue of faults: everything that can go wrong, numbered once, with its words.

Screen, console and docs read it; nobody else words a fault. The table is `faults.toml` beside this file, in Chinese
and English; `faults.LANGUAGE.toml` is what readers are told in another language, by the fault's name.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

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


class ReaderWords(Words, frozen=True, forbid_unknown_fields=True):
    """What a reader is told, in more languages than staff read."""

    more: dict[str, Line] = {}

    def of(self, language: str) -> str:
        return self.more.get(language) or super().of(language)


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=100, le=999)]
    name: Annotated[str, Meta(pattern=r"\A[a-z][a-z_]*\Z")]
    severity: Severity
    title: Words
    """What it is, for staff."""
    reader: ReaderWords
    """What happened and what the reader can do now. Never a protocol's word."""
    staff: Words
    """What a technician does about it."""


class _Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    fault: list[Fault]


READERS = ("ug-Arab", "kk-Arab", "mn-Mong")
"""Further languages of readers (BCP 47)."""


@cache
def catalogue() -> dict[int, Fault]:
    """Every fault by its number, in order.

    Raises:
        ValueError: the table names a number or a name twice (a mistake of ours; the tests read it).
    """
    read = msgspec.toml.decode(_text("faults.toml"), type=_Catalogue).fault
    told = {language: told_in(language) for language in READERS}
    faults = sorted((_told(fault, told) for fault in read), key=lambda f: f.number)
    numbers = {f.number: f for f in faults}
    if not len(numbers) == len({f.name for f in faults}) == len(faults):
        raise ValueError("a fault's number or name stands twice in faults.toml")
    return numbers


def _told(fault: Fault, told: dict[str, dict[str, str]]) -> Fault:
    """The fault in every language that has words for it."""
    more = {language: words[fault.name] for language, words in told.items() if fault.name in words}
    return replace(fault, reader=replace(fault.reader, more=more))


def told_in(language: str) -> dict[str, str]:
    """What readers are told in one of `READERS`, by the name of the fault."""
    return msgspec.toml.decode(_text(f"faults.{language}.toml"), type=dict[str, Line])


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


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
