"""One SQLite file: opened, locked, read, and written in transactions. Nothing else of the kiosk knows sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
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
TOLD = (sqlite3.Error, UnicodeDecodeError)
"""What comes out as one of ours; the latter where SQLite quotes a damaged schema in its own error."""
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
        with Verdicts():
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

    def reading(self) -> Reading:
        """The connection, to this thread alone; SQLite's errors come out as ours."""
        return Reading(self._db, self.lock)

    def transaction(self) -> Writing:
        """The same, and what is written stands or falls together."""
        return Writing(self._db, self.lock)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row."""
        with self.reading() as db:
            return db.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = (), default: Any = None) -> Any:
        """The first column of the first row."""
        row = next(iter(self.all(sql, values)), None)
        return default if row is None else row[0]


class Verdicts:
    """SQLite's errors, as what they say of the caller, the disk or the file."""

    def __enter__(self) -> None:
        """Nothing to begin with."""

    def __exit__(self, _kind: object, cause: BaseException | None, _trace: object) -> None:
        if isinstance(cause, TOLD):
            raise _verdict(cause) from cause


class Reading:
    """A connection that one thread has to itself."""

    def __init__(self, db: Connection, lock: Lock) -> None:
        self._db = db
        self._lock = lock

    def __enter__(self) -> Connection:
        self._lock.acquire()
        return self._db

    def __exit__(self, _kind: object, cause: BaseException | None, _trace: object) -> None:
        self._lock.release()
        if isinstance(cause, TOLD):
            raise _verdict(cause) from cause


class Writing(Reading):
    """The same in a transaction, which ends with it."""

    def __enter__(self) -> Connection:
        self._lock.acquire()
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as cause:
            self._lock.release()
            raise _verdict(cause) from cause
        return self._db

    def __exit__(self, kind: object, cause: BaseException | None, trace: object) -> None:
        try:
            self._end(commit=cause is None)
        except sqlite3.Error as failed:
            cause = failed
        super().__exit__(kind, cause, trace)

    def _end(self, *, commit: bool) -> None:
        try:
            if commit:
                self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


def _verdict(cause: sqlite3.Error | UnicodeDecodeError) -> Exception:
    if isinstance(cause, UnicodeDecodeError):
        return JournalDamaged("what it says is no text")
    if isinstance(cause, sqlite3.IntegrityError):
        return Contradiction(str(cause))
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    disk = code & PRIMARY in DISK and code not in UNREADABLE
    known = disk or isinstance(cause, sqlite3.ProgrammingError)
    return (JournalFailed if known else JournalDamaged)(str(cause))
