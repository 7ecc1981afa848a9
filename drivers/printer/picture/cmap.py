"""Which characters a font file covers, read from its own `cmap` table. Pure.

    OpenType 1.9, "cmap":  version u16, tables u16, tables × (platform u16, encoding u16, offset u32)
    format 4               … segments × 2 u16 @6, ends u16… @14, 0 u16, starts u16…
    format 12              … groups u32 @12, groups × (first u32, last u32, glyph u32) @16

A font that covers a character draws it; one that does not draws a box (`tofu`), and says nothing.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from struct import iter_unpack, unpack_from

from drivers.errors import Unsupported

MAX_GROUPS = 65536
"""Groups in a format 12 table: Unicode has fewer blocks than this, and the largest font 17,000."""
_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}
"""(platform, encoding) whose codes are Unicode's own."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of one font, as ranges that do not touch."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    def __contains__(self, character: str) -> bool:
        at = bisect_right(self.firsts, ord(character)) - 1
        return at >= 0 and ord(character) <= self.lasts[at]


def coverage(font: bytes, index: int = 0) -> Coverage:
    """What the font covers; `index` chooses one of a collection (`.ttc`).

    Raises:
        Unsupported: no OpenType font, or none of its tables is Unicode.
    """
    try:
        ranges = _ranges(font, _table(font, index))
    except (struct.error, StopIteration) as cause:
        raise Unsupported("no OpenType font with a table of characters", frame=font[:32]) from cause
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return Coverage(tuple(first for first, _ in merged), tuple(last for _, last in merged))


def _table(font: bytes, index: int) -> int:
    """Where the `cmap` table begins."""
    start = unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == b"ttcf" else 0
    (tables,) = unpack_from(">H", font, start + 4)
    records = (unpack_from(">4sIII", font, start + 12 + 16 * i) for i in range(tables))
    return next(int(offset) for tag, _, offset, _ in records if tag == b"cmap")


def _ranges(font: bytes, cmap: int) -> set[tuple[int, int]]:
    """First and last character of every run that a Unicode table lists."""
    found: set[tuple[int, int]] = set()
    (tables,) = unpack_from(">H", font, cmap + 2)
    for i in range(tables):
        platform, encoding, offset = unpack_from(">HHI", font, cmap + 4 + 8 * i)
        if (platform, encoding) not in _UNICODE:
            continue
        (form,) = unpack_from(">H", font, cmap + offset)
        if read := _FORMATS.get(form):
            found |= read(font, cmap + offset)
    return {(first, last) for first, last in found if first <= last}


def _segments(font: bytes, at: int) -> set[tuple[int, int]]:
    segments = unpack_from(">H", font, at + 6)[0] // 2
    ends = unpack_from(f">{segments}H", font, at + 14)
    starts = unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
    return set(zip(starts, ends, strict=True))


def _groups(font: bytes, at: int) -> set[tuple[int, int]]:
    (groups,) = unpack_from(">I", font, at + 12)
    if groups > MAX_GROUPS:
        raise Unsupported(f"a font with {groups} groups of characters", frame=font[:32])
    return {(first, last) for first, last, _ in iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups])}


_FORMATS = {4: _segments, 12: _groups}
