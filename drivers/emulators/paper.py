"""A printer's paper as one sees it: a PNG for a page, a test or a curious eye."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from drivers.emulators.escpos import PrintedCode, PrintedPicture, PrintedText, Printout

FONT = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7)
"""Noto Sans Mono CJK SC: its Latin letters are half as wide as its Chinese ones, as a printer's are."""
LINE = 34
BODY = 24
COLUMN = 12


def png(paper: Sequence[Printout], columns: int = 48) -> bytes:
    """The paper, black on white, a dot a pixel; a severed slip ends in a grey dashed line."""
    strips = [_strip(item, columns * COLUMN) for item in paper]
    page = Image.new("L", (columns * COLUMN, max(1, sum(strip.height for strip in strips))), 255)
    y = 0
    for strip in strips:
        page.paste(strip, (0, y))
        y += strip.height
    file = BytesIO()
    page.save(file, "PNG", optimize=True)
    return file.getvalue()


def _strip(item: Printout, width: int) -> Image.Image:
    match item:
        case PrintedText(text, large):
            return _text(text, width, 2 if large else 1)
        case PrintedPicture(raster):
            dots = bytes(octet ^ 0xFF for octet in raster.octets)
            return Image.frombytes("1", (raster.width, raster.height), dots).convert("L")
        case PrintedCode(text, module):
            return _code(text, module, width)
        case _:
            strip = Image.new("L", (width, 20), 255)
            for x in range(0, width, 16):
                ImageDraw.Draw(strip).line((x, 10, x + 8, 10), 160)
            return strip


def _text(text: str, width: int, times: int) -> Image.Image:
    """Each character in its own cell."""
    strip = Image.new("L", (width, LINE * times), 255)
    font = _font(BODY * times)
    x = 0
    for character in text:
        ImageDraw.Draw(strip).text((x, 26 * times), character, 0, font, anchor="ls")
        x += COLUMN * times * (1 if character.isascii() else 2)
    return strip


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path, index = FONT
    return ImageFont.truetype(path, size, index) if Path(path).is_file() else ImageFont.load_default(size)


def _code(text: str, module: int, width: int) -> Image.Image:
    """The code itself is the printer's business; its place and its text are shown."""
    side = min(33 * module, width)
    strip = Image.new("L", (width, side), 255)
    draw = ImageDraw.Draw(strip)
    left = (width - side) // 2
    draw.rectangle((left, 0, left + side - 1, side - 1), outline=0, width=2)
    draw.text((left + 8, 8), f"QR\n{text}", 0, _font(16))
    return strip
