"""A slip as the octets that print it: slip in, pieces out. No line, no clock.

    slip                                     becomes
    Line, Columns that the head holds        text, GBK
    the same with any other character        pictures, a line each
    all of a slip in ug, kk-Arab             pictures, from right to left
    all of a slip in mn-Mong                 pictures, lines that run downwards, side by side
    Code                                     the printer's own QR code, or a picture
    Rule                                     a picture of two dots

A piece is what is sent in one go: whole commands, at most `PIECE_OCTETS` of them, so that the smallest buffer takes
it and the printer can be asked between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal

from drivers.errors import Misuse
from drivers.printer.escpos import gbk
from drivers.printer.escpos.library import Commands, Cut
from drivers.printer.escpos.messages import LARGE, LINE_DOTS, NORMAL, PIECE_OCTETS, START, Piece
from drivers.printer.layout import Row, rows
from drivers.printer.picture.raster import MAX_DOTS, Raster, bar
from drivers.printer.picture.shape import Font, Shaper, load
from drivers.slip import Code, Columns, Line, Rule, Slip

MAX_PARTS = 200
"""Thirty books take 70."""
MAX_TEXT = 500
"""Characters in one line of a slip; the longest titles in a catalogue have under 300."""
MAX_CODE = 600
"""Octets in a QR code that is still read off thermal paper of 58 mm."""
COLUMN_DOTS = 400
"""How long lines that run downwards are: 50 mm."""
BODY = 24
"""Dots to the em of a picture's letters: as high as the head's own Chinese characters."""

Direction = Literal["ltr", "rtl", "down"]
_DIRECTIONS: dict[str, Direction] = {
    "ug": "rtl",
    "ug-Latn": "ltr",
    "ug-Cyrl": "ltr",
    "kk-Arab": "rtl",
    "mn-Mong": "down",
}
"""All others run from left to right."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What the head prints on."""

    dots: int
    """Printed width; 203 dots an inch."""
    columns: int
    """The same in the head's own letters of twelve dots."""
    module: int
    """Dots to a module of a QR code; a phone reads 0.6 mm and more."""


PAPERS = {"58": Paper(384, 32, 5), "80": Paper(576, 48, 6)}
"""By the width of the roll in millimetres."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A slip, ready to be sent."""

    pieces: tuple[Piece, ...]
    missing: tuple[str, ...] = ()
    """Characters that no font covers; 〓 stands for each."""


class Codec:
    """Encodes slips for one printer.

    Args:
        paper: the roll's width in millimetres, `58` or `80`.
        fonts: files for pictures, best first, as `path` or `path#index`.
        cut: how a slip ends.
        native_qr: the printer draws QR codes itself.
    """

    def __init__(
        self, paper: str, fonts: tuple[str, ...], cut: Cut = "partial", *, native_qr: bool = True
    ) -> None:
        self._paper = PAPERS[paper]
        self._fonts = fonts
        self._cut = cut
        self._native_qr = native_qr
        self._loaded: tuple[Font, ...] = ()
        self._commands: Commands | None = None

    def encode(self, slip: Slip) -> Encoded:
        """The whole slip, from `ESC @` to the cut.

        Raises:
            Misuse: more than a slip may hold.
            Unsupported: a picture is needed and there is no font to draw it.
        """
        _check(slip)
        self._commands = self._commands or Commands(self._paper.dots)
        page = _Page(self._commands, self._paper, slip.language, self._shaper)
        for is_text, parts in groupby(slip.parts, lambda part: isinstance(part, Line | Columns)):
            if is_text and page.direction == "down":
                page.downwards([part for part in parts if isinstance(part, Line | Columns)])
            else:
                for part in parts:
                    self._part(page, part)
        page.add(self._commands.cut(self._cut), 6 * LINE_DOTS)
        return Encoded(tuple(page.pieces), tuple(dict.fromkeys(page.missing)))

    def severing(self) -> Piece:
        """What ends a slip that was left half printed."""
        self._commands = self._commands or Commands(self._paper.dots)
        return Piece(START + self._commands.cut(self._cut), 6 * LINE_DOTS)

    def _shaper(self, language: str) -> Shaper:
        """Fonts are looked for when the first picture is drawn: most slips need none."""
        self._loaded = self._loaded or load(self._fonts)
        way = _direction(language)
        return Shaper(self._loaded, language, rtl=way == "rtl", vertical=way == "down")

    def _part(self, page: _Page, part: Line | Columns | Code | Rule) -> None:
        match part:
            case Line() | Columns():
                page.text(part)
            case Rule():
                page.pictures([bar(self._paper.dots, 2, 11)])
            case Code(text) if self._native_qr:
                page.add(page.commands.qr(text, self._paper.module), self._paper.dots // 2)
            case Code(text):
                page.pictures([page.commands.qr_picture(text, self._paper.module)])


class _Page:
    """The pieces of one slip as they grow."""

    def __init__(
        self, commands: Commands, paper: Paper, language: str, shaper: Callable[[str], Shaper]
    ) -> None:
        self.commands = commands
        self.direction = _direction(language)
        self.pieces: list[Piece] = [Piece(START, 0)]
        self.missing: list[str] = []
        self._dots = 0
        self._paper = paper
        self._language = language
        self._make_shaper = shaper

    @cached_property
    def _shaper(self) -> Shaper:
        return self._make_shaper(self._language)

    def add(self, octets: bytes, dots: int) -> None:
        """Commands into the last piece, or a new one.

        Raises:
            Misuse: the slip gets longer than `MAX_DOTS`.
        """
        self._dots += dots
        if self._dots > MAX_DOTS:
            raise Misuse(f"a slip of more than {MAX_DOTS // 8} mm")
        last = self.pieces[-1]
        if len(last.octets) + len(octets) <= PIECE_OCTETS:
            self.pieces[-1] = Piece(last.octets + octets, last.dots + dots)
        else:
            self.pieces.append(Piece(octets, dots))

    def text(self, part: Line | Columns) -> None:
        """As the head's own letters where it holds them, as a picture otherwise."""
        part = _with_texts(part, gbk.cleaned)
        if self.direction == "ltr":
            if _is_plain(part):
                return self._plain(part)
            part = self._readable(part)
            if _is_plain(part):
                return self._plain(part)
        else:
            part = self._readable(part)
        size = 2 * BODY if _is_large(part) else BODY
        found = rows(part, self._paper.dots, self._ruler(size), rtl=self.direction == "rtl")
        return self.pictures([self._shaper.line(row, self._paper.dots, size) for row in found])

    def downwards(self, parts: list[Line | Columns]) -> None:
        """Lines side by side, each `COLUMN_DOTS` long; large ones after what stands before them."""
        for large, group in groupby(parts, _is_large):
            size = 2 * BODY if large else BODY
            found: list[Row] = []
            for part in group:
                readable = self._readable(_with_texts(part, gbk.cleaned))
                found += rows(readable, COLUMN_DOTS, self._ruler(size))
            self.pictures(self._shaper.columns(found, self._paper.dots, COLUMN_DOTS, size))

    def pictures(self, rasters: Iterable[Raster]) -> None:
        for raster in rasters:
            for part in raster.cut(max(1, (PIECE_OCTETS - 16) // raster.stride)):
                self.add(self.commands.picture(part), part.height)

    def _plain(self, part: Line | Columns) -> None:
        times = 2 if _is_large(part) else 1
        for row in rows(part, self._paper.columns // times, gbk.columns):
            octets = gbk.line(row)
            self.add(LARGE + octets + NORMAL if times > 1 else octets, LINE_DOTS * times)

    def _readable(self, part: Line | Columns) -> Line | Columns:
        def readable(text: str) -> str:
            drawn, missing = self._shaper.readable(text)
            self.missing.extend(missing)
            return drawn

        return _with_texts(part, readable)

    def _ruler(self, size: int) -> Callable[[str], int]:
        return lambda text: self._shaper.measure(text, size)


def _check(slip: Slip) -> None:
    """Bounds of a slip: paper is not endless."""
    if len(slip.parts) > MAX_PARTS:
        raise Misuse(f"a slip of {len(slip.parts)} parts; at most {MAX_PARTS}")
    for part in slip.parts:
        match part:
            case Code(text) if not 0 < len(text.encode()) <= MAX_CODE:
                raise Misuse(f"a QR code of {len(text.encode())} octets; 1 to {MAX_CODE}")
            case Line(text) if len(text) > MAX_TEXT:
                raise Misuse(f"a line of {len(text)} characters; at most {MAX_TEXT}")
            case Columns(texts) if sum(map(len, texts)) > MAX_TEXT:
                raise Misuse(f"a line of {sum(map(len, texts))} characters; at most {MAX_TEXT}")


def _direction(language: str) -> Direction:
    """Of the language's script: by language and script, or by language alone."""
    subtags = language.split("-")
    return _DIRECTIONS.get("-".join(subtags[:2])) or _DIRECTIONS.get(subtags[0], "ltr")


def _with_texts(part: Line | Columns, change: Callable[[str], str]) -> Line | Columns:
    if isinstance(part, Line):
        return replace(part, text=change(part.text))
    return Columns(tuple(change(text) for text in part.texts))


def _is_plain(part: Line | Columns) -> bool:
    return all(map(gbk.is_plain, (part.text,) if isinstance(part, Line) else part.texts))


def _is_large(part: Line | Columns) -> bool:
    return isinstance(part, Line) and part.large
