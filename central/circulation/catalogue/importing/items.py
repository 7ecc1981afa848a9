"""Items and their titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from central.circulation.catalogue.columns import Unfit
from central.circulation.catalogue.importing.titles import TITLES, Place, Titles
from central.circulation.catalogue.importing.work import (
    CHUNK,
    Counts,
    Work,
    change,
    difference,
    insert_all,
    insert_numbered,
    named,
)
from central.circulation.catalogue.reading import File, Line
from central.circulation.ledger import isbn
from central.circulation.ledger.models import Collection, Item, ItemSet, LendingRule, Title

Values = dict[str, Any]
FIELDS: Final[Mapping[str, str]] = {
    "type": "type",
    "shelf": "shelf",
    "price": "price_fen",
    "status": "status",
    "parts": "parts",
    "parts_note": "parts_note",
    "lender": "lender",
    "added": "added_on",
}
"""Attribute of the item by column, where the value is kept as it was read."""
MAX_COLLECTION: Final = 16
AT_ONCE: Final = 5_000
"""Rows held in memory while all titles are read."""

ITEMS = select(*Item.__table__.columns)


class Items(Work):
    """An import of copies with their titles, or of titles alone."""

    def __init__(self, session: Session, file: File, branch: str | None) -> None:
        super().__init__(session, file, branch)
        self._types = {"book", *session.scalars(select(LendingRule.item_type).distinct())}
        self._collections = named(session, Collection.id, Collection.name_zh, Collection.name_en)
        self._sets = {name: number for number, name in session.execute(select(ItemSet.id, ItemSet.name))}
        self._titles = Titles()
        self._new: list[tuple[Values, Place]] = []
        self._changed: list[tuple[Values, Place]] = []

    def compare(self) -> Counts:
        lines = self.file.lines
        items = {row["barcode"]: row for row in self.find(ITEMS, Item.barcode, _all(lines, "barcode"))}
        self._types.update(row["type"] for row in items.values())
        self._titles.know(self.find(TITLES, Title.control_number, _all(lines, "control_number")))
        written = [form.upper() for number in _all(lines, "isbn") if number for form in isbn.forms(number)]
        self._titles.know(self.find(TITLES, Title.isbn, written))
        for numbers in (self._titled({*_all(lines, "title")}), (row["title_id"] for row in items.values())):
            self._titles.know(self.find(TITLES, Title.id, self._titles.strangers(numbers)))
        for line in lines:
            self._line(line, items.get(line.values.get("barcode")))
        self.counts.titles_new = len(self._titles.new)
        self.counts.titles_changed = len(self._titles.changed)
        return self.counts

    def keep(self) -> None:
        session = self.session
        session.add_all(Collection(id=name, name_zh=name, name_en=name) for name in self.counts.collections)
        made = {name: ItemSet(name=name) for name in self.counts.sets}
        session.add_all(made.values())
        session.flush()
        self._sets |= {name: one.id for name, one in made.items()}
        change(session, Title, ({"id": number, **said} for number, said in self._titles.changed.items()))
        numbers = self._make_titles()
        insert_all(session, Item, (self._placed(values, numbers[title]) for values, title in self._new))
        change(
            session,
            Item,
            (
                self._placed(values, title if isinstance(title, int) else numbers[title])
                for values, title in self._changed
            ),
        )

    def _make_titles(self) -> dict[Place, int]:
        """Number of each title that a copy may refer to."""
        new = self._titles.new
        made = insert_numbered(self.session, Title, new.values())
        known: dict[Place, int] = {title: title for _, title in self._new if isinstance(title, int)}
        return known | dict(zip(new, made, strict=True))

    def _placed(self, values: Values, title: int) -> Values:
        """A copy's attributes, its title and its set among them."""
        rest = {name: value for name, value in values.items() if name != "set"}
        return rest | {"title_id": title} | ({"set_id": self._sets[values["set"]]} if "set" in values else {})

    # ------------------------------------------------------------ one line
    def _line(self, line: Line, item: RowMapping | None) -> None:
        wrong = self.file.wrong
        title = self._title(line, item)
        if "barcode" not in line.values:
            return
        values = self._values(line)
        if item is None and "home" not in line.values:
            values["home_branch_id"] = self.branch
            if self.branch is None:
                self.refuse(line, "home", "branch_needed")
        if self.file.wrong > wrong or title is None:
            return
        if item is None:
            values.setdefault("place_branch_id", values["home_branch_id"])
            self._new.append((values, title))
            self.counts.new += 1
            return
        changed = difference(item, {name: value for name, value in values.items() if name != "set"})
        if "set" in values and self._sets.get(values["set"]) != item["set_id"]:
            changed["set"] = values["set"]
        moves = title != item["title_id"]
        self.counts.changed += bool(changed) or moves
        self.counts.same += not (changed or moves)
        if changed or moves:
            self._changed.append(({"barcode": item["barcode"], **changed}, title))

    def _titled(self, wanted: set[str]) -> Iterator[int]:
        """Numbers of the titles with these words. No index has them: of many words all titles are read once."""
        query = select(Title.id, Title.title)
        if len(wanted) <= CHUNK:
            query = query.where(Title.title.in_(wanted))
        rows = self.session.execute(query, execution_options={"yield_per": AT_ONCE})
        return (number for number, title in rows if title in wanted)

    def _title(self, line: Line, item: RowMapping | None) -> Place | None:
        try:
            return self._titles.take(line, item)
        except Unfit as cause:
            why = cause.why
            self.refuse(line, why, why)  # both reasons bear the name of their column
            return None

    def _values(self, line: Line) -> dict[str, Any]:
        """What a line says of a copy, by attribute."""
        said = line.values
        values = {name: said[column] for column, name in FIELDS.items() if column in said}
        values["barcode"] = said["barcode"]
        if values.get("type", "book") not in self._types:
            self.refuse(line, "type", "item_type")
        for column, name in (("home", "home_branch_id"), ("place", "place_branch_id")):
            place = self.place(line, column)
            if place is not None:
                values[name] = place
        if "collection" in said:
            values["collection_id"] = self._collection(line, said["collection"])
        if "set" in said:
            values["set"] = said["set"]
            if said["set"] not in self._sets and said["set"] not in self.counts.sets:
                self.counts.sets.append(said["set"])
        return values

    def _collection(self, line: Line, said: str) -> str:
        found = self._collections.get(said.casefold())
        if found is not None:
            return found
        if len(said) > MAX_COLLECTION:
            self.refuse(line, "collection", "collection")
        else:
            self._collections[said.casefold()] = said
            self.counts.collections.append(said)
        return said


def _all(lines: Iterable[Line], column: str) -> Iterable[Any]:
    return (line.values.get(column) for line in lines)
