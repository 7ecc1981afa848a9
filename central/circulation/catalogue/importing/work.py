"""What both kinds of import share: looking up many at once, counting, refusing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Row, RowMapping, Select, insert, select, update
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.schema import ColumnDefault

from central.circulation.catalogue.reading import File, Line, Wrong
from central.fleet.models import Branch

CHUNK: Final = 500
"""Numbers in one question: below the parameters that SQLite takes in one statement."""

T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What an import does."""

    new: int = 0
    changed: int = 0
    same: int = 0
    titles_new: int = 0
    titles_changed: int = 0
    collections: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    """Names of those that are made."""


class Work(ABC):
    """One import, from `compare` to `keep`, in one transaction."""

    def __init__(self, session: Session, file: File, branch: str | None) -> None:
        """An import that has not looked at anything yet.

        Args:
            session: the caller's transaction.
            file: what was read; its errors grow.
            branch: for new lines that name none.
        """
        self.session = session
        self.file = file
        self.branch = branch
        self.counts = Counts()
        self._branches = _named(session.execute(select(Branch.id, Branch.name_zh, Branch.name_en)))

    @abstractmethod
    def compare(self) -> Counts:
        """What `keep` would do; what is wrong goes to the file's errors."""

    @abstractmethod
    def keep(self) -> None:
        """Do it. Only where the file has no error."""

    def refuse(self, line: Line, column: str, why: str) -> None:
        self.file.refuse(Wrong(line.number, column, why, str(line.values.get(column, ""))[:40]))

    def place(self, line: Line, column: str) -> str | None:
        """Id of the branch that a line names by id or name; None where it names none or a wrong one."""
        said = line.values.get(column)
        if said is None:
            return None
        found = self._branches.get(said.casefold())
        if found is None:
            self.refuse(line, column, "branch")
        return found

    def find(
        self, query: Select[Any], column: InstrumentedAttribute[Any], values: Iterable[Any]
    ) -> Iterator[RowMapping]:
        """The rows whose column is one of many values."""
        for some in chunks(dict.fromkeys(value for value in values if value)):
            yield from self.session.execute(query.where(column.in_(some))).mappings()


def difference(row: Mapping[Any, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What of this is not in the row already."""
    return {name: value for name, value in said.items() if row[name] != value}


def change(session: Session, model: type[DeclarativeBase], changes: Iterable[Mapping[str, Any]]) -> None:
    """Change rows by their primary key; those that change alike go together."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for values in changes:
        alike.setdefault(tuple(sorted(values)), []).append(values)
    for some in alike.values():
        session.execute(update(model), some)


def insert_all(session: Session, model: type[DeclarativeBase], rows: Iterable[Mapping[str, Any]]) -> None:
    """New rows; those without a value for a column get the model's default."""
    empty = _defaults(model)
    filled = [{**empty, **row} for row in rows]
    if filled:
        session.connection().execute(insert(model), filled)


def insert_numbered(
    session: Session, model: type[DeclarativeBase], rows: Iterable[Mapping[str, Any]]
) -> Iterator[int]:
    """New rows, and the number that each was given, in their order."""
    empty = _defaults(model)
    made = insert(model).returning(model.__table__.c["id"], sort_by_parameter_order=True)
    for some in chunks(rows):
        yield from session.connection().scalars(made, [{**empty, **row} for row in some])


def _defaults(model: type[DeclarativeBase]) -> dict[str, Any]:
    """Every column but the number with its default: rows of the same columns go in together.

    A column whose value is worked out of the others is left to that.
    """
    worked_out = {c.key for c in model.__table__.c if c.default is not None and c.default.is_callable}
    columns = [column for column in model.__table__.c if column.key not in {"id", *worked_out}]
    return {
        column.key: column.default.arg if isinstance(column.default, ColumnDefault) else None
        for column in columns
    }


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """CHUNK of them at a time."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


def _named(rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Id by id and by each name, in small letters; an id outweighs a name."""
    found: dict[str, str] = {}
    ids: dict[str, str] = {}
    for row in rows:
        number, *names = map(str, row)
        ids[number.casefold()] = number
        for name in names:
            found.setdefault(name.casefold(), number)
    return found | ids


def named(session: Session, *columns: InstrumentedAttribute[str]) -> dict[str, str]:
    """Ids of a table by id and by name."""
    return _named(session.execute(select(*columns)))
