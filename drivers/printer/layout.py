"""Where each text of a slip stands in its line: wrapping, alignment, columns. Pure.

One layout for two rulers: a printer's own characters are measured in columns, pictures in dots. Lines may break
at a space and beside a wide character; none begins with 。，、》 or ends with 《（ (GB/T 15834, 5.1.10).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from drivers.slip import Align, Columns, Line

Measure = Callable[[str], int]
"""How wide a text is, in the ruler's units."""

NO_START = frozenset("，。、；：？！）》」』】〕〉…—·%,.;:?!)]}»،؛؟᠂᠃᠄᠅")
NO_END = frozenset("（《「『【〔〈([{«￥$¥")


@dataclass(frozen=True, slots=True)
class Placed:
    """A text and where it begins, from the left edge of the paper."""

    text: str
    x: int
    width: int


Row = tuple[Placed, ...]
"""One line, from left to right, without overlaps."""


def rows(part: Line | Columns, width: int, measure: Measure, *, rtl: bool = False) -> list[Row]:
    """The lines that this part takes on paper of this width; `rtl`: the start is at the right."""
    if isinstance(part, Line):
        found = [_aligned(text, part.align, width, measure) for text in wrap(part.text, width, measure)]
    else:
        found = _columns(part.texts, width, measure)
    return [_mirrored(row, width) for row in found] if rtl else found


def wrap(text: str, width: int, measure: Measure) -> list[str]:
    """The text in lines no wider than `width`; a word that is wider itself is broken where it must be."""
    lines = []
    for paragraph in text.split("\n"):
        left = paragraph.strip()
        while left and measure(left) > width:
            at = _break_at(left, width, measure)
            lines.append(left[:at].rstrip())
            left = left[at:].lstrip()
        lines.append(left)
    return lines


def _break_at(text: str, width: int, measure: Measure) -> int:
    """How many characters go into the line: up to the last break that fits, or as many as fit at all."""
    last = 0
    for at in range(1, len(text)):
        if _may_break(text[at - 1], text[at]):
            if measure(text[:at].rstrip()) > width:
                break
            last = at
    if last:
        return last
    at = 1
    while measure(text[: at + 1]) <= width:
        at += 1
    return at


def _may_break(before: str, after: str) -> bool:
    if after in NO_START or before in NO_END or unicodedata.category(after) in ("Mn", "Me", "Cf"):
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _aligned(text: str, align: Align, width: int, measure: Measure) -> Row:
    taken = measure(text)
    spare = max(width - taken, 0)
    x = {"start": 0, "centre": spare // 2, "end": spare}[align]
    return (Placed(text, x, taken),) if text else ()


def _columns(texts: tuple[str, ...], width: int, measure: Measure) -> list[Row]:
    """All in one line with even gaps; or the first in its own lines and the others at the end of the last."""
    widths = [measure(text) for text in texts]
    gap = measure(" ")
    if sum(widths) + gap * (len(texts) - 1) <= width and len(texts) > 1:
        return [_spread(texts, widths, width)]
    *full, last = wrap(texts[0], width, measure) if texts else [""]
    found = [_aligned(text, "start", width, measure) for text in full]
    rest = "  ".join(texts[1:])
    if rest and measure(last) + gap + measure(rest) <= width:
        return [*found, _spread((last, rest), [measure(last), measure(rest)], width)]
    found.append(_aligned(last, "start", width, measure))
    return found + [
        _aligned(text, "end", width, measure) for text in (wrap(rest, width, measure) if rest else ())
    ]


def _spread(texts: tuple[str, ...], widths: list[int], width: int) -> Row:
    spare = width - sum(widths)
    placed = []
    x = 0
    for i, (text, taken) in enumerate(zip(texts, widths, strict=True)):
        placed.append(Placed(text, x + spare * i // (len(texts) - 1), taken))
        x += taken
    return tuple(each for each in placed if each.text)


def _mirrored(row: Row, width: int) -> Row:
    return tuple(Placed(each.text, max(width - each.x - each.width, 0), each.width) for each in reversed(row))
