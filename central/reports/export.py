"""The report as a spreadsheet: CSV in UTF-8 with a byte order mark, so that Excel reads Chinese.

Figures are exact. A name that a spreadsheet would take for a formula is quoted: see `cell`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import gettext

from central.fleet import words as fleet_words
from central.reports.catalogue import MEASURES
from central.reports.sums import Figures
from central.reports.table import Line
from central.web.language import words

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection)."""


def cell(value: object) -> object:
    """A value that no spreadsheet executes: text with a formula's beginning gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write(head: Iterable[Sequence[object]], total: Figures, lines: Iterable[Line]) -> str:
    """The whole file.

    Args:
        head: rows that say what this is: name, period, time of making.
        total: the sum over everything.
        lines: branches and rooms.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")

    def put(row: Iterable[object]) -> None:
        writer.writerow([cell(value) for value in row])

    for row in head:
        put(row)
    for measure in MEASURES.values():
        put([words(measure.title), words(measure.definition)])
    put([])
    put(_titles())
    put([gettext("Total"), "", "", "", *_figures(total), "", "", ""])
    for line in lines:
        setting = words(fleet_words.SETTINGS[line.setting]) if line.setting else gettext("Branch")
        covered = "" if line.coverage is None else f"{line.coverage:.4f}"
        peak = "" if line.peak is None else line.peak
        counting = "" if line.counting is None else f"{line.counting:.4f}"
        put(
            [words(line.name), line.id, setting, line.depth, *_figures(line.figures), peak, counting, covered]
        )
    return BOM + out.getvalue()


def _titles() -> list[str]:
    titles = [gettext("Name"), gettext("Number"), gettext("Kind"), gettext("Level")]
    for measure in MEASURES.values():
        titles += [words(measure.title), gettext("of which 24-hour rooms")]
    return [*titles, gettext("Most inside at once"), gettext("Counter's coverage"), gettext("Coverage")]


def _figures(figures: Figures) -> list[int]:
    return [number for name in MEASURES for number in figures[name]]
