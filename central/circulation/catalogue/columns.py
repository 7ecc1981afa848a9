"""The columns of tables that come in and go out: headings, what a cell may say, where it is kept.

One line of a table of items is one copy with its title. A heading is the English name, the Chinese one or one
of those that other systems write; capitals and blanks do not matter. An empty cell says nothing: it leaves
what is there, or the default where nothing is.

Not among them: PINs, ID card numbers, fees and deposits. A file with those must not lie around, and money
that nobody paid here would not balance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, Self, cast

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from central.circulation.ledger.isbn import thirteen
from central.circulation.ledger.models import Item, Reader, Title
from central.circulation.ledger.yuan import fen, yuan

Kind = Literal["items", "readers"]

MAX_PARTS: Final = 99
MAX_NAME: Final = 100
"""Of a branch, a type or a collection, where a file names it rather than its id."""
OLDEST: Final = date(1900, 1, 1)
LAST: Final = date(2999, 12, 31)


class Unfit(ValueError):  # noqa: N818 - a verdict on a cell
    """A cell, a line, a record or a file that cannot be."""

    def __init__(self, why: str, *, line: int = 0, column: str = "", said: str = "") -> None:
        """Why not.

        Args:
            why: a name in `central.circulation.catalogue.words.WHY`.
            line: where a file cannot be read on; 0: all of it.
            column: which one it is about, or which field of a record.
            said: what stands there.
        """
        super().__init__(why)
        self.why, self.line, self.column, self.said = why, line, column, said


class Guessed(str):
    """What a spreadsheet has made of a cell by itself; what was typed is not known."""

    __slots__ = ("why",)
    why: str
    """Name in `words.WHY`."""

    def __new__(cls, said: str, why: str) -> Self:
        """The cell as it stands now."""
        made = super().__new__(cls, said)
        made.why = why
        return made


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` is the English heading and the key of its value."""

    name: str
    zh: str
    read: Callable[[str], Any]
    """The value of a cell that is not empty; raises Unfit."""
    also: tuple[str, ...] = ()
    needed: bool = False
    """True: no line without it."""
    typed: bool = False
    """True: it says what was typed, and nothing that a spreadsheet has made of that."""
    write: Callable[[Any], str] = str


# ---------------------------------------------------------------- what a cell may say
def _up_to(limit: int) -> Callable[[str], str]:
    """A text, its accents on their letters: records that were MARC-8 once have them behind (NFD)."""

    def read(cell: str) -> str:
        whole = unicodedata.normalize("NFC", cell)
        text = whole if whole.isprintable() else _visible(whole)
        if len(text) > limit:
            raise Unfit("long")
        return text

    return read


UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Marks that come along when somebody copies from a page; they say nothing."""
JOINING: Final = "\u180e\u200c\u200d"
"""Marks that belong to Mongolian and Uyghur words."""


def _visible(cell: str) -> str:
    """A text with one kind of blank: Chinese tables are full of wide ones (王　伟). Raises Unfit (`control`)."""
    text = " ".join(cell.translate(UNSEEN).split())
    if any(c not in JOINING and unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text):
        raise Unfit("control")
    return text


def _text(field: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> Callable[[str], str]:
    return _up_to(cast("int", cast("String", field.type).length))


def _number(field: InstrumentedAttribute[str]) -> Callable[[str], str]:
    """A card number or a barcode: what SIP2 and a tag can carry."""
    text = _text(field)

    def read(cell: str) -> str:
        bare = cell[1:] if cell.startswith("'") and cell[1:].isdecimal() else cell
        if "|" in bare or any(c.isspace() for c in bare):
            raise Unfit("number")
        _refuse(bare, _SPOILT)
        return text(bare)

    return read


def _sign(field: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> Callable[[str], str]:
    """A text that is copied rather than written: a call number, a place on a shelf, a telephone."""
    text = _text(field)

    def read(cell: str) -> str:
        _refuse(cell, _GUESSED)
        return text(cell)

    return read


def _refuse(cell: str, pattern: re.Pattern[str]) -> None:
    found = pattern.fullmatch(cell)
    if found:
        raise Unfit(cast("str", found.lastgroup))


_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MONTH = rf"(?:\d{{4}}年)?\d{{1,2}}月(?:\d{{1,2}}日)?|\d{{1,2}}-{_MONTHS}(?:-\d{{2,4}})?|{_MONTHS}-\d{{1,2}}"
"""What spreadsheets make of 3-2 where nobody told them to leave it alone."""
_ROUNDED = r"(?P<rounded>\d(?:\.\d+)?[Ee][+-]\d+)"
_GUESSED = re.compile(rf"{_ROUNDED}|(?P<dated>{_MONTH})")
_SPOILT = re.compile(
    rf"{_ROUNDED}|(?P<decimal>\d+\.0|\d{{8,}}\.\d+)"
    rf"|(?P<dated>\d{{4}}(?:-\d{{1,2}}-\d{{1,2}}|/\d{{1,2}}/\d{{1,2}})|{_MONTH})"
)
"""What programs make of numbers."""
_DATE = re.compile(
    r"(\d{4})(?:(\d\d)(\d\d)|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)"
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
)
"""A day, whatever the time of day. 2026112 could be two days, and is none."""


def _date(cell: str) -> date:
    found = _DATE.fullmatch(cell)
    try:
        read = date(*map(int, filter(None, found.groups()))) if found else OLDEST
    except ValueError:
        raise Unfit("date") from None
    if not OLDEST < read <= LAST:
        raise Unfit("date")
    return read


def _yuan(cell: str) -> int:
    """`12.5`, `¥12.50`, `CNY12.50元` in 分."""
    try:
        found = fen(cell)
    except ValueError:
        found = -1
    if found < 0:
        raise Unfit("money")
    return found


def _parts(cell: str) -> int:
    if not (re.fullmatch("[0-9]{1,9}", cell) and 1 <= int(cell) <= MAX_PARTS):
        raise Unfit("parts")
    return int(cell)


def _isbn(cell: str) -> str:
    """Thirteen digits, without hyphens and what stands around them: `ISBN 7-02-000220-X（精装）`, the first of several.

    What has no check digit that fits is kept: old books bear such numbers.
    """
    _refuse(cell, _GUESSED)
    bare = _DASHES.sub("", unicodedata.normalize("NFKC", cell)).upper().removeprefix("ISBN").lstrip(":")
    found = _ISBN.match(bare)
    return _text(Title.isbn)(thirteen(found[0]) if found else bare)


_DASHES = re.compile(r"[\s\u2010-\u2015\u2212-]")
_ISBN = re.compile(r"97[89]\d{10}|\d{9}[\dX](?!\d)")


def _year(cell: str) -> str:
    found = re.search(r"\d{4}", cell)
    if not found:
        raise Unfit("year")
    return found[0]


def _one_of(words: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        try:
            return words[plain(cell)]
        except KeyError:
            raise Unfit("choice") from None

    return read


def _worded(words: Mapping[str, Any]) -> Callable[[Any], str]:
    first = {value: word for word, value in reversed(list(words.items()))}
    return lambda value: first.get(value, "")


STATUSES: Final[Mapping[str, str]] = {
    "在架": "available",
    "available": "available",
    "可借": "available",
    "外借": "available",
    "阅览": "reference",
    "reference": "reference",
    "丢失": "lost",
    "lost": "lost",
    "下落不明": "missing",
    "missing": "missing",
    "修补": "repair",
    "repair": "repair",
    "剔除": "withdrawn",
    "注销": "withdrawn",
    "withdrawn": "withdrawn",
}
"""What stands in a file, and the item's status. Being lent is a loan, which no file makes."""
SEXES: Final[Mapping[str, str]] = {"男": "m", "m": "m", "1": "m", "女": "f", "f": "f", "0": "f"}
BLOCKED: Final[Mapping[str, bool]] = {
    "是": True,
    "yes": True,
    "y": True,
    "1": True,
    "true": True,
    "停用": True,
    "挂失": True,
    "否": False,
    "no": False,
    "n": False,
    "0": False,
    "false": False,
    "有效": False,
    "正常": False,
}


def _day(value: date | datetime) -> str:
    return f"{value:%Y-%m-%d}"


# ---------------------------------------------------------------- the columns
TITLE: Final = (
    Column("title", "题名", _text(Title.title), ("书名", "正题名", "名称"), typed=True),
    Column("author", "责任者", _text(Title.author), ("作者", "著者", "第一责任者"), typed=True),
    Column("publisher", "出版社", _text(Title.publisher), ("出版者",), typed=True),
    Column("year", "出版年", _year, ("出版日期", "出版时间")),
    Column("isbn", "ISBN", _isbn, ("标准号", "国际标准书号"), typed=True),
    Column("clc", "分类号", _sign(Title.clc), ("中图分类号", "中图法分类号"), typed=True),
    Column("call_number", "索书号", _sign(Title.call_number), ("索取号", "排架号"), typed=True),
    Column("language", "语种", _text(Title.language), ("语言",)),
    Column("pages", "页数", _text(Title.pages), ("载体形态",), typed=True),
    Column(
        "control_number",
        "控制号",
        _sign(Title.control_number),
        ("记录控制号", "书目记录号", "001"),
        typed=True,
    ),
)
ITEM: Final = (
    Column(
        "barcode",
        "条码号",
        _number(Item.barcode),
        ("条码", "馆藏条码", "登录号", "财产号"),
        needed=True,
        typed=True,
    ),
    Column("type", "文献类型", _text(Item.type), ("流通类型",)),
    Column("home", "所属馆", _up_to(MAX_NAME), ("馆代码", "馆藏馆", "branch", "馆")),
    Column("place", "所在馆", _up_to(MAX_NAME), ("当前馆", "当前位置")),
    Column("collection", "馆藏", _up_to(MAX_NAME), ("馆藏地", "馆藏地点", "藏书库"), typed=True),
    Column("shelf", "架位", _sign(Item.shelf), ("架位号",), typed=True),
    Column("price", "价格", _yuan, ("定价", "单价"), write=yuan),
    Column("status", "状态", _one_of(STATUSES), ("馆藏状态",), write=_worded(STATUSES)),
    Column("parts", "件数", _parts, ("附件数",)),
    Column("parts_note", "附件说明", _text(Item.parts_note), ("附件",)),
    Column("set", "套书", _text(Item.parts_note), ("套书名",), typed=True),
    Column("lender", "互借来源馆", _text(Item.lender), ("馆际互借来源",), typed=True),
    Column("added", "入藏日期", _date, ("入藏时间",), write=_day),
)
READER: Final = (
    Column(
        "card",
        "读者证号",
        _number(Reader.card),
        ("证号", "借书证号", "卡号", "读者条码"),
        needed=True,
        typed=True,
    ),
    Column("name", "姓名", _text(Reader.name), ("读者姓名",), typed=True),
    Column("type", "读者类型", _up_to(MAX_NAME), ("类型", "读者级别")),
    Column("branch", "开户馆", _up_to(MAX_NAME), ("办证馆", "所属馆", "馆代码", "馆")),
    Column("expires", "有效期至", _date, ("终止日期", "失效日期", "有效期"), write=_day),
    Column("born", "出生日期", _date, ("生日",), write=_day),
    Column("sex", "性别", _one_of(SEXES), (), write=_worded(SEXES)),
    Column("nation", "民族", _text(Reader.nation)),
    Column("phone", "手机", _sign(Reader.phone), ("电话", "联系电话", "手机号"), typed=True),
    Column("email", "电子邮箱", _text(Reader.email), ("邮箱", "e-mail")),
    Column("address", "地址", _text(Reader.address), ("住址", "联系地址")),
    Column("remark", "备注", _text(Reader.remark)),
    Column("guardian", "监护人证号", _number(Reader.card), typed=True),
    Column("blocked", "停用", _one_of(BLOCKED), ("证件状态",), write=_worded(BLOCKED)),
)
COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    "items": (*ITEM[:1], *TITLE, *ITEM[1:]),
    "readers": READER,
}
TITLE_NAMES: Final = frozenset(column.name for column in TITLE)


LONG: Final = 310
"""Beyond every column of a title."""


def fit(column: Column, cell: str) -> Any:
    """The value of a cell, cut to its column; None where it is empty or cannot be."""
    while cell:
        try:
            return column.read(cell)
        except Unfit as cause:
            if cause.why != "long":
                return None
            cell = cell[: min(len(cell) - 1, LONG)]
    return None


def headings(kind: Kind) -> dict[str, Column]:
    """Every heading that is understood, in small letters without blanks."""
    return {
        plain(heading): column
        for column in COLUMNS[kind]
        for heading in (column.name, column.zh, *column.also)
    }


def plain(heading: str) -> str:
    """A heading as it is compared."""
    return "".join(heading.split()).casefold().lstrip("\ufeff").replace("_", "").translate(SIMPLE)


SIMPLE: Final = str.maketrans(
    "丟書產價體準別辦單號國圖備屬庫開當錄態戶護掛數時機條來標點狀獻電監碼種稱類級終聯補覽記證話語說讀財責載郵銷間閱際頁題館閲説",
    "丢书产价体准别办单号国图备属库开当录态户护挂数时机条来标点状献电监码种称类级终联补览记证话语说读财责载邮销间阅际页题馆阅说",
)
"""Traditional characters of the words above: what is written in Big5 has no others."""
