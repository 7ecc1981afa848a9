"""CSV: octets to rows of text, and back.

CSV is read in the charset that is named, else as UTF-8, as GB 18030 or Big5, which spreadsheets in China write, or as
UTF-16, which they call Unicode text, with commas, semicolons or tabs; written as UTF-8 with its mark, so that they open it rightly. A cell that a spreadsheet
would run as a formula is written as text.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Final

from central.circulation.catalogue.charsets import recognised, wide
from central.circulation.catalogue.columns import Unfit

WIDE: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
"""What UTF-16 begins with."""
WIDE_HEAD: Final = 4096
"""Octets of a file without that beginning by which it may still be known."""
HEAD_WITHIN: Final = 5
"""Lines of a table, blank ones aside: above its head may stand a title, a date, who made it."""
DELIMITERS: Final = ",;\t"
_SEPARATOR: Final = re.compile('"?sep=(.)"?\r?\n', re.IGNORECASE)
"""A first line by which some programs name it to spreadsheets."""
MAX_OCTETS: Final = 256 * 1024 * 1024
"""Of a file: a hundred times what the longest import says."""
MAX_CHARACTERS: Final = 1_000_000
"""Of a line of CSV: far beyond every column, far below a file without line ends."""
RISKY: Final = re.compile("'*[=+\\-@＝＋－＠\t\r]")
"""A cell that begins so is a formula to a spreadsheet, or was made none by the sign before it."""
_QUOTED: Final = re.compile('="(.*)"', re.DOTALL)
"""By this some programs keep spreadsheets from making a number of a text."""

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
    delimiter = named[1] if named else _delimiter(text)
    reader = csv.reader(_bounded(text), delimiter=delimiter, strict=True)
    last = 0 if text.endswith("\n") else text.count("\n") + 1
    begun, width = 1, 0
    try:
        for cells in reader:
            said = [_bare(cell) for cell in cells]
            if begun == last and len(said) < width:
                raise Unfit("cut", line=begun)
            if any(said) and not (begun == 1 and named):
                if (
                    width or len(said) > 1
                ):  # a title above the head is one cell, of whatever width the table is
                    width = min(width or len(said), len(said))
                yield begun, said
            begun = reader.line_num + 1
    except csv.Error:
        raise Unfit("csv", line=begun) from None


def write_csv(rows: Iterable[Sequence[str]], to: IO[bytes]) -> None:
    """Rows, the head among them, as UTF-8."""
    text = io.TextIOWrapper(to, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{cell}" if RISKY.match(cell) else cell for cell in row])
    text.detach()


def _delimiter(text: str) -> str:
    """That of the first line which has one: above the head may stand a title."""
    for line in islice(io.StringIO(text), HEAD_WITHIN):
        if any(sign in line for sign in DELIMITERS):
            return max(DELIMITERS, key=line.count)
    return DELIMITERS[0]


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
    """A cell without blanks around it, without the mark that `write_csv` puts before a risky one, and no formula
    of a text alone (`="0012"`).
    """
    bare = cell.strip()
    if not bare.startswith(("=", "'")):
        return bare
    quoted = _QUOTED.fullmatch(bare)
    if quoted:
        return quoted[1].strip()
    return bare[1:].strip() if bare.startswith("'") and RISKY.match(bare) else bare
