"""Finding titles: by title, author, ISBN, call number and the initials of pinyin.

Every term that was typed must be in a title's `sought`; what begins with the first term comes first. Each
search looks at every title: 0.1 s among 200,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from central.circulation.ledger import isbn
from central.circulation.ledger.models import Hold, Item, Loan, Title, Transit
from central.circulation.ledger.sought import terms

MAX_TERMS: Final = 8
MAX_SAID: Final = 100
"""Characters; nobody types more."""
KEPT: Final = ("available", "reference")
"""Of these an item can be had or read; the others are not there."""


class Shelf(NamedTuple):
    """The copies of a title in one branch."""

    branch: str
    """Where they are now."""
    copies: int
    here: int
    """Of them on the shelf: neither lent, nor under way, nor kept for somebody."""


class Found(NamedTuple):
    """One title."""

    title_id: int
    title: str
    author: str
    publisher: str
    year: str
    isbn: str
    clc: str
    call_number: str
    shelves: tuple[Shelf, ...]

    @property
    def here(self) -> int:
        """Copies on a shelf, wherever."""
        return sum(shelf.here for shelf in self.shelves)


TITLES: Final[Select[Any]] = select(Title.id, *(getattr(Title, name) for name in Found._fields[1:-1]))


def find(session: Session, said: str, *, limit: int = 20, skip: int = 0) -> list[Found]:
    """Titles that fit, the best first; none where nothing was typed."""
    wanted = terms(said[:MAX_SAID])[:MAX_TERMS]
    if not wanted:
        return []
    rows = session.execute(
        TITLES.where(*(_has(term) for term in wanted))
        .order_by(_rank(wanted[0]), Title.title, Title.id)
        .limit(limit)
        .offset(skip)
    ).all()
    shelves = _shelves(session, [row.id for row in rows])
    return [_found(row, shelves) for row in rows]


def title(session: Session, number: int) -> Found | None:
    """One title; None where there is none."""
    row = session.execute(TITLES.where(Title.id == number)).one_or_none()
    return None if row is None else _found(row, _shelves(session, [number]))


def _found(row: Row[Any], shelves: Mapping[int, list[Shelf]]) -> Found:
    return Found._make((*row, tuple(shelves.get(row[0], ()))))


def _has(term: str) -> ColumnElement[bool]:
    """The term stands there; an ISBN in any of its forms."""
    return or_(*(Title.sought.contains(form, autoescape=True) for form in isbn.forms(term)))


def _rank(first: str) -> ColumnElement[int]:
    """0 where the title is it, 1 where it begins so, 2 where a number or an author does, 3 elsewhere."""
    line = Title.sought.contains("\n" + first, autoescape=True)
    return case(
        (Title.sought.startswith(first + "\n", autoescape=True), 0),
        (Title.sought.startswith(first, autoescape=True), 1),
        (line, 2),
        else_=3,
    )


def _shelves(session: Session, titles: Sequence[int]) -> dict[int, list[Shelf]]:
    lent = exists().where(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None))
    under_way = exists().where(Transit.item_barcode == Item.barcode, Transit.ended_ms.is_(None))
    kept = exists().where(
        Hold.item_barcode == Item.barcode, Hold.filled_ms.is_(None), Hold.cancelled_ms.is_(None)
    )
    here = case((and_(~lent, ~under_way, ~kept), 1), else_=0)
    query = (
        select(Item.title_id, Item.place_branch_id, func.count(), func.sum(here))
        .where(Item.title_id.in_(titles), Item.status.in_(KEPT))
        .group_by(Item.title_id, Item.place_branch_id)
        .order_by(Item.place_branch_id)
    )
    found: dict[int, list[Shelf]] = {}
    for number, branch, copies, on_shelf in session.execute(query):
        found.setdefault(number, []).append(Shelf(branch, copies, int(on_shelf)))
    return found
