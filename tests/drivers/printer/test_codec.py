"""A slip as octets, literally; and what bounds it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.emulators.escpos import (
    EmulatedPrinter,
    EmulatedPrinterSettings,
    PrintedCode,
    PrintedPicture,
    PrintedText,
    Severed,
)
from drivers.errors import DriverError, Misuse, Unsupported
from drivers.printer.escpos.codec import Codec
from drivers.printer.escpos.driver import FONTS
from drivers.printer.escpos.messages import PIECE_OCTETS
from drivers.slip import Code, Columns, Line, Rule, Slip
from tests.house.tree import ROOT

CODECS = {paper: Codec(paper, FONTS) for paper in ("58", "80")}
CUT = b"\x1bd\x06\x1dV\x01"


def octets(*parts, paper="80", language="zh-CN", **how):
    codec = Codec(paper, FONTS, **how) if how else CODECS[paper]
    encoded = codec.encode(Slip(parts, language))
    return b"".join(piece.octets for piece in encoded.pieces)


def printed(slip, paper="80", **how):
    """What stands on an emulator's paper."""
    columns = {"58": 32, "80": 48}[paper]
    printer = EmulatedPrinter(
        EmulatedPrinterSettings(columns=columns, speed_mm_s=float("inf")), clock=lambda: 0.0
    )
    codec = Codec(paper, FONTS, **how) if how else CODECS[paper]
    for piece in codec.encode(slip).pieces:
        assert len(piece.octets) <= PIECE_OCTETS
        printer.hear(piece.octets)
        printer.work()
    return printer.paper


@pytest.mark.parametrize(
    ("parts", "paper", "body"),
    [
        ([Line("还书")], "80", b"\xbb\xb9\xca\xe9\n"),
        ([Line("《三体》，借")], "80", b"\xa1\xb6\xc8\xfd\xcc\xe5\xa1\xb7\xa3\xac\xbd\xe8\n"),
        ([Line("Tea", "centre", large=True)], "58", b"\x1d!\x11      Tea\n\x1d!\x00"),
        ([Columns(("三体", "12-01"))], "58", b"\xc8\xfd\xcc\xe5" + b" " * 23 + b"12-01\n"),
        ([Line("a"), Line(""), Line("b", "end")], "58", b"a\n\n" + b" " * 31 + b"b\n"),
        ([Line("¥5")], "58", b"\xa3\xa45\n"),
        (
            [Code("https://r.")],
            "58",
            b"\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x1d(k\x03\x001E0\x1d(k\x0d\x001P0https://r.\x1d(k\x03\x001Q0\x1ba\x00",
        ),
        (
            [Rule()],
            "58",
            b"\x1dv0\x00\x30\x00\x18\x00" + bytes(48 * 11) + b"\xff" * 96 + bytes(48 * 11),
        ),
    ],
)
def test_literal_octets(parts, paper, body):
    assert octets(*parts, paper=paper) == b"\x1b@\x1c&" + body + CUT


@pytest.mark.parametrize(
    ("cut", "end"), [("partial", CUT), ("full", b"\x1bd\x06\x1dV\x00"), ("none", b"\x1bd\x06")]
)
def test_how_a_slip_ends(cut, end):
    assert octets(Line("a"), cut=cut) == b"\x1b@\x1c&a\n" + end


def test_no_piece_is_longer_than_the_smallest_buffer():
    encoded = CODECS["80"].encode(Slip((Line("a\n" * 200, "end"), Line("𠮷" * 90, large=True))))
    assert len(encoded.pieces) > 5
    assert max(len(piece.octets) for piece in encoded.pieces) <= PIECE_OCTETS


def test_a_line_with_a_character_that_the_head_lacks_is_a_picture_and_its_neighbours_are_not():
    text, picture, after, *feed, cut = printed(Slip((Line("三体"), Line("𠮷野家"), Line("完"))))
    assert (text, after) == (PrintedText("三体"), PrintedText("完"))
    assert isinstance(picture, PrintedPicture)
    assert picture.raster.width == 576
    assert (feed, cut) == ([PrintedText("")] * 6, Severed())


def test_what_no_font_covers_goes_as_text_with_a_mark():
    encoded = CODECS["80"].encode(Slip((Line("三体\U0010fffd"),)))
    assert encoded.missing == ("\U0010fffd",)
    assert "三体〓".encode("gbk") in encoded.pieces[0].octets


@pytest.mark.parametrize(
    ("language", "text", "pictures"),
    [
        ("zh-CN", "Tea 茶", 0),
        ("en", "Tea", 0),
        ("ug", "Tea", 1),
        ("ug-Arab-CN", "Tea", 1),
        ("ug-Latn", "Tea", 0),
        ("kk-Arab", "Tea", 1),
        ("kk", "Tea", 0),
        ("mn-Mong", "ᠨᠣᠮ", 8),
        ("mn", "Tea", 0),
    ],
)
def test_a_language_decides_how_its_slips_run(language, text, pictures):
    paper = printed(Slip((Line(text),), language))
    assert len([item for item in paper if isinstance(item, PrintedPicture)]) == pictures
    heights = [item.raster.height for item in paper if isinstance(item, PrintedPicture)]
    assert sum(heights) == {0: 0, 1: 32, 8: 400}[pictures]


def test_in_a_mongolian_slip_codes_and_rules_stand_between_blocks():
    paper = printed(Slip((Line("ᠨᠣᠮ"), Columns(("ᠨᠣᠮ", "12-01")), Code("x"), Line("ᠨᠣᠮ")), "mn-Mong"))
    kinds = [type(item) for item in paper]
    assert kinds[:8] == [PrintedPicture] * 8
    assert kinds[8] is PrintedCode
    assert kinds[9:17] == [PrintedPicture] * 8


@pytest.mark.parametrize("paper", ["58", "80"])
def test_a_qr_code_as_a_picture_is_as_wide_as_the_paper(paper):
    pictures = [
        item.raster
        for item in printed(Slip((Code("https://r.example/1"),)), paper, native_qr=False)
        if isinstance(item, PrintedPicture)
    ]
    width = {"58": 384, "80": 576}[paper]
    assert {raster.width for raster in pictures} == {width}
    rows = b"".join(raster.octets for raster in pictures)
    left = min(row.index(b"\xff") for row in _rows(rows, width // 8) if b"\xff" in row)
    right = min(row[::-1].index(b"\xff") for row in _rows(rows, width // 8) if b"\xff" in row)
    assert abs(left - right) <= 1  # centred


def _rows(octets, stride):
    return [octets[at : at + stride] for at in range(0, len(octets), stride)]


def test_no_picture_holds_what_a_printer_obeys_at_once():
    """Rows that would hold DLE EOT, DLE ENQ or DLE DC4 get a dot more; the printer neither answers nor forgets."""
    from drivers.printer.escpos.library import Commands
    from drivers.printer.picture.raster import Raster

    dots = b"\x10\x04\x01\x00\x10\x05\x02\x00\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x10\x10\x04\x00\x00\x00"
    printer = EmulatedPrinter(clock=lambda: 0.0)
    printer.hear(Commands(576).picture(Raster(8, 24, dots)))
    assert printer.work() == b""
    [picture] = printer.paper
    assert picture.raster.octets == dots.replace(b"\x10\x04", b"\x18\x04").replace(
        b"\x10\x05", b"\x18\x05"
    ).replace(b"\x10\x14", b"\x18\x14")


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([Line("a")] * 201, "201 parts"),
        ([Line("a" * 501)], "501 characters"),
        ([Columns(("a" * 300, "b" * 300))], "600 characters"),
        ([Code("")], "0 octets"),
        ([Code("书" * 201)], "603 octets"),
        ([Line("书" * 400, large=True)] * 40, "mm"),
    ],
)
def test_a_slip_is_bounded(parts, error):
    with pytest.raises(Misuse, match=error):
        octets(*parts)


def test_a_picture_without_fonts_is_an_error_and_text_is_none():
    bare = Codec("80", ("/nowhere.ttf",))
    assert bare.encode(Slip((Line("三体"),))).pieces
    with pytest.raises(Unsupported, match="fonts-noto"):
        bare.encode(Slip((Line("𠮷"),)))


@pytest.mark.parametrize("octets", [b"", b"no font at all"])
def test_a_font_that_is_none_is_an_error_of_that_slip_alone(tmp_path, octets):
    font = tmp_path / "spoilt.ttf"
    font.write_bytes(octets)
    with pytest.raises(Unsupported, match=r"spoilt.ttf is no font"):
        Codec("80", (str(font),)).encode(Slip((Line("𠮷"),)))
    with pytest.raises(Unsupported, match="#x is no number of a font"):
        Codec("80", (f"{font}#x",)).encode(Slip((Line("𠮷"),)))


def test_the_library_leaves_no_trace(tmp_path):
    """Imported, python-escpos sets up the root logger and makes a folder: neither stays."""
    program = (
        "import logging\n"
        "from drivers.printer.escpos.library import Commands\n"
        "Commands(576)\n"
        "assert not logging.root.handlers"
    )
    own = tmp_path / "another's"
    own.mkdir()
    (own / "file").touch()
    where = {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=where, cwd=ROOT)
    assert list(tmp_path.iterdir()) == [own]
    where |= {"ESCPOS_CAPABILITIES_PICKLE_DIR": str(own)}
    subprocess.run([sys.executable, "-c", program], check=True, env=where, cwd=ROOT)
    assert list(own.iterdir()) == [own / "file"]


LINES = st.builds(
    Line,
    st.text("书《，a Z9é𠮷ئۇᠨ😀\u202e\x1b\x10\x04", max_size=40),
    st.sampled_from(["start", "centre", "end"]),
    st.booleans(),
)


@settings(max_examples=15)
@given(
    st.lists(LINES, max_size=3), st.sampled_from(["zh-CN", "ug", "mn-Mong"]), st.sampled_from(["58", "80"])
)
def test_whatever_is_printed_the_emulator_understands(parts, language, paper):
    """It ends severed, no line of text is wider than the paper, and nothing is left in the buffer."""
    try:
        items = printed(Slip(tuple(parts), language), paper)
    except DriverError as error:  # a mark is always there
        pytest.fail(str(error))
    assert items[-1] == Severed()
    assert [item for item in items if isinstance(item, PrintedPicture) and item.raster.width % 8] == []
