"""Text into pictures: the file that knows Pillow, and through it HarfBuzz and FriBidi.

- A line is split by direction (`bidi`), then by font: the first that covers a whole word draws it.
- A font is never asked for what it does not cover, so that no box (`tofu`) is ever drawn: what no font covers
  becomes 〓, the mark that Chinese printers use for it, and is named to the caller.
- Mongolian is shaped along the line like any script, then the line is turned to run downwards; Han letters
  in it are turned back and stand upright.
- Fonts are read at first use; nothing is kept but them. Not shared between threads.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from drivers.errors import Unsupported
from drivers.printer.layout import Row
from drivers.printer.picture.bidi import visual
from drivers.printer.picture.cmap import Coverage, coverage
from drivers.printer.picture.raster import Raster

MARKS = "〓?"
"""Stand for a character that no font covers; the first of them that a font covers."""
THRESHOLD = 112
"""Of 255: what is darker is black. A little below half keeps thin strokes of 24 dots whole."""
ASCENT, DESCENT = 1.0, 0.34
"""Of the size: the least room above and below the baseline; tall letters get more."""


@dataclass(frozen=True)
class Font:
    """One font file; `index` chooses the font in a collection."""

    path: Path
    index: int = 0
    _sizes: dict[int, ImageFont.FreeTypeFont] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def coverage(self) -> Coverage:
        """What the file says that it covers.

        Raises:
            Unsupported: it cannot be read, or is no font.
        """
        try:
            with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
                return coverage(octets, self.index)  # type: ignore[arg-type] # an mmap reads as bytes do
        except (OSError, ValueError, Unsupported) as cause:  # an empty file is a ValueError of mmap's
            raise Unsupported(f"{self.path} is no font: {cause}") from cause

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at so many dots to the em."""
        if size not in self._sizes:
            try:
                self._sizes[size] = ImageFont.truetype(
                    str(self.path), size, self.index, layout_engine=ImageFont.Layout.RAQM
                )
            except OSError as cause:
                raise Unsupported(f"{self.path} is no font: {cause}") from cause
        return self._sizes[size]


def load(names: Sequence[str]) -> tuple[Font, ...]:
    """The fonts that are there, of files named `path` or `path#index`.

    Raises:
        Unsupported: there is none, or Pillow cannot shape; says which packages bring what is missing.
    """
    named = (name.partition("#") for name in names)
    fonts = tuple(Font(Path(path), _index(index)) for path, _, index in named if Path(path).is_file())
    if not fonts:
        raise Unsupported(f"none of the fonts is there: {', '.join(names)} (fonts-noto-core, fonts-noto-cjk)")
    for part in ("raqm", "fribidi"):
        if not features.check(part):
            raise Unsupported(f"Pillow cannot shape text without {part} (libfribidi0)")
    return fonts


def _index(index: str) -> int:
    if index and not (index.isascii() and index.isdigit()):
        raise Unsupported(f"#{index} is no number of a font")
    return int(index or 0)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text of one direction in one font."""

    text: str
    font: Font
    rtl: bool
    upright: bool = False


class Shaper:
    """Draws lines in one language.

    Args:
        fonts: best first; at least one.
        language: BCP 47; chooses letter forms where a font has several.
        rtl: lines run from right to left.
        vertical: lines will be turned to run downwards.

    """

    def __init__(
        self, fonts: Sequence[Font], language: str, *, rtl: bool = False, vertical: bool = False
    ) -> None:
        self._fonts = fonts
        self._language = language.split("-", maxsplit=1)[0]
        self._rtl = rtl
        self._vertical = vertical

    def readable(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text as it can be drawn, and the characters for which a mark stands in it.

        Raises:
            Unsupported: not even a mark can be drawn.
        """
        missing = tuple(dict.fromkeys(each for each in text if not _clings(each) and not self._font_of(each)))
        if not missing:
            return text, ()
        mark = next((mark for mark in MARKS if self._font_of(mark)), None)
        if mark is None:
            raise Unsupported(f"no font covers {missing[0]!r} (U+{ord(missing[0]):04X}), nor any mark for it")
        return text.translate(dict.fromkeys(map(ord, missing), mark)), missing

    def measure(self, text: str, size: int) -> int:
        """How many dots the text takes along its line."""
        return sum(self._length(stretch, size) for stretch in self._stretches(text))

    def line(self, row: Row, width: int, size: int) -> Raster:
        """One line across the paper."""
        return _raster(self._draw(row, width, size), width)

    def columns(self, rows: Sequence[Row], width: int, height: int, size: int) -> list[Raster]:
        """Lines that run downwards, `height` dots long, from left to right; in blocks as wide as the paper."""
        turned = [self._draw(row, height, size).transpose(Image.Transpose.ROTATE_270) for row in rows]
        blocks: list[list[Image.Image]] = [[]]
        for column in turned:
            if blocks[-1] and sum(each.width for each in blocks[-1]) + column.width > width:
                blocks.append([])
            blocks[-1].append(column)
        return [_raster(_beside(block, width, height), width) for block in blocks if block]

    # ------------------------------------------------------------ fonts
    def _font_of(self, word: str) -> Font | None:
        """The first font that covers the whole word."""
        seen = [each for each in word if not _clings(each)]
        return next((font for font in self._fonts if all(each in font.coverage for each in seen)), None)

    def _stretches(self, text: str) -> list[_Stretch]:
        """The text from left to right, in pieces of one direction and one font."""
        found: list[_Stretch] = []
        for run in visual(text, rtl=self._rtl):
            pieces = self._pieces(text[run.start : run.end], rtl=run.rtl)
            found += reversed(pieces) if run.rtl else pieces
        return found

    def _pieces(self, text: str, *, rtl: bool) -> list[_Stretch]:
        found: list[_Stretch] = []
        for word in re.findall(" +|[^ ]+", text):
            whole = found[-1].font if found and word.isspace() else self._font_of(word)
            for part in [word] if whole and not self._vertical else _letters(word):
                font = whole or self._font_of(part) or (found[-1].font if found else self._fonts[0])
                upright = (
                    self._vertical and unicodedata.east_asian_width(part[0]) == "W" and part[0].isalpha()
                )
                if found and found[-1].font is font and not upright and not found[-1].upright:
                    found[-1] = _Stretch(found[-1].text + part, font, rtl)
                else:
                    found.append(_Stretch(part, font, rtl, upright))
        return found

    # ------------------------------------------------------------ drawing
    def _length(self, stretch: _Stretch, size: int) -> int:
        if stretch.upright:
            return size
        return round(
            stretch.font.at(size).getlength(stretch.text, direction=_way(stretch), language=self._language)
        )

    def _draw(self, row: Row, width: int, size: int) -> Image.Image:
        """One line as white dots on black, as high as its letters need."""
        placed = []
        top, bottom = -round(ASCENT * size), round(DESCENT * size)
        for each in row:
            x = each.x
            for stretch in self._stretches(each.text):
                placed.append((x, stretch))
                _, high, _, low = stretch.font.at(size).getbbox(
                    stretch.text, anchor="ls", direction=_way(stretch), language=self._language
                )
                top, bottom = min(top, int(high)), max(bottom, int(low) + 1)
                x += self._length(stretch, size)
        line = Image.new("L", (width, bottom - top))
        for x, stretch in placed:
            if stretch.upright:
                line.paste(self._upright(stretch, size), (x, -top - round(0.88 * size)))
            else:
                ImageDraw.Draw(line).text(
                    (x, -top), stretch.text, 255, stretch.font.at(size), anchor="ls",
                    direction=_way(stretch), language=self._language,
                )  # fmt: skip
        return line

    def _upright(self, stretch: _Stretch, size: int) -> Image.Image:
        """A Han letter, turned against the turn that its line will take."""
        square = Image.new("L", (size, size))
        ImageDraw.Draw(square).text(
            (size / 2, size / 2), stretch.text, 255, stretch.font.at(size), anchor="mm"
        )
        return square.transpose(Image.Transpose.ROTATE_90)


def _clings(character: str) -> bool:
    """It has no look of its own: a mark on its base, a joiner, a variation selector."""
    return unicodedata.category(character) in ("Mn", "Me", "Cf") or character in "\u202f\n"


def _letters(word: str) -> list[str]:
    """The word's letters, each with what clings to it."""
    found: list[str] = []
    for character in word:
        if found and _clings(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _way(stretch: _Stretch) -> str:
    return "rtl" if stretch.rtl else "ltr"


def _beside(columns: Sequence[Image.Image], width: int, height: int) -> Image.Image:
    block = Image.new("L", (width, height))
    x = 0
    for column in columns:
        block.paste(column, (x, 0))
        x += column.width
    return block


def _raster(picture: Image.Image, width: int) -> Raster:
    dots = picture.point([255 * (level >= THRESHOLD) for level in range(256)]).convert("1")
    return Raster(width, dots.height, dots.tobytes())
