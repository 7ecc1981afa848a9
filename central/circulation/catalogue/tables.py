"""CSV and workbooks: octets to rows of text, and back.

CSV is read in the charset that is named, else as UTF-8, as GB 18030 or Big5, which spreadsheets in China write, or as
UTF-16, which they call Unicode text, with commas, semicolons or tabs; written as UTF-8 with its mark, so that they open it rightly. Of a workbook the first sheet
is read, formulas by their last value, numbers with the zeros that the sheet shows before them. A cell that a
spreadsheet would run as a formula is written as text.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Final
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from central.circulation.catalogue.charsets import recognised, wide
from central.circulation.catalogue.columns import Unfit

if TYPE_CHECKING:
    from openpyxl.cell import _CellOrMergedCell

WIDE: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
"""What UTF-16 begins with."""
WIDE_HEAD: Final = 4096
"""Octets of a file without that beginning by which it may still be known."""
DELIMITERS: Final = ",;\t"
_SEPARATOR: Final = re.compile('"?sep=(.)"?\r?\n', re.IGNORECASE)
"""A first line by which some programs name it to spreadsheets."""
MAX_OCTETS: Final = 256 * 1024 * 1024
"""Of a file: a hundred times what the longest import says."""
MAX_UNPACKED: Final = 512 * 1024 * 1024
"""Octets of a workbook's parts together: a packed file of 1 MiB may hold a thousand times as much."""
MAX_ROWS: Final = 1_048_576
"""Of a sheet, as spreadsheets have it: a row that says to be the last of 2,000,000,000 is found after as many blanks."""
MAX_CELLS: Final = 20_000_000
"""Of a sheet, blank ones too: three times what the longest import needs."""
MAX_CHARACTERS: Final = 1_000_000
"""Of a line of CSV: far beyond every column, far below a file without line ends."""
EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number."""
RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""

Row = tuple[int, list[str]]
"""Its line in the file, from 1, and its cells."""


def text_of(file: IO[bytes], chosen: str | None = None) -> tuple[str, str]:
    """A file's text, and the charset that it is in; LOST stands for octets that are none of it.

    Args:
        file: to be read to its end.
        chosen: the codec by which it is read; None: the one that is recognised.

    Raises:
        Unfit: `charset` or `lines`.
    """
    octets = file.read(MAX_OCTETS + 1)
    if len(octets) > MAX_OCTETS:
        raise Unfit("lines")
    charset = _wide(octets) if chosen == "utf-16" else chosen or _charset(octets)
    return octets.decode(charset, "replace").removeprefix("\ufeff"), charset


def read_csv(text: str) -> Iterator[Row]:
    """The rows of a CSV file, blank ones left out.

    Raises:
        Unfit: `csv`, `line_long` or `cut`, with the line where the row begins.
    """
    named = _SEPARATOR.match(text)
    delimiter = named[1] if named else max(DELIMITERS, key=text.split("\n", 1)[0].count)
    reader = csv.reader(_bounded(text), delimiter=delimiter, strict=True)
    last = 0 if text.endswith("\n") else text.count("\n") + 1
    begun, width = 1, 0
    try:
        for cells in reader:
            said = [_bare(cell) for cell in cells]
            if begun == last and len(said) < width:
                raise Unfit("cut", line=begun)
            if any(said) and not (begun == 1 and named):
                width = min(width, len(said)) if width else len(said)
                yield begun, said
            begun = reader.line_num + 1
    except csv.Error:
        raise Unfit("csv", line=begun) from None


def read_workbook(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a workbook's first sheet, blank ones left out.

    Raises:
        Unfit: `workbook` or `lines`.
    """
    held = 0
    try:
        with ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise Unfit("workbook")  # noqa: TRY301 - not a word of zipfile's
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            held += len(cells)
            if number > MAX_ROWS or held > MAX_CELLS:
                raise Unfit("lines")  # noqa: TRY301 - not a word of openpyxl's
            said = [_said(cell) for cell in cells]
            if any(said):
                yield number, said
    except Unfit:
        raise
    except Exception:  # noqa: BLE001 - of a damaged file openpyxl, zipfile and the XML parser raise what comes
        raise Unfit("workbook") from None


def write_csv(rows: Iterable[Sequence[str]], to: IO[bytes]) -> None:
    """Rows, the head among them, as UTF-8."""
    text = io.TextIOWrapper(to, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(RISKY) else cell for cell in row])
    text.detach()


def write_workbook(rows: Iterable[Sequence[str]], to: IO[bytes]) -> None:
    """Rows, the head among them; every cell is text, so that numbers keep their zeros."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    assert isinstance(sheet, WriteOnlyWorksheet), "of a write-only workbook"
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in row])
    book.save(to)


def _charset(octets: bytes) -> str:
    """The charset of a table. Raises Unfit (`charset`)."""
    if octets.startswith(WIDE):
        return "utf-16"
    narrow = _is_utf8(octets)
    empty = wide(octets[:WIDE_HEAD], share=1 / (4 if narrow else 64))
    found = empty or ("utf-8" if narrow else recognised(octets))
    if found is None:
        raise Unfit("charset")
    return found


def _wide(octets: bytes) -> str:
    """Its UTF-16: by its mark, else by where it is empty, else the one of spreadsheets."""
    return "utf-16" if octets.startswith(WIDE) else wide(octets[:WIDE_HEAD]) or "utf-16-le"


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bounded(text: str) -> Iterator[str]:
    """The lines of a text. Raises Unfit (`line_long`)."""
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > MAX_CHARACTERS:
            raise Unfit("line_long", line=number)
        yield line


def _bare(cell: str) -> str:
    """A cell without blanks around it, and without the mark that `write_csv` puts before a risky one."""
    bare = cell.strip()
    return bare[1:].strip() if bare.startswith("'") and bare[1:].startswith(RISKY) else bare


def _text(sheet: WriteOnlyWorksheet, said: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", said))
    cell.data_type = "s"
    return cell


def _said(cell: _CellOrMergedCell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _shown(value, cell.number_format)
    return str(value).strip()


def _shown(number: float, form: str) -> str:
    """A number as a spreadsheet shows it: what it has rounded does not pass for a card number."""
    if abs(number) >= EXACT:
        return f"{number:.14E}"
    if number != int(number):
        return f"{number:.15g}"
    padded = _PADDED.fullmatch(form)
    return f"{_QUOTE.sub('', padded[1])}{int(number):0{len(padded[2])}}" if padded else str(int(number))


_PADDED: Final = re.compile(r'((?:"[^"]*"|\\.)*)(0+)')
"""A number's form with words before it and zeros alone: `0000000`, `"B"00000`."""
_QUOTE: Final = re.compile(r'["\\]')
