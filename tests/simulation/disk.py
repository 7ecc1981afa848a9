"""A kiosk's disk: the real journal, with a hand at the plug before, inside and after each commit.

What a commit has returned for must be there at the next start, whole and in order; what a cut inside a
commit leaves may be there or not. A cut in the middle of SQLite's own writing is made by cutting its log
at an octet that this commit has written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kiosk.journal import Journal, JournalFailed

KEY = bytes(range(32))


class PowerCut(BaseException):
    """The power went. Not an Exception: nothing in the kiosk may catch it."""


@dataclass(slots=True)
class Plug:
    """Pulled at the n-th chance from now, or not at all."""

    chances: int | None = None
    tears: bool = False
    """Rather than at that chance, while the next commit after it is written."""

    def chance(self, where: str) -> None:
        """Power may go here.

        Raises:
            PowerCut: it does.
        """
        if self.chances is None:
            return
        self.chances -= 1
        if self.chances <= 0 and not self.tears:
            self.pull(where)

    def pull(self, where: str) -> None:
        self.chances, self.tears = None, False
        raise PowerCut(where)

    @property
    def at_this_commit(self) -> bool:
        return self.tears and self.chances is not None and self.chances <= 0


class Disk:
    """The folder of one kiosk's journal."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.plug = Plug()
        self.full = False
        """Nothing more can be written."""
        self._folder = folder
        self._chance = chance
        self._generation = 0
        folder.mkdir()

    def mount(self) -> WatchedJournal:
        """The journal as a start finds it.

        Raises:
            JournalFailed: it cannot be opened.
        """
        journal = WatchedJournal.open(self._path, KEY)
        assert isinstance(journal, WatchedJournal)
        journal.disk = self
        return journal

    def read(self) -> tuple[bytes, bytes]:
        """The octets of the database and of its log."""
        log = self._log
        return self._path.read_bytes(), log.read_bytes() if log.exists() else b""

    def tear(self, before: tuple[bytes, bytes]) -> None:
        """Let the disk hold what it held `before`, and a part of what was written to the log since."""
        database, old = before
        written = self._log.read_bytes()
        cut = self._chance.randint(0, len(written))
        self.write(database, written[:cut] + old[cut:])

    def write(self, database: bytes, log: bytes) -> None:
        """Hold these octets; whoever has the files open keeps the old ones."""
        for path in (self._path, self._log):
            path.unlink(missing_ok=True)
        self._generation += 1
        self._path.write_bytes(database)
        self._log.write_bytes(log)

    @property
    def _path(self) -> Path:
        return self._folder / f"journal-{self._generation}.db"

    @property
    def _log(self) -> Path:
        return self._path.with_name(self._path.name + "-wal")


class WatchedJournal(Journal):
    """The real journal on a disk of the simulation."""

    disk: Disk | None = None
    """None while it is opened."""

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        assert self.disk is not None
        disk, plug = self.disk, self.disk.plug
        plug.chance("before a commit")
        if disk.full:
            raise JournalFailed("database or disk is full")
        before = disk.read() if plug.at_this_commit else None
        with super()._transaction() as db:
            yield db
            plug.chance("inside a commit")
        if before is not None:
            disk.tear(before)
            plug.pull("while a commit is written")
        plug.chance("after a commit")
