"""Which title a line is about: one that is there, one that an earlier line makes, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import RowMapping, select

from central.circulation.catalogue.columns import TITLE_NAMES, Unfit
from central.circulation.catalogue.importing.work import difference
from central.circulation.catalogue.reading import Line
from central.circulation.ledger.isbn import thirteen
from central.circulation.ledger.models import Title
from central.circulation.ledger.sought import sought

Key = tuple[str, ...]
"""What a title is known again by."""
Place = int | Key
"""Number of a title that is there, key of one that is made."""

TITLES = select(
    Title.id, Title.record, Title.record_format, *(getattr(Title, name) for name in sorted(TITLE_NAMES))
)
"""What a title is compared by."""
FOUND_BY = ("title", "author", "isbn", "call_number")
SURE = ("control_number", "isbn")
"""Where two say both and not the same, they are two titles."""


class Titles:
    """The titles of one import."""

    def __init__(self) -> None:
        self.new: dict[Key, dict[str, Any]] = {}
        """Attributes of those that are made, by the key under which they were first named."""
        self.changed: dict[int, dict[str, Any]] = {}
        """What changes of those that are there, by number."""
        self._rows: dict[int, RowMapping] = {}
        self._known: dict[Key, Place] = {}
        self._named: set[Place] = set()
        """Those whose words an earlier line has said."""

    def strangers(self, numbers: Iterable[int]) -> Iterator[int]:
        """Those that are not known yet."""
        return (number for number in numbers if number not in self._rows)

    def know(self, rows: Iterable[RowMapping]) -> None:
        """Titles that are there."""
        for row in rows:
            self._rows[row["id"]] = row
            for key in _keys(row):
                self._known.setdefault(key, row["id"])

    def take(self, line: Line, item: RowMapping | None) -> Place:
        """The title of a line, changed or made as the line says.

        Args:
            line: the line.
            item: the copy that is there already, whose title is edited unless the line names another.

        Raises:
            Unfit: `title` where it is new and has none, `control_number` where another title has this one.
        """
        said = {name: value for name, value in line.values.items() if name in TITLE_NAMES}
        if line.record is not None:
            said["record"], said["record_format"] = line.record
        found = self._find(said)
        if found is None and item is not None and self._may_mean(item["title_id"], said):
            found = item["title_id"]
        if found is None and "title" not in said:
            raise Unfit("title")
        self._free(said, found)
        if found is None:
            found = _keys(said)[0]
            self.new[found] = {}
        if "title" in said:
            self._named.add(found)
        self._say(found, said)
        return found

    def _may_mean(self, place: Place, said: Mapping[str, Any]) -> bool:
        """Whether a line about a copy of this title corrects it; two lines with different words do not."""
        now = self._now(place)
        words = place not in self._named or said.get("title", now["title"]) == now["title"]
        return words and _agree(now, said)

    def _free(self, said: Mapping[str, Any], found: Place | None) -> None:
        """Raises Unfit where the control number is that of another title."""
        number = said.get("control_number")
        if number and self._known.get(("control_number", number, ""), found) != found:
            raise Unfit("control_number")

    def _find(self, said: Mapping[str, Any]) -> Place | None:
        for key in _keys(said) if said.get("title") or said.get("control_number") else ():
            place = self._known.get(key)
            if place is not None and (_agree(now := self._now(place), said) or _same_record(now, said)):
                return place
        return None

    def _say(self, place: Place, said: Mapping[str, Any]) -> None:
        for key in _keys(said):
            self._known.setdefault(key, place)
        if isinstance(place, tuple):
            self.new[place].update(said)
            return
        changed = difference(self._now(place), said)
        if changed:
            self.changed.setdefault(place, {}).update(changed)
            now = self._now(place)
            self.changed[place]["sought"] = sought(*(now[name] for name in FOUND_BY))

    def _now(self, place: Place) -> Mapping[Any, Any]:
        if isinstance(place, tuple):
            return self.new[place]
        row = self._rows[place]
        return {**row, **self.changed[place]} if place in self.changed else row


def _agree(one: Mapping[Any, Any], other: Mapping[str, Any]) -> bool:
    """False: they name different control numbers or ISBNs."""
    return all(
        not one.get(name) or not other.get(name) or thirteen(one[name]) == thirteen(other[name])
        for name in SURE
    )


def _same_record(one: Mapping[Any, Any], other: Mapping[str, Any]) -> bool:
    """Whether control number and title are the same: the ISBN was corrected."""
    return all(other.get(name) and one.get(name) == other[name] for name in ("control_number", "title"))


def _keys(said: Mapping[Any, Any]) -> list[Key]:
    """What a title may be known by, the surest first."""
    title = said.get("title") or ""
    keys: list[Key] = [
        (name, thirteen(said[name]) if name == "isbn" else said[name], title if name == "isbn" else "")
        for name in SURE
        if said.get(name)
    ]
    return [*keys, ("title", title, *(said.get(name) or "" for name in ("author", "publisher", "year")))]
