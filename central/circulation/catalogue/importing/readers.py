"""Readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from central.circulation.catalogue.importing.work import Counts, Work, change, difference, insert_all, named
from central.circulation.catalogue.reading import File, Line
from central.circulation.ledger.models import Reader, ReaderType

FIELDS: Final[Mapping[str, str]] = {
    "name": "name",
    "expires": "expires_on",
    "born": "born_on",
    "sex": "sex",
    "nation": "nation",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "remark": "remark",
}
"""Attribute of the reader by column, where the value is kept as it was read."""
NEEDED: Final[Mapping[str, str]] = {"name": "name", "expires": "expires", "type": "type_needed"}
"""What a new reader cannot be without, and why not."""
READERS = select(*Reader.__table__.columns)


class Readers(Work):
    """An import of readers."""

    def __init__(self, session: Session, file: File, branch: str | None) -> None:
        super().__init__(session, file, branch)
        self._types = named(session, ReaderType.id, ReaderType.name_zh, ReaderType.name_en)
        self._new: list[dict[str, Any]] = []
        self._changed: list[dict[str, Any]] = []
        self._guarded: list[dict[str, Any]] = []
        """Guardians of new readers, entered when all of them stand."""

    def compare(self) -> Counts:
        cards = [line.values["card"] for line in self.file.lines]
        known = {row["card"]: row for row in self.find(READERS, Reader.card, cards)}
        guardians = [line.values.get("guardian") for line in self.file.lines]
        there = {*cards, *(row["card"] for row in self.find(READERS, Reader.card, guardians))}
        for line in self.file.lines:
            self._line(line, known.get(line.values["card"]), there)
        return self.counts

    def keep(self) -> None:
        insert_all(self.session, Reader, self._new)
        change(self.session, Reader, self._guarded)
        change(self.session, Reader, self._changed)

    def _line(self, line: Line, known: RowMapping | None, there: set[str]) -> None:
        wrong = self.file.wrong
        values = self._values(line, there)
        if known is None:
            for column, why in NEEDED.items():
                if column not in line.values:
                    self.refuse(line, column, why)
            if "branch" not in line.values and self.branch is None:
                self.refuse(line, "branch", "branch_needed")
            values.setdefault("branch_id", self.branch)
        if self.file.wrong > wrong:
            return
        if known is None:
            guardian = values.pop("guardian_card", None)
            if guardian is not None:
                self._guarded.append({"card": values["card"], "guardian_card": guardian})
            self._new.append(values)
            self.counts.new += 1
            return
        changed = difference(known, values)
        if "blocked" in changed:
            changed["blocked_until"] = None
        else:
            changed.pop("blocked_why", None)  # who reported a card lost did not do so for the file's reason
        self.counts.changed += bool(changed)
        self.counts.same += not changed
        if changed:
            self._changed.append({"card": known["card"], **changed})

    def _values(self, line: Line, there: set[str]) -> dict[str, Any]:
        """What a line says of a reader, by attribute."""
        said = line.values
        values = {name: said[column] for column, name in FIELDS.items() if column in said}
        values["card"] = said["card"]
        if "type" in said:
            values["type_id"] = self._types.get(said["type"].casefold())
            if values["type_id"] is None:
                self.refuse(line, "type", "type")
        branch = self.place(line, "branch")
        if branch is not None:
            values["branch_id"] = branch
        if "guardian" in said:
            values["guardian_card"] = said["guardian"]
            if said["guardian"] not in there or said["guardian"] == said["card"]:
                self.refuse(line, "guardian", "guardian")
        if "blocked" in said:
            values["blocked"] = said["blocked"]
            values["blocked_why"] = "staff" if said["blocked"] else ""
        return values
