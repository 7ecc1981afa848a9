"""Lines, columns and what a printer's own characters take."""

from __future__ import annotations

import pytest

from drivers.printer.escpos import gbk
from drivers.printer.layout import Placed, rows, wrap
from drivers.slip import Columns, Line


def shown(part, width=16, **where):
    return [gbk.line(row).decode("gbk").rstrip("\n") for row in rows(part, width, gbk.columns, **where)]


@pytest.mark.parametrize(
    ("character", "octets"),
    [
        ("A", b"A"),
        ("书", b"\xca\xe9"),
        ("，", b"\xa3\xac"),
        ("《", b"\xa1\xb6"),
        ("“", b"\xa1\xb0"),
        ("—", b"\xa1\xaa"),
        ("…", b"\xa1\xad"),
        ("·", b"\xa1\xa4"),
        ("〓", b"\xa1\xfe"),
        ("𠮷", None),  # four octets in GB 18030: 95 32 82 36
        ("€", None),  # two octets in GB 18030 (A2 E3), none in GBK
        ("é", b"\xa8\xa6"),
        ("ۇ", None),
        ("ᠮ", None),
        ("📚", None),
        ("\x1b", None),
    ],
)
def test_what_the_head_holds(character, octets):
    assert gbk.octets(character) == octets
    assert gbk.is_plain(character) is (octets is not None)


def test_no_command_gets_in_by_a_title():
    assert gbk.cleaned("a\x1b@\x10\x04\x01b\tc\u00a0¥\u200b\nd") == "a@b c ￥\nd"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("三体", ["三体"]),
        ("一二三四五六七八九", ["一二三四五六七八", "九"]),
        ("一二三四五六七八，九", ["一二三四五六七", "八，九"]),  # no line begins with a comma
        ("一二三四五六七《八》", ["一二三四五六七", "《八》"]),  # nor ends with an opening bracket
        ("the book of tea leaves", ["the book of tea", "leaves"]),
        ("abcdefghijklmnopqrst", ["abcdefghijklmnop", "qrst"]),
        ("三体 III: Death's End", ["三体 III:", "Death's End"]),
        ("a\n\nb", ["a", "", "b"]),
        ("", [""]),
    ],
)
def test_wrapping(text, lines):
    assert wrap(text, 16, gbk.columns) == lines


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        (Line("三体"), ["三体"]),
        (Line("三体", "centre"), ["      三体"]),
        (Line("三体", "end"), ["            三体"]),
        (Columns(("三体", "12-01")), ["三体       12-01"]),
        (Columns(("a", "b", "c")), ["a      b       c"]),
        (Columns(("一二三四五六七八九", "12-01")), ["一二三四五六七八", "九         12-01"]),
        (Columns(("一二三四五六七八", "12-01")), ["一二三四五六七八", "           12-01"]),
        (Columns(("三体",)), ["三体"]),
        (Columns(()), [""]),
        (Line(""), [""]),
    ],
)
def test_where_texts_stand(part, lines):
    assert shown(part) == lines


def test_from_right_to_left_the_start_is_at_the_right():
    assert rows(Columns(("ab", "c")), 10, len, rtl=True) == [(Placed("c", 0, 1), Placed("ab", 8, 2))]
    assert rows(Line("ab", "end"), 10, len, rtl=True) == [(Placed("ab", 0, 2),)]
