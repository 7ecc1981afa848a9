"""Statements that are compiled once and handed to the driver: for what is done a thousand times a second.

`Bulk` inserts many rows, `Prepared` runs inside a transaction for one request. All else uses SQLAlchemy as
it is. Both stay inside a transaction of SQLAlchemy's, and know nothing of the tables that they serve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Insert
from sqlalchemy.engine import make_url

_DRIVERS = {"sqlite": ("sqlite", "qmark"), "postgresql": ("postgresql+psycopg", "format")}
"""Dialect → driver, and how it marks a value's place in a statement."""

Statement = Executable | Callable[[str], Executable]
"""A statement, or what makes it for a dialect's name where the dialects differ."""


def _compile(statement: Statement, dialect_name: str, names: Sequence[str]) -> tuple[Any, Any]:
    """The statement as the driver takes it, values marked by their places; and its dialect."""
    driver, style = _DRIVERS[dialect_name]
    make_dialect: Any = make_url(f"{driver}://").get_dialect()
    dialect = make_dialect(paramstyle=style)
    made: Any = statement(dialect_name) if callable(statement) else statement
    if isinstance(made, Insert):
        return made.inline().compile(dialect=dialect, column_keys=list(names)), dialect
    return made.compile(dialect=dialect), dialect


class Bulk:
    """One insert for many rows, compiled once a database and handed to the driver as it is.

    SQLAlchemy's way costs more for each row than the database does. So the values are the driver's:
    plain ones, and on SQLite a date is its ISO 8601 text.
    """

    def __init__(self, columns: Sequence[str], statement: Callable[[str], Insert]) -> None:
        """A statement that takes rows of `columns`; `statement` makes it for a dialect's name."""
        self._columns = list(columns)
        self._statement = statement
        self._compiled: dict[str, str] = {}

    def execute(self, connection: Connection, rows: list[tuple[object, ...]]) -> None:
        """Insert the rows inside the caller's transaction."""
        name = connection.dialect.name
        if name not in self._compiled:
            compiled, _ = _compile(self._statement, name, self._columns)
            assert compiled.positiontup == self._columns
            self._compiled[name] = str(compiled)
        connection.exec_driver_sql(self._compiled[name], rows)


class Prepared:
    """One statement, compiled once a database and run on the driver's own cursor.

    For what somebody at a desk waits for: SQLAlchemy takes 17 us a statement and more where SQLite
    takes 3. Values and columns have SQLAlchemy's types all the same. Run it by a `Cursor`.
    """

    def __init__(self, *names: str, statement: Statement) -> None:
        """A statement and the names of its values, in the order in which they will be given."""
        self._names = names
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def form(self, dialect_name: str) -> _Form:
        """The statement as one database's driver takes it."""
        found = self._forms.get(dialect_name)
        if found is None:
            found = self._forms[dialect_name] = _Form(self._statement, dialect_name, self._names)
        return found


class _Form:
    """A prepared statement for one database."""

    def __init__(self, statement: Statement, dialect_name: str, names: Sequence[str]) -> None:
        compiled, dialect = _compile(statement, dialect_name, names)
        types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup}
        assert types.keys() >= set(names), "a value that the statement does not take"
        self.sql = str(compiled)
        self._places = [
            (names.index(name) if name in names else None, types[name].bind_processor(dialect), name)
            for name in compiled.positiontup
        ]
        self._constants = compiled.params
        selected = getattr(compiled.statement, "selected_columns", ())
        reads = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected]
        self._reads = [(at, read) for at, read in enumerate(reads) if read]

    def bind(self, values: tuple[object, ...]) -> list[object]:
        """The values in the statement's order, as the driver wants them."""
        bound = []
        for at, write, name in self._places:
            value = self._constants[name] if at is None else values[at]
            bound.append(write(value) if write else value)
        return bound

    def read(self, row: Any) -> tuple[Any, ...]:
        """A row of the driver's with SQLAlchemy's types."""
        if not self._reads:
            return tuple(row)
        values = list(row)
        for at, read in self._reads:
            values[at] = read(values[at])
        return tuple(values)


class Cursor:
    """Runs prepared statements inside a transaction of SQLAlchemy's. For one thread."""

    def __init__(self, connection: Connection) -> None:
        """A cursor in the transaction that `connection` is in; who made the connection ends it."""
        self._dialect = connection.dialect.name
        self._cursor: Any = connection.connection.cursor()

    def run(self, statement: Prepared, *values: object) -> None:
        """Carry out a change."""
        form = statement.form(self._dialect)
        self._cursor.execute(form.sql, form.bind(values))

    def one(self, statement: Prepared, *values: object) -> tuple[Any, ...] | None:
        """The only row, or None."""
        form = statement.form(self._dialect)
        row = self._cursor.execute(form.sql, form.bind(values)).fetchone()
        return None if row is None else form.read(row)

    def all(self, statement: Prepared, *values: object) -> list[tuple[Any, ...]]:
        """Every row."""
        form = statement.form(self._dialect)
        return [form.read(row) for row in self._cursor.execute(form.sql, form.bind(values)).fetchall()]
