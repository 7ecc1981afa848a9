"""A title or an item, entered or changed by hand: the cells of a form, read as those of a table are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.circulation.catalogue.columns import COLUMNS, TITLE, Column, Unfit
from central.circulation.catalogue.importing import WORK
from central.circulation.catalogue.reading import File, Line, Wrong
from central.circulation.ledger.models import Item, Title
from central.circulation.ledger.sought import sought

FOUND_BY: Final = ("title", "author", "isbn", "call_number")


def change_title(session: Session, number: int, cells: Mapping[str, str]) -> list[Wrong]:
    """Give a title other words; an empty cell empties it. What is wrong is returned, and then nothing is changed."""
    values, wrong = _read(cells, TITLE)
    if not cells.get("title"):
        wrong.append(Wrong(1, "title", "title"))
    if _is_taken(session, values.get("control_number"), number):
        wrong.append(Wrong(1, "control_number", "control_number", values["control_number"]))
    if wrong:
        return wrong
    row = {column.name: values.get(column.name, "") for column in TITLE}
    row["control_number"] = values.get("control_number")
    row["sought"] = sought(*(row[name] for name in FOUND_BY))
    session.execute(update(Title).where(Title.id == number).values(row))
    return []


def _is_taken(session: Session, control_number: str | None, number: int) -> bool:
    """Whether another title than this one has the control number."""
    other = select(Title.id).where(Title.control_number == control_number, Title.id != number)
    return control_number is not None and session.scalar(other) is not None


def enter_item(session: Session, cells: Mapping[str, str], branch: str) -> list[Wrong]:
    """Enter an item with its title, or change one: a table of one line, of which an empty cell says nothing."""
    values, wrong = _read(cells, COLUMNS["items"])
    if not cells.get("barcode"):
        wrong.append(Wrong(1, "barcode", "needed"))
    if wrong:
        return wrong
    file = File(lines=[Line(1, values)])
    work = WORK["items"](session, file, branch)
    work.compare()
    if not file.wrong:
        work.keep()
    return file.errors


EMPTIED: Final[Mapping[str, tuple[str, str | None]]] = {
    "collection": ("collection_id", None),
    "shelf": ("shelf", ""),
    "price": ("price_fen", None),
    "parts_note": ("parts_note", ""),
    "set": ("set_id", None),
    "lender": ("lender", ""),
    "added": ("added_on", None),
}
"""Column of an item → what an empty field of a form makes of it. The others are never empty."""


def change_item(session: Session, cells: Mapping[str, str], branch: str) -> list[Wrong]:
    """Change an item that is there; an empty field empties it, where it can be empty."""
    wrong = enter_item(session, cells, branch)
    if not wrong:
        empty = dict(EMPTIED[name] for name in EMPTIED if not cells.get(name, "").strip())
        if empty:
            session.execute(update(Item).where(Item.barcode == cells["barcode"]).values(empty))
    return wrong


def title_of(session: Session, barcode: str) -> int | None:
    """Number of the title of an item; None where there is no such item."""
    return session.scalar(select(Item.title_id).where(Item.barcode == barcode))


def _read(cells: Mapping[str, str], columns: Iterable[Column]) -> tuple[dict[str, Any], list[Wrong]]:
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for column in columns:
        cell = cells.get(column.name, "").strip()
        try:
            if cell:
                values[column.name] = column.read(cell)
        except Unfit as cause:
            wrong.append(Wrong(1, column.name, cause.why, cell[:40]))
    return values, wrong
