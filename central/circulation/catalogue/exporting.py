"""The catalogue and the readers, out: in the columns in which they come in, or as records.

An export read again changes nothing. Of readers it holds what a library may know of them, but no PIN and
no ID card number; who takes it is written into the audit log by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import IO, Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from central.circulation.catalogue import marc, marc_writing, marc_xml, tables, workbooks
from central.circulation.catalogue.columns import COLUMNS, ITEM, TITLE, Kind, Unfit
from central.circulation.ledger.models import Item, ItemSet, Reader, Title

FORMATS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "items": ("csv", "xlsx", "mrc", "xml"),
    "readers": ("csv", "xlsx"),
}
"""By the ending of a file's name."""
AT_ONCE: Final = 1_000
"""Rows held in memory; the rest waits at the database."""

_ITEMS = (
    select(
        Title.id.label("title_id"),
        Title.record,
        Title.record_format,
        *(getattr(Title, column.name) for column in TITLE),
        Item.barcode,
        Item.type,
        Item.home_branch_id.label("home"),
        Item.place_branch_id.label("place"),
        Item.collection_id.label("collection"),
        Item.shelf,
        Item.price_fen.label("price"),
        Item.status,
        Item.parts,
        Item.parts_note,
        ItemSet.name.label("set"),
        Item.lender,
        Item.added_on.label("added"),
    )
    .select_from(Title)
    .join(Item, Item.title_id == Title.id)
    .outerjoin(ItemSet, ItemSet.id == Item.set_id)
    .order_by(Title.id, Item.barcode)
)
_READERS = select(
    Reader.card,
    Reader.name,
    Reader.type_id.label("type"),
    Reader.branch_id.label("branch"),
    Reader.expires_on.label("expires"),
    Reader.born_on.label("born"),
    Reader.sex,
    Reader.nation,
    Reader.phone,
    Reader.email,
    Reader.address,
    Reader.remark,
    Reader.guardian_card.label("guardian"),
    Reader.blocked,
).order_by(Reader.card)


QUERIES: Final[Mapping[Kind, tuple[Any, InstrumentedAttribute[str]]]] = {
    "items": (_ITEMS, Item.home_branch_id),
    "readers": (_READERS, Reader.branch_id),
}


def write(session: Session, kind: Kind, form: str, to: IO[bytes], branches: Sequence[str] = ()) -> int:
    """Write all of a kind; how many lines that were.

    Args:
        session: a read-only one; the rows stream through it.
        kind: what.
        form: one of `FORMATS`.
        to: where.
        branches: only what belongs to these; none: everything.
    """
    found = _found(session, kind, branches)
    if form in RECORDS:
        return RECORDS[form](found, to)
    count = _Count()
    TABLES[form](chain([[column.zh for column in COLUMNS[kind]]], count.over(_cells(found, kind))), to)
    return count.value


TABLES: Final[Mapping[str, Callable[[Iterable[Sequence[str]], IO[bytes]], None]]] = {
    "csv": tables.write_csv,
    "xlsx": workbooks.write,
}


def _found(session: Session, kind: Kind, branches: Sequence[str]) -> Iterator[RowMapping]:
    query, branch = QUERIES[kind]
    if branches:
        query = query.where(branch.in_(branches))
    yield from session.execute(query, execution_options={"yield_per": AT_ONCE}).mappings()


def _cells(found: Iterable[RowMapping], kind: Kind) -> Iterator[list[str]]:
    for row in found:
        said = _said(row, COLUMNS[kind])
        yield [said.get(column.name, "") for column in COLUMNS[kind]]


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no workbook and no XML can say, and what ends fields and records."""


def _said(row: RowMapping, columns: Iterable[Any]) -> dict[str, str]:
    return {
        column.name: _CONTROL.sub(" ", column.write(row[column.name]))
        for column in columns
        if row[column.name] is not None and row[column.name] != ""
    }


Whole = tuple[dict[str, str], list[dict[str, str]], bytes, marc.Format]


def _titles(found: Iterable[RowMapping]) -> Iterator[Whole]:
    """Cells of each title, those of its copies, the kept record and its format."""
    for _, copies in groupby(found, key=lambda row: row["title_id"]):
        rows = list(copies)
        first = rows[0]
        form: marc.Format = first["record_format"] or "cnmarc"
        yield _said(first, TITLE), [_said(row, ITEM) for row in rows], first["record"] or b"", form


def _write_records(found: Iterable[RowMapping], to: IO[bytes]) -> int:
    count = 0
    for title in _titles(found):
        for written in marc_writing.split(*title):
            to.write(written)
            count += 1
    return count


def _write_xml(found: Iterable[RowMapping], to: IO[bytes]) -> int:
    count = 0
    to.write(marc_xml.HEAD)
    for said, copies, octets, form in _titles(found):
        try:
            record = marc_writing.corrected(said, copies, octets, form)
        except Unfit:  # kept by an older program, which read what this one does not
            record = marc_writing.corrected(said, copies, b"", form)
        to.write(marc_xml.element(record))
        count += 1
    to.write(marc_xml.FOOT)
    return count


RECORDS: Final[Mapping[str, Callable[[Iterable[RowMapping], IO[bytes]], int]]] = {
    "mrc": _write_records,
    "xml": _write_xml,
}


class _Count:
    """Counts what passes."""

    def __init__(self) -> None:
        self.value = 0

    def over(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        for row in rows:
            self.value += 1
            yield row
