"""A slip of paper, before it is any printer's bytes: lines of text in any language, a code, a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["start", "centre", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; longer ones wrap."""

    text: str
    align: Align = "start"
    large: bool = False
    """Twice as high and wide."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Texts in one line, the first at the start, the last at the end: a title and the day it is due."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, centred."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed in one piece and cut off."""

    parts: tuple[Line | Columns | Code | Rule, ...]
    language: str = "zh-CN"
    """BCP 47; decides direction (`ug`, `kk-Arab` run right to left, `mn-Mong` downwards)."""
