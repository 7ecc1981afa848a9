"""Scripts that no head holds: which way they run, that they are shaped, that nothing is drawn as a box."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from drivers.errors import Unsupported
from drivers.printer.escpos.driver import FONTS
from drivers.printer.layout import Placed
from drivers.printer.picture import shape
from drivers.printer.picture.bidi import visual
from drivers.printer.picture.cmap import Coverage, coverage
from drivers.printer.picture.raster import Raster, bar
from drivers.printer.picture.shape import Shaper, load

DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
LOADED = load(FONTS)
MONGOL, BOOK = "ᠮᠣᠩᠭᠣᠯ", "ᠨᠣᠮ"


def picture(raster):
    dots = bytes(octet ^ 0xFF for octet in raster.octets)
    return Image.frombytes("1", (raster.width, raster.height), dots)


def ink(image):
    """The part of a picture that has dots."""
    return image.crop(ImageChops.invert(image.convert("L")).getbbox())


def drawn(shaper, text, x=0, width=576):
    return picture(shaper.line((Placed(text, x, shaper.measure(text, 24)),), width, 24))


# ------------------------------------------------------------ direction
K = "كىتاب"


@pytest.mark.parametrize(
    ("text", "rtl", "seen"),
    [
        ("shuwu 24", False, [("shuwu 24", "→")]),
        (K, True, [(K, "←")]),
        (f"{K} 24", True, [("24", "→"), (f"{K} ", "←")]),
        ("2026-12-01", True, [("2026-12-01", "→")]),
        ("《三体》(2)", True, [(")", "←"), ("2", "→"), ("》(", "←"), ("三体", "→"), ("《", "←")]),
        (f"{K} (三体)!", True, [(")!", "←"), ("三体", "→"), (f"{K} (", "←")]),
        (f"还书 {K} 24 本", False, [("还书 ", "→"), ("24", "→"), (f"{K} ", "←"), (" 本", "→")]),
        ("", True, []),
    ],
)
def test_runs_from_left_to_right(text, rtl, seen):
    assert [(text[run.start : run.end], "→←"[run.rtl]) for run in visual(text, rtl=rtl)] == seen


def test_directions_are_those_of_fribidi():
    """The same line drawn run by run, and by Pillow's own FriBidi in one piece, in a font that has it all."""
    words = [
        "ئانا",
        "كىتاب",
        "Shuwu",
        "24",
        "2026-12-01",
        "(",
        "(2)",
        "«",
        "»",
        " ",
        " ",
        "3.5",
        "10%",
        "،",
        "!",
        "/",
    ]
    dice = random.Random(1)
    font = ImageFont.truetype(DEJAVU, 24, layout_engine=ImageFont.Layout.RAQM)

    def by(pieces):
        page = Image.new("L", (1600, 44))
        x = 0
        for text, rtl in pieces:
            way = "rtl" if rtl else "ltr"
            ImageDraw.Draw(page).text((x, 32), text, 255, font, anchor="ls", direction=way)
            x += font.getlength(text, direction=way)
        return page

    for _ in range(60):
        text = "".join(dice.choices(words, k=dice.randint(1, 9))).strip()
        for rtl in (True, False):
            whole = by([(text, rtl)])
            ours = by([(text[run.start : run.end], run.rtl) for run in visual(text, rtl=rtl)])
            apart = sum(ImageChops.difference(whole, ours).histogram()[128:])
            assert apart <= 0.15 * sum(whole.histogram()[128:]), text


def test_uyghur_begins_at_the_right_and_its_number_stays_upright():
    shaper = Shaper(LOADED, "ug-Arab", rtl=True)
    width = shaper.measure("كىتاب 24", 24)
    line = drawn(shaper, "كىتاب 24", 576 - width)
    assert line.getbbox() == (0, 0, 576, line.height)
    left = ink(line.crop((576 - width, 0, 576 - width + shaper.measure("24", 24), line.height)))
    assert left.tobytes() == ink(drawn(Shaper(LOADED, "zh-CN"), "24")).tobytes()


def test_two_fonts_in_one_run_stand_from_right_to_left():
    shaper = Shaper(LOADED, "ug-Arab", rtl=True)
    hebrew = shaper.measure("אב", 24)  # of another font than the Arabic letters
    line = drawn(shaper, f"{K} אב")
    assert ink(line.crop((0, 0, hebrew, line.height))).tobytes() == ink(drawn(shaper, "אב")).tobytes()


def test_arabic_letters_are_joined():
    shaper = Shaper(LOADED, "ug-Arab", rtl=True)
    apart = sum(shaper.measure(letter, 24) for letter in "كىتاب")
    assert shaper.measure("كىتاب", 24) < 0.8 * apart


# ------------------------------------------------------------ vertical
def test_mongolian_runs_downwards_and_its_lines_from_left_to_right():
    shaper = Shaper(LOADED, "mn-Mong", vertical=True)
    rows = [(Placed(text, 0, shaper.measure(text, 24)),) for text in (MONGOL, BOOK)]
    [block] = shaper.columns(rows, 576, 400, 24)
    page = picture(block)
    assert page.size == (576, 400)
    lying = [drawn(Shaper(LOADED, "mn-Mong"), text) for text in (MONGOL, BOOK)]
    upright = [ink(line.transpose(Image.Transpose.ROTATE_270)) for line in lying]
    first = page.crop((0, 0, lying[0].height, 400))
    second = page.crop((lying[0].height, 0, lying[0].height + lying[1].height, 400))
    assert [ink(column).tobytes() for column in (first, second)] == [each.tobytes() for each in upright]


def test_mongolian_letters_are_shaped_by_their_place():
    shaper = Shaper(LOADED, "mn-Mong")
    assert ink(drawn(shaper, "ᠨᠠ")).tobytes() != ink(drawn(shaper, "ᠠᠨ")).tobytes()
    assert shaper.measure(MONGOL, 24) < sum(shaper.measure(letter, 24) for letter in MONGOL)


def test_han_letters_stand_upright_in_mongolian():
    shaper = Shaper(LOADED, "mn-Mong", vertical=True)
    [block] = shaper.columns([(Placed("三", 0, 24),)], 576, 400, 24)
    wide, high = ink(picture(block)).size
    assert wide > high  # three lines across: lying, it would be higher than wide


def test_blocks_as_wide_as_the_paper():
    shaper = Shaper(LOADED, "mn-Mong", vertical=True)
    row = (Placed(BOOK, 0, 40),)
    blocks = shaper.columns([row] * 20, 384, 100, 24)
    assert [(each.width, each.height) for each in blocks] == [(384, 100)] * 2


# ------------------------------------------------------------ no box in silence
def test_what_no_font_covers_is_marked_and_named():
    shaper = Shaper(LOADED, "zh-CN")
    assert shaper.readable("三体𠮷é") == ("三体𠮷é", ())
    assert shaper.readable("A\U0010fffdB\U0010fffd") == ("A〓B〓", ("\U0010fffd",))


def test_a_font_without_a_mark_is_an_error_that_names_the_character(monkeypatch):
    shaper = Shaper(load(FONTS[2:3]), "mn-Mong")
    assert shaper.readable(f"{MONGOL}三") == (f"{MONGOL}?", ("三",))
    monkeypatch.setattr(shape, "MARKS", "〓")
    with pytest.raises(Unsupported, match="U\\+4E09"):
        shaper.readable("三")


def test_no_font_at_all_names_the_packages():
    with pytest.raises(Unsupported, match="fonts-noto-core"):
        load(("/usr/share/fonts/none.ttf",))


# ------------------------------------------------------------ fonts
def test_coverage_of_real_fonts():
    han, arabic, mongolian = (font.coverage for font in LOADED[:3])
    assert "三" in han
    assert "𠮷" in han
    assert "ۇ" not in han
    assert all(letter in arabic for letter in "ئۇۆۈېەڭگچپژۋھٴ")
    assert all(letter in mongolian for letter in MONGOL)


@pytest.mark.parametrize("octets", [b"", b"ttcf", b"\0\1\0\0\0\1", b"not a font at all, only text"])
def test_no_font(octets):
    with pytest.raises(Unsupported):
        coverage(octets)


def test_a_font_cut_short_is_no_font():
    octets = Path(FONTS[2]).read_bytes()
    with pytest.raises(Unsupported):
        coverage(octets[:300])


def test_ranges_that_touch_are_one():
    assert "b" in Coverage((97,), (99,))
    assert "d" not in Coverage((97,), (99,))


def test_a_raster_is_whole():
    with pytest.raises(ValueError, match="8 × 2"):
        Raster(8, 2, b"\xff")
    assert bar(16, 1, 1).octets == b"\0\0\xff\xff\0\0"
    assert [piece.height for piece in bar(16, 3, 1).cut(2)] == [2, 2, 1]
