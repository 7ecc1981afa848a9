"""A session in writing."""

from __future__ import annotations

import pytest

from drivers.slip import Columns, Line, Rule
from kiosk.courtesy_effects import Book, Receipt
from kiosk.receipt import MAX_CODE_OCTETS, Letterhead, masked, slip, text
from kiosk.screen.words import LANGUAGES, texts

HEAD = Letterhead("石桥书屋", "电话 0724-233")
AT_MS = 1_790_000_000_000
DONE = Receipt(
    AT_MS, "张*", (Book("三体", "2026-12-22"),), (Book("活着", "下周"),), (Book("平凡的世界"),), paid_fen=250
)


def test_each_thing_stands_on_the_paper_in_its_place():
    told = slip(DONE, texts("zh-CN"), HEAD)
    day = told.parts[1]
    assert isinstance(day, Line)
    assert day.text.startswith("2026年9月2")
    assert told.parts[:1] + told.parts[2:] == (
        Line("石桥书屋", "centre", large=True),
        Line("读者 张*", "centre"),
        Rule(),
        Line("借出 1 本"),
        Columns(("三体", "2026-12-22")),
        Line("续借 1 本"),
        Columns(("活着", "下周")),
        Line("归还 1 本"),
        Line("平凡的世界"),
        Line("已缴 2.50 元"),
        Rule(),
        Line("电话 0724-233", "centre"),
        Line("谢谢，欢迎再来", "centre"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printer_prints_it_in_every_language(language):
    from drivers.printer.escpos.codec import Codec
    from drivers.printer.escpos.driver import FONTS

    printed = Codec("80", FONTS).encode(slip(DONE, texts(language), HEAD))
    assert (printed.missing, len(printed.pieces) > 0) == ((), True)


@pytest.mark.parametrize("books", [0, 1, 8, 60])
def test_the_code_s_text_is_bounded_and_counts_all(books):
    many = Receipt(AT_MS, "张*", tuple(Book("论" * 60, "2026-12-22") for _ in range(books)), paid_fen=100)
    found = text(many, texts("zh-CN"), HEAD)
    assert len(found.encode()) <= MAX_CODE_OCTETS
    assert (f"借出 {books} 本" in found) is (books > 0)
    assert "张" not in found


@pytest.mark.parametrize(("name", "seen"), [("张三", "张*"), (" 欧阳修 ", "欧*"), ("", ""), ("  ", "")])
def test_a_name_is_masked(name, seen):
    assert masked(name) == seen
