"""The list of a shelf: a CSV file, one book a line, in; what each tag shall say, out. Pure.

    item,owner,parts,part,usage,title,SL            馆藏条码,馆代码,总册数,册次,类型,题名,排架号
    B0001,CN-320500,,,10,漂流,K825.6/1              the same columns by their Chinese names

Only `item` is needed. Other columns are elements by abbreviation (`drivers.tag.oids`) or number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drivers.errors import DriverError, Misuse
from drivers.probe.tag_encode import Wanted, encode, wanted
from drivers.tag import oids

COLUMNS: Mapping[str, str] = {
    "条码": "item",
    "条码号": "item",
    "馆藏条码": "item",
    "馆代码": "owner",
    "总册数": "parts",
    "册次": "part",
    "类型": "usage",
    "题名": "title",
    "排架号": "SL",
    "索书号": "SL",
}
"""Chinese column names → ours."""
_FIELDS = ("item", "owner", "parts", "part", "usage")
_NUMBERS = ("parts", "part")
MAX_BOOKS = 100_000
"""A list that is longer is not one shelf."""


@dataclass(frozen=True, slots=True)
class Book:
    """One line of the list."""

    line: int
    """In the file, from 1."""
    wanted: Wanted
    title: str
    """For the person who looks for the book."""
    unsaid: tuple[str, ...] = ()
    """What stands in the line, and its tag will not say."""

    @property
    def key(self) -> str:
        """What no other line has: item number, and the part of a set."""
        return f"{self.wanted.item}#{self.wanted.part or 1}"


def text_of(octets: bytes) -> str:
    """The text of a file: UTF-8, or GB18030 as spreadsheets in China save it.

    Raises:
        Misuse: neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Misuse("the list is neither UTF-8 nor GB18030")


def books(text: str, defaults: Mapping[str, object]) -> tuple[Book, ...]:
    """Every book of a list, proven to fit its tag.

    Args:
        text: the CSV file.
        defaults: what holds where a line says nothing: model, owner, usage, …

    Raises:
        Misuse: no column `item`, an unknown column, a line that cannot be written, a book twice; names the line.
    """
    found: dict[str, Book] = {}
    for line, row in _rows(text):
        try:
            book = _book(line, row, defaults)
            if other := found.get(book.key):
                raise Misuse(f"{book.key} stands in line {other.line} already")
        except DriverError as cause:
            raise Misuse(f"line {line}: {cause.text}") from None
        found[book.key] = book
    if not 0 < len(found) <= MAX_BOOKS:
        raise Misuse(f"{len(found)} books in the list; 1 to {MAX_BOOKS} are expected")
    return tuple(found.values())


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines that are not empty: number, column → text."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        names = [COLUMNS.get(name.strip(), name.strip()) for name in next(reader, [])]
        if "item" not in names or len(set(names)) < len(names):
            raise Misuse(f"line 1: a column `item`, and each column once, were expected, not {names}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) > len(names):
                    raise Misuse(f"line {reader.line_num}: {len(cells)} cells under {len(names)} columns")
                filled = dict(zip(names, (cell.strip() for cell in cells), strict=False))
                yield reader.line_num, {name: cell for name, cell in filled.items() if cell}
    except csv.Error as cause:
        raise Misuse(f"line {reader.line_num}: {cause}") from None


def _book(line: int, row: Mapping[str, str], defaults: Mapping[str, object]) -> Book:
    own: dict[str, object] = {name: row[name] for name in _FIELDS if name in row}
    for name in _NUMBERS:
        if name in own and not row[name].isdecimal():
            raise Misuse(f"{name} {row[name]!r} is no number")
        own |= {name: int(row[name])} if name in own else {}
    others = {name: text for name, text in row.items() if name not in _FIELDS and name != "title"}
    for name in others:
        if oids.oid(name) is None:
            raise Misuse(f"no column or element is called {name!r}")
    asked = wanted("", {**defaults, **own, "elements": others})
    made = encode(asked)  # what cannot be written, or not read again, is told before the first tag lies there
    return Book(line, asked, row.get("title", ""), tuple(made["warnings"]))
