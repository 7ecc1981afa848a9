"""One SQLite file: opened, locked, read, and written in transactions. Nothing else of the kiosk knows sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

Connection = sqlite3.Connection

DISK = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR,
})  # fmt: skip
"""Primary results that say something of the disk and nothing of what stands in the file."""
UNREADABLE = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ})
"""Of those, what says that a part of the file cannot be read any more."""
PRIMARY = 0xFF
"""The part of a result that names its kind."""


class JournalFailed(Exception):  # noqa: N818 - a state of the disk
    """The file cannot be read or written. The cause is chained."""


class JournalDamaged(JournalFailed):
    """What stands in the file is not what was written. The next `Journal.open` sets it aside."""


class JournalTooNew(JournalFailed):
    """A later version of this program wrote it: it is left as it is."""


class Contradiction(Exception):  # noqa: N818 - a verdict on the caller
    """The entries contradict what the journal holds; nothing was written. Always a mistake of ours."""


class Database:
    """An open file. Any thread may call; one at a time is let in."""

    def __init__(self, path: Path | None, *, readonly: bool = False) -> None:
        """Open the file, or make an empty one.

        Args:
            path: its folder exists. None: nothing but memory.
            readonly: touch neither the file nor its log.

        Raises:
            JournalFailed: it cannot be opened.
        """
        self.lock = Lock()
        with verdicts():
            mode = "ro" if readonly else "rwc"
            uri = f"{path.absolute().as_uri()}?mode={mode}" if path else "file::memory:"
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            try:
                if not readonly:
                    self._db.execute("PRAGMA journal_mode = WAL")
                    self._db.execute("PRAGMA synchronous = FULL")
            except sqlite3.Error:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self.lock:
            self._db.close()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """One statement outside any transaction of ours; for the file's own settings."""
        return self._db.execute(sql, values)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection, to this thread alone; SQLite's errors come out as ours."""
        with self.lock, verdicts():
            yield self._db

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The same, and what is written stands or falls together."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row."""
        with self.reading() as db:
            return db.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = (), default: Any = None) -> Any:
        """The first column of the first row."""
        row = next(iter(self.all(sql, values)), None)
        return default if row is None else row[0]


@contextmanager
def verdicts() -> Iterator[None]:
    """SQLite's errors, as what they say of the caller, the disk or the file."""
    try:
        yield
    except sqlite3.IntegrityError as cause:
        raise Contradiction(str(cause)) from cause
    except sqlite3.Error as cause:
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
        disk = code & PRIMARY in DISK and code not in UNREADABLE
        known = disk or isinstance(cause, sqlite3.ProgrammingError)
        raise (JournalFailed if known else JournalDamaged)(str(cause)) from cause
    except UnicodeDecodeError as cause:  # SQLite quotes a damaged schema in its own error
        raise JournalDamaged("what it says is no text") from cause
