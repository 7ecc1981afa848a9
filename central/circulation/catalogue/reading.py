"""A file to lines that can be kept, and all that is wrong with the others.

The whole file is read before anything is compared with the database. Wrong lines are counted, the first
MAX_SHOWN of them are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Any, Final, NamedTuple

from central.circulation.catalogue import marc, marc_recoding, marc_xml, tables, words, workbooks
from central.circulation.catalogue.charsets import LOST, MARKS, Charset
from central.circulation.catalogue.columns import COLUMNS, Column, Guessed, Kind, Unfit, fit, headings, plain
from central.circulation.catalogue.forms import Form, form_of
from central.circulation.ledger.sought import initials

MAX_LINES: Final = 100_000
"""All of them are held in memory, some 3 KiB each, and kept in one transaction: on SQLite in half of the time for
which others wait (`central.db.SQLITE_BUSY_MS`)."""
MAX_SHOWN: Final = 500
FIRST: Final = 3
TELLING: Final = ("barcode", "card", "title", "name", "author", "publisher")
"""Lines, and columns of each, by which a person sees that a file was read rightly."""

Report = Callable[[int], None]
"""Told how many lines are read, now and then."""
REPORT_EVERY: Final = 2_000
_ERROR: Final = re.compile(r"#(?:N/A|(?:REF|NULL|NUM|VALUE|DIV/0|SPILL|CALC)!|NAME\?|#{2,})|Err:\d{3}")
"""What spreadsheets write where a formula has no value, or a column is too narrow for it."""


class Wrong(NamedTuple):
    """What is wrong with one line."""

    line: int
    """Of the file; of a file of records, the number of the record. 0: the whole file."""
    column: str
    """Heading of `columns`, or a record's field; empty for the whole line."""
    why: str
    """Name in `words.WHY`."""
    said: str = ""
    """The cell, cut short."""


class Line(NamedTuple):
    """One line: a reader, or a copy with its title, or a title alone."""

    number: int
    values: dict[str, Any]
    """By column; what the line does not say is not there."""
    record: tuple[bytes, marc.Format] | None = None
    """The record that it came from."""


@dataclass(slots=True)
class File:
    """A file, read."""

    form: Form | None = None
    """None: in none that is known."""
    charset: str | None = None
    """Codec of its text; a workbook has none."""
    lines: list[Line] = field(default_factory=list)
    errors: list[Wrong] = field(default_factory=list)
    """The first MAX_SHOWN."""
    wrong: int = 0
    """All of them."""
    notices: list[Wrong] = field(default_factory=list)
    """What was left out, the first MAX_SHOWN."""
    seen: dict[str, int] = field(default_factory=dict)
    """Line of each card or barcode."""

    def recognised(self) -> str:
        """Form and charset, empty where the form is none that is known."""
        return words.recognised(self.form, self.charset) if self.form else ""

    def first(self) -> list[str]:
        """What the first lines say in text."""
        return [
            " · ".join(line.values[name] for name in TELLING if name in line.values)
            for line in self.lines[:FIRST]
        ]

    def in_order(self) -> list[Wrong]:
        """Its errors by line: what comparing has found stands behind what reading has."""
        return sorted(self.errors, key=lambda wrong: wrong.line)

    def refuse(self, wrong: Wrong) -> None:
        self.wrong += 1
        if len(self.errors) < MAX_SHOWN:
            self.errors.append(wrong)

    def leave_out(self, notice: Wrong) -> None:
        if len(self.notices) < MAX_SHOWN:
            self.notices.append(notice)


def read(
    file: IO[bytes], name: str, kind: Kind, report: Report = lambda _: None, *, codec: str | None = None
) -> File:
    """What a file says. Nothing is raised for a wrong file: its errors say so.

    Args:
        file: it, to be read from the beginning.
        name: its name; the ending tells the form where the content does not.
        kind: what it holds.
        report: hears of the progress.
        codec: of `charsets.CHOICES`, by which all of it is read; None: what it is recognised as.
    """
    found = File()
    key = COLUMNS[kind][0].name
    try:
        for count, line in enumerate(_lines(file, name, kind, codec, found), 1):
            if count % REPORT_EVERY == 0:
                report(count)
            _take(line, key, found)
    except Unfit as cause:
        found.refuse(Wrong(cause.line, cause.column, cause.why, cause.said))
    if not found.lines and not found.wrong:
        found.refuse(Wrong(0, "", "empty"))
    return found


def _lines(file: IO[bytes], name: str, kind: Kind, codec: str | None, found: File) -> Iterator[Line]:
    found.form = form_of(file, name)
    if codec is not None and found.form == "xlsx":
        found.leave_out(Wrong(0, "", "charset_workbook"))
    elif codec is not None:
        _may_be(file, codec, found.form)
    match found.form:
        case "csv":
            text, found.charset = tables.text_of(file, codec)
            return _table(tables.read_csv(text), kind, found)
        case "xlsx":
            rows = workbooks.read(file, lambda sheet: found.leave_out(Wrong(0, sheet[:40], "sheet")))
            return _table(rows, kind, found)
        case _ if kind != "items":
            raise Unfit("records")
        case "xml":
            found.charset = marc_xml.charset_of(file, codec)
            return _records(marc_xml.records(file, found.charset), "utf-8", found)
        case "mrc":
            return _marc(file, codec, found)


def _marc(file: IO[bytes], codec: str | None, found: File) -> Iterator[Line]:
    """Of records that are in no charset that is known nothing is taken but MARC-8."""
    if codec is not None:
        found.charset = codec
        return _records((_recoded(piece, codec) for piece in marc.cut(file)), None, found)
    charset = marc.chinese(file)
    found.charset = charset or "marc-8"
    file.seek(0)
    return _records(marc.cut(file), charset, found)


def _recoded(piece: bytes, codec: str) -> bytes | Unfit:
    try:
        return marc_recoding.recoded(piece, codec)
    except Unfit as cause:
        return cause


NEVER: Final[Mapping[Form, str]] = {"csv": "marc-8", "xml": "marc-8", "mrc": "utf-16"}
"""Form → the choice in which nobody writes it."""


def _may_be(file: IO[bytes], codec: str, form: Form) -> None:
    """Raises Unfit: `charset_form` or `charset_mark`: the file cannot be in what was chosen."""
    if NEVER[form] == codec:
        raise Unfit("charset_form", said=words.recognised(form, codec))
    head = file.read(max(map(len, MARKS)))
    file.seek(0)
    for mark, said in MARKS.items():
        if head.startswith(mark) and said != codec:
            raise Unfit("charset_mark", said=words.CHARSETS[said])


def _take(line: Line, key: str, found: File) -> None:
    number = line.values.get(key)
    if number is not None and number in found.seen:
        found.refuse(Wrong(line.number, key, "twice", f"{number} ({found.seen[number]})"))
        return
    if number is not None:
        found.seen[number] = line.number
    for column in ("title", "author"):
        initials(line.values.get(column, ""))  # worked out here, before a transaction waits for it
    if len(found.lines) == MAX_LINES:
        raise Unfit("lines", line=line.number)
    found.lines.append(line)


# ---------------------------------------------------------------- tables
def _table(rows: Iterable[tables.Row], kind: Kind, found: File) -> Iterator[Line]:
    lines = iter(rows)
    begin = list(islice(lines, tables.HEAD_WITHIN))
    if not begin:
        return
    needed = {heading for heading, column in headings(kind).items() if column.needed}
    heads = (at for at, (_, cells) in enumerate(begin) if not needed.isdisjoint(map(plain, cells)))
    first = next(heads, 0)
    for number, cells in begin[:first]:
        found.leave_out(Wrong(number, "", "above", " ".join(filter(None, cells))[:40]))
    columns = _head(*begin[first], kind, found)
    for number, cells in chain(begin[first + 1 :], lines):
        if any(cells[len(columns) :]):
            found.refuse(Wrong(number, "", "fields"))
            continue
        said = {
            column.name: cell
            for column, cell in zip(columns, cells, strict=False)
            if column is not None and cell
        }
        line = _values(number, said, COLUMNS[kind], found)
        if line is not None:
            yield Line(number, line)


def _head(at: int, head: Sequence[str], kind: Kind, found: File) -> list[Column | None]:
    """The column of each heading, None for one that nobody knows."""
    known = headings(kind)
    columns = [known.get(plain(heading)) for heading in head]
    lost = next((heading for heading in head if LOST in heading), "")
    if lost:
        raise Unfit("lost", line=at, said=lost[:40])
    for heading, column in zip(head, columns, strict=True):
        if column is None and heading:
            found.leave_out(Wrong(at, heading[:40], "heading"))
        if column is not None and columns.count(column) > 1:
            raise Unfit("heading_twice", line=at, column=column.name)
    for column in COLUMNS[kind]:
        if column.needed and column not in columns:
            raise Unfit("head", line=at, column=column.name, said=" ".join(head)[:40])
    return columns


def _values(
    number: int, said: Mapping[str, str], columns: Iterable[Column], found: File
) -> dict[str, Any] | None:
    """The values of a line; None where one of its cells cannot be."""
    values: dict[str, Any] = {}
    wrong = found.wrong
    for column in columns:
        cell = said.get(column.name, "")
        if not cell and column.needed:
            found.refuse(Wrong(number, column.name, "needed"))
        elif LOST in cell:
            found.refuse(Wrong(number, column.name, "lost", cell[:40]))
        elif column.typed and isinstance(cell, Guessed):
            found.refuse(Wrong(number, column.name, cell.why, cell[:40]))
        elif cell.startswith(("#", "Err:")) and _ERROR.fullmatch(cell):
            found.refuse(Wrong(number, column.name, "formula", cell[:40]))
        elif cell:
            try:
                values[column.name] = column.read(cell)
            except Unfit as cause:
                found.refuse(Wrong(number, column.name, cause.why, cell[:40]))
    return values if found.wrong == wrong else None


# ---------------------------------------------------------------- records
def _records(pieces: Iterable[bytes | Unfit], charset: Charset | None, found: File) -> Iterator[Line]:
    for number, piece in enumerate(pieces, 1):
        try:
            record = marc.read(_whole(piece), charset=charset)
        except Unfit as cause:
            found.refuse(Wrong(number, cause.column, cause.why, cause.said))
            continue
        title, kept = _fitting(record.title), (record.octets, record.format)
        if "title" not in title:
            found.refuse(Wrong(number, "title", "control", record.title["title"][:40]))
            continue
        if record.unnamed:
            found.leave_out(Wrong(number, "barcode", "unnamed"))
        if not record.copies:
            yield Line(number, title, kept)
        for copy in record.copies:
            named = _values(number, copy, NEEDED, found)
            if named is not None:
                yield Line(number, title | _fitting(copy) | named, kept)


def _whole(piece: bytes | Unfit) -> bytes:
    if isinstance(piece, Unfit):
        raise piece
    return piece


NEEDED: Final = tuple(column for column in COLUMNS["items"] if column.needed)


def _fitting(cells: Mapping[str, str]) -> dict[str, Any]:
    """The values of a record's cells, cut to their columns or left out: the record is kept whole beside them."""
    read = ((column.name, fit(column, cells.get(column.name, ""))) for column in COLUMNS["items"])
    return {name: value for name, value in read if value is not None}
