"""Statements that are compiled once and handed to the driver: for what is done a thousand times a second.

`Bulk` inserts many rows, `Prepared` runs inside a transaction for one request. All else uses SQLAlchemy as
it is. Both stay inside a transaction of SQLAlchemy's, and know nothing of the tables that they serve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Executable,
    Insert,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

_DRIVERS = {"sqlite": ("sqlite", "qmark"), "postgresql": ("postgresql+psycopg", "format")}
"""Dialect → driver, and how it marks a value's place in a statement."""

MAX_KNOWN: Final = 1024
"""Questions whose answers a cursor keeps: some for each branch, type of reader and type of item."""

Statement = Executable | Callable[[str], Executable]
"""A statement, or what makes it for a dialect's name where the dialects differ."""


def _compile(statement: Statement, dialect_name: str, names: Sequence[str]) -> tuple[Any, Any]:
    """The statement as the driver takes it, values marked by their places; and its dialect."""
    driver, style = _DRIVERS[dialect_name]
    make_dialect: Any = make_url(f"{driver}://").get_dialect()
    dialect = make_dialect(paramstyle=style, json_serializer=_json, json_deserializer=msgspec.json.decode)
    made: Any = statement(dialect_name) if callable(statement) else statement
    if isinstance(made, Insert):
        return made.inline().compile(dialect=dialect, column_keys=list(names)), dialect
    return made.compile(dialect=dialect), dialect


def insert_into(table: Any, dialect_name: str) -> postgresql.Insert | sqlite.Insert:
    """An insert that may say what to do where the row is there already: each database has its own."""
    return postgresql.insert(table) if dialect_name == "postgresql" else sqlite.insert(table)


def among(dialect_name: str, column: Any, name: str) -> ColumnElement[bool]:
    """Whether a column is one of a list of texts, given to a `Prepared` as its value `name`."""
    if dialect_name == "postgresql":
        found: ColumnElement[bool] = column == any_(bindparam(name, type_=postgresql.ARRAY(Text)))
    else:
        texts = func.json_each(bindparam(name, type_=_Texts)).table_valued("value")
        found = column.in_(select(texts.c.value))
    return found


def among_pairs(dialect_name: str, columns: tuple[Any, Any], name: str) -> ColumnElement[bool]:
    """Whether two columns are one of a list of pairs of texts, given to a `Prepared` as its value `name`.

    Two `among` say less and cost more: a database looks for every text of the one list with every text of the other.
    """
    told = bindparam(name, type_=_Texts)
    texts: list[ColumnElement[str]]
    if dialect_name == "postgresql":
        pairs = func.json_array_elements(cast(told, JSON)).table_valued("value")
        texts = [pairs.c.value.op("->>")(literal_column(at)) for at in ("0", "1")]
    else:
        pairs = func.json_each(told).table_valued("value")
        texts = [func.json_extract(pairs.c.value, literal_column(at)) for at in ("'$[0]'", "'$[1]'")]
    return tuple_(*columns).in_(select(*texts))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class _Texts(TypeDecorator[Sequence[Any]]):
    """A list of texts, or of pairs of them, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's
        return _json(value)


class Bulk:
    """One insert for many rows, compiled once a database and handed to the driver as it is.

    SQLAlchemy's way costs more for each row than the database does. So the values are plain ones, and a date is
    its ISO 8601 text. PostgreSQL takes the rows as one array a column: one statement, one round trip,
    where a statement a row costs the driver more than the server.
    """

    def __init__(self, columns: Sequence[str], statement: Callable[[str], Insert]) -> None:
        """A statement that takes rows of `columns`; `statement` makes it for a dialect's name."""
        self._columns = list(columns)
        self._statement = statement
        self._compiled: dict[str, str] = {}

    def execute(self, connection: Connection, rows: list[tuple[object, ...]]) -> None:
        """Insert the rows, one at least, inside the caller's transaction."""
        Cursor(connection).many(self, rows)

    def run(self, cursor: Any, dialect_name: str, rows: list[tuple[object, ...]]) -> None:
        """Insert the rows by the driver's cursor."""
        if dialect_name == "postgresql":
            arrays = [_array(column) for column in zip(*rows, strict=True)]
            cursor.execute(self._sql(dialect_name), arrays)
        else:
            cursor.executemany(self._sql(dialect_name), rows)

    def _sql(self, dialect_name: str) -> str:
        """The statement as one database's driver takes it."""
        if dialect_name not in self._compiled:
            made = self._statement(dialect_name)
            if dialect_name == "postgresql":
                made = _from_arrays(made, self._columns)
            compiled, _ = _compile(made, dialect_name, self._columns)
            assert compiled.positiontup == self._columns
            self._compiled[dialect_name] = str(compiled)
        return self._compiled[dialect_name]


def _from_arrays(made: Insert, columns: list[str]) -> Insert:
    """The insert of rows that come as an array a column."""
    types = [made.table.c[name].type for name in columns]
    arrays = [
        bindparam(name, type_=postgresql.ARRAY(_WIDEST.get(type_.python_type, type_)))
        for name, type_ in zip(columns, types, strict=True)
    ]
    rows = func.unnest(*arrays).table_valued(*columns).render_derived()
    return made.from_select(columns, select(*(rows.c[name] for name in columns)))


_WIDEST: dict[type, Any] = {str: Text(), int: BigInteger()}
"""Array types by Python's: a value that is too long or too large for its column is the column's to refuse."""


def _array(values: Sequence[object]) -> str:
    """PostgreSQL's literal of an array (its manual, 8.15.2)."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "NULL" if value is None else str(value)


class Prepared:
    """One statement, compiled once a database and run on the driver's own cursor.

    For what somebody at a desk waits for: SQLAlchemy takes 17 us a statement and more where SQLite
    takes 3. Values and columns have SQLAlchemy's types all the same. Run it by a `Cursor`.
    """

    def __init__(self, *names: str, statement: Statement) -> None:
        """A statement and the names of its values, in the order in which they will be given."""
        self._names = names
        self._statement = statement
        self.forms: dict[str, _Form] = {}
        """By dialect, as far as `form` has made them."""

    def form(self, dialect_name: str) -> _Form:
        """The statement as one database's driver takes it."""
        found = self.forms.get(dialect_name)
        if found is None:
            found = self.forms[dialect_name] = _Form(self._statement, dialect_name, self._names)
        return found


class _Form:
    """A prepared statement for one database."""

    def __init__(self, statement: Statement, dialect_name: str, names: Sequence[str]) -> None:
        compiled, dialect = _compile(statement, dialect_name, names)
        types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup}
        assert types.keys() >= set(names), "a value that the statement does not take"
        self.sql = str(compiled)
        fixed = [name for name in types if name not in names]
        self._fixed = tuple(_bound(types[name], dialect, compiled.params[name]) for name in fixed)
        """The values that are always the same."""
        order = [(*fixed, *names).index(name) for name in compiled.positiontup]
        self._pick = None if order == list(range(len(names))) else _picker(order)
        """Puts what is given and what is fixed in the statement's order; None where they stand so."""
        writers = [_writer(types[name], dialect) if name in names else None for name in compiled.positiontup]
        self._writes = [(place, write) for place, write in enumerate(writers) if write]
        selected = getattr(compiled.statement, "selected_columns", ())
        reads = [_reader(column.type.dialect_impl(dialect), dialect) for column in selected]
        self.reads = [(at, read) for at, read in enumerate(reads) if read]
        """Columns that have another type here than in the driver's rows."""

    def bind(self, values: tuple[object, ...]) -> Sequence[object]:
        """The values in the statement's order, as the driver wants them."""
        placed = self._pick(self._fixed + values) if self._pick else values
        if not self._writes:
            return placed
        bound = list(placed)
        for place, write in self._writes:
            bound[place] = write(bound[place])
        return bound

    def read(self, row: Any) -> tuple[Any, ...]:
        """A row of the driver's with SQLAlchemy's types."""
        values = list(row)
        for at, read in self.reads:
            if values[at] is not None:
                values[at] = read(values[at])
        return tuple(values)


def _picker(order: Sequence[int]) -> Callable[[tuple[object, ...]], tuple[object, ...]]:
    """What picks the values at these places."""
    if len(order) > 1:
        return itemgetter(*order)
    return lambda values: tuple(values[at] for at in order)


def _is_text_date(kind: Any, dialect: Any) -> bool:
    """SQLAlchemy keeps dates in SQLite as ISO 8601; Python's own reading and writing is ten times as fast as its."""
    return dialect.name == "sqlite" and isinstance(kind, Date)


def _writer(kind: Any, dialect: Any) -> Callable[[Any], Any] | None:
    """What makes a value the driver's; None where it is."""
    return _iso if _is_text_date(kind, dialect) else kind.bind_processor(dialect)


def _bound(kind: Any, dialect: Any, value: object) -> object:
    write = _writer(kind, dialect)
    return write(value) if write else value


def _reader(kind: Any, dialect: Any) -> Callable[[Any], Any] | None:
    """What makes one of the driver's values, which is not None, what it is here; None where it is."""
    return date.fromisoformat if _is_text_date(kind, dialect) else kind.result_processor(dialect, None)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class Cursor:
    """Runs prepared statements inside a transaction of SQLAlchemy's. For one thread.

    Raises:
        DBAPIError: SQLAlchemy's, whatever the driver raised; a connection that is lost is given up.
    """

    def __init__(self, connection: Connection, *, keeps: bool = False) -> None:
        """A cursor in the transaction that `connection` is in; who made the connection ends it.

        With `keeps` what is `known` is asked once, until its owner says `forget`.
        """
        self._connection = connection
        self._dialect = connection.dialect.name
        self._driver: Any = connection.dialect.loaded_dbapi
        self._cursor: Any = connection.connection.cursor()
        self._keeps = keeps
        self._known: dict[object, list[tuple[Any, ...]]] = {}

    @property
    def has_one_writer(self) -> bool:
        """Whether nobody else can be in a transaction that writes: SQLite has one at a time."""
        return self._dialect == "sqlite"

    @property
    def connection(self) -> Connection:
        """Whose transaction it is, for what is not prepared."""
        return self._connection

    def run(self, statement: Prepared, *values: object) -> None:
        """Carry out a change."""
        self._execute(statement, values)

    def one(self, statement: Prepared, *values: object) -> tuple[Any, ...] | None:
        """The only row, or None."""
        form = self._execute(statement, values)
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        return form.read(row) if form.reads and row is not None else row

    def all(self, statement: Prepared, *values: object) -> list[tuple[Any, ...]]:
        """Every row."""
        form = self._execute(statement, values)
        rows = self._cursor.fetchall()
        return [form.read(row) for row in rows] if form.reads else rows

    def known(self, statement: Prepared, *values: object) -> list[tuple[Any, ...]]:
        """Every row of tables that staff change once in a while; a cursor that keeps them asks once."""
        key = (statement, values)
        rows = self._known.get(key)
        if rows is None:
            rows = self.all(statement, *values)
            if self._keeps:
                if len(self._known) >= MAX_KNOWN:
                    self._known.clear()
                self._known[key] = rows
        return rows

    def forget(self) -> None:
        """What is `known` may have changed."""
        self._known.clear()

    def many(self, bulk: Bulk, rows: list[tuple[object, ...]]) -> None:
        """Insert the rows, one at least."""
        try:
            bulk.run(self._cursor, self._dialect, rows)
        except self._driver.Error as cause:
            raise self._failed(cause) from cause

    def _execute(self, statement: Prepared, values: tuple[object, ...]) -> _Form:
        form = statement.forms.get(self._dialect) or statement.form(self._dialect)
        try:
            self._cursor.execute(form.sql, form.bind(values))
        except self._driver.Error as cause:
            raise self._failed(cause, form.sql) from cause
        return form

    def _failed(self, cause: Any, sql: str = "") -> BaseException:
        """SQLAlchemy's name for the driver's error; without the values, which would carry readers into logs."""
        connection, dialect = self._connection, self._connection.dialect
        lost = dialect.is_disconnect(cause, connection.connection.dbapi_connection, self._cursor)
        if lost:
            connection.invalidate(cause)
        named: BaseException = DBAPIError.instance(sql, None, cause, self._driver.Error, True, lost, dialect)
        return named
