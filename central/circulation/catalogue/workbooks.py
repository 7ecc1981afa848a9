"""Workbooks (.xlsx): octets to rows of text, and back.

The first sheet that is not hidden is read, formulas by their last value, numbers as the sheet shows them where their form
is a code (`0000000`, `00-000`). What a spreadsheet has made of a cell by itself, a date or a power of ten, says so
(`Guessed`): what was typed is gone. Written is text alone, so that numbers keep their zeros and nothing is a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Final
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from central.circulation.catalogue.columns import Guessed, Unfit
from central.circulation.catalogue.tables import Row

if TYPE_CHECKING:
    from openpyxl.cell import _CellOrMergedCell

MAX_UNPACKED: Final = 512 * 1024 * 1024
"""Octets of a workbook's parts together: a packed file of 1 MiB may hold a thousand times as much."""
MAX_ROWS: Final = 1_048_576
"""Of a sheet, as spreadsheets have it: a row that says to be the last of 2,000,000,000 is found after as many blanks."""
MAX_CELLS: Final = 20_000_000
"""Of a sheet, blank ones too: three times what the longest import needs."""
MAX_MARKS: Final = 16_000_000
"""Elements of a sheet, or of the texts of all, their ends too: what the longest import needs. Each is an object."""
MAX_OTHER_MARKS: Final = 300_000
"""Of any other part: the styles of a workbook that was copied together for years."""
MAX_DEPTH: Final = 100_000
"""Elements that are open, counted roughly: no workbook has more than a score, and each holds its place."""
MANY: Final = ("xl/worksheets/", "xl/sharedStrings")
PIECE: Final = 1 << 16
SILENT: Final = 16
"""Pieces in which no element ends: a tag or a text of 1 MiB, where a cell has 32,767 characters."""
EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number."""
PEEK: Final = 10
"""Rows of another sheet by which it is known to hold something, and sheets that are looked at so."""


def read(file: IO[bytes], unread: Callable[[str], None]) -> Iterator[Row]:
    """The rows of a workbook's first sheet that is not hidden, blank ones left out.

    Args:
        file: it.
        unread: hears the name of each other sheet that is not hidden and holds something.

    Raises:
        Unfit: `workbook` or `lines`.
    """
    held = 0
    try:
        with ZipFile(file) as packed:
            _measure(packed)
        book = load_workbook(file, read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet, *others = shown or book.worksheets[:1]
        for each in book.worksheets:
            each.reset_dimensions()
        for other in others[:PEEK]:
            if any(cell.value is not None for row in other.iter_rows(max_row=PEEK) for cell in row):
                unread(other.title)
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


def write(rows: Iterable[Sequence[str]], to: IO[bytes]) -> None:
    """Rows, the head among them; every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    assert isinstance(sheet, WriteOnlyWorksheet), "of a write-only workbook"
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in row])
    book.save(to)


def _measure(packed: ZipFile) -> None:
    """What openpyxl makes of a workbook is bounded. Raises Unfit (`workbook`)."""
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unfit("workbook")
    for part in parts:
        most = MAX_MARKS if part.filename.startswith(MANY) else MAX_OTHER_MARKS
        marks = depth = silent = 0
        with packed.open(part) as octets:
            piece = octets.read(PIECE)
            while piece and (marks or _XML.match(piece)):
                here, ends = piece.count(b"<"), piece.count(b"</")
                marks += here
                depth += here - 2 * ends - piece.count(b"/>")
                silent = 0 if b">" in piece else silent + 1
                if marks > most or depth > MAX_DEPTH or silent > SILENT:
                    raise Unfit("workbook")
                piece = octets.read(PIECE)


_XML: Final = re.compile(rb"[\xef\xbb\xbf\xfe\xff\x00\s]*<")
"""What a part that is read begins with; pictures do not."""


def _text(sheet: WriteOnlyWorksheet, said: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", said))
    cell.data_type = "s"
    return cell


# ---------------------------------------------------------------- what a cell says
_CONTROL: Final = re.compile("_x00[01][0-9A-F]_", re.IGNORECASE)
"""How a text of a workbook says a control character: the end of a line as Windows has it."""


def _said(cell: _CellOrMergedCell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return Guessed(f"{value:%Y-%m-%d}", "dated")
    if isinstance(value, time | timedelta):
        return Guessed(f"{value}", "dated")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _shown(value, cell.number_format)
    return _CONTROL.sub(" ", str(value)).strip()


def _shown(number: float, form: str) -> str:
    """A number as a spreadsheet shows it: what it has rounded does not pass for a card number."""
    if abs(number) >= EXACT:
        return f"{number:.14E}"
    if number != int(number):
        return f"{number:.15g}"
    plain = str(int(number))
    parts = _PART.findall(form.partition(";")[0])
    if any(_POWER.fullmatch(part) for part in parts):
        return Guessed(plain, "rounded")
    return _coded(plain, parts) if plain.isdigit() else plain


_POWER: Final = re.compile("[Ee][+-]")
_PART: Final = re.compile(rf'"[^"]*"|\\.|\[[^\]]*\]|[_*].|{_POWER.pattern}|.', re.DOTALL)
"""Of a number's form: words, a sign, a colour, a blank as wide as a sign, a power of ten, a place."""
PLACES: Final = "0#?"
SIGNS: Final = "-/():+ "
"""They stand for themselves without a mark."""


def _coded(plain: str, parts: Sequence[str]) -> str:
    """A number in a form that makes a code of it: zeros before it, or words, between which its digits stand."""
    kept = [part for part in parts if part[0] not in "[_*,"]
    places = [part for part in kept if part in PLACES]
    words = [part for part in kept if part not in PLACES]
    is_code = places.count("0") > 1 or (places == ["0"] and kept[:-1] == words)
    if not is_code or any(part not in SIGNS and part[0] not in '"\\' for part in words):
        return plain
    said: list[str] = []
    digits, left = plain, len(places)
    for part in reversed(kept):
        if part in PLACES:
            left -= 1
            digits, here = (digits[:-1], digits[-1:]) if left else ("", digits)
            said.append(here or ("0" if part == "0" else ""))
        else:
            said.append(_QUOTE.sub("", part))
    return "".join(reversed(said))


_QUOTE: Final = re.compile(r'["\\]')
