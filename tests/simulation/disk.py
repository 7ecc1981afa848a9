"""A kiosk's disk: the real journal, with a hand at the plug before, inside and after each commit.

What a commit has returned for must be there at the next start, whole and in order; what a cut inside a
commit leaves may be there or not. A cut in the middle of SQLite's own writing is made by cutting its log
at an octet that this commit has written.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import NamedTuple
from unittest.mock import patch

from kiosk.clock import Clock
from kiosk.journal import Journal, JournalFailed, succession
from kiosk.journal.journal import Done, Draft

KEY = bytes(range(32))
PAGE = 4096
"""Octets of a page of SQLite's, and of most disks'."""


def seal(card: str, _txn: str) -> str:
    """A card for central's eyes alone. Who could open it is not under test here."""
    return b64encode(card.encode()).decode()


class PowerCut(BaseException):
    """The power went. Not an Exception: nothing in the kiosk may catch it."""


@dataclass(slots=True)
class Plug:
    """Pulled at the n-th chance from now, or not at all."""

    chances: int | None = None
    tears: bool = False
    """Rather than at that chance, while the next commit after it is written."""

    def chance(self, *where: str) -> None:
        """Power may go here, which these words name.

        Raises:
            PowerCut: it does.
        """
        if self.chances is None:
            return
        self.chances -= 1
        if self.chances <= 0 and not self.tears:
            self.pull(" ".join(where))

    def pull(self, where: str) -> None:
        self.chances, self.tears = None, False
        raise PowerCut(where)

    @property
    def at_this_commit(self) -> bool:
        return self.tears and self.chances is not None and self.chances <= 0


class Image(NamedTuple):
    """What a disk held at some time."""

    journal: str
    """The id of the journal on it."""
    head: int
    """The last fact in it."""
    octets: tuple[bytes, bytes]
    """As `Disk.read` gives them."""


class Disk:
    """The folder of one kiosk's journal."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.plug = Plug()
        self.full = False
        """Nothing more can be written."""
        self.readonly = False
        """Nor can it be opened for writing."""
        self.folder = folder
        self._path = folder / "journal.db"
        self._log = folder / "journal.db-wal"
        self._chance = chance
        self._left: tuple[bytes, bytes] | None = None
        """What a cut has left of database and log; None: what is in the files."""
        folder.mkdir()

    @property
    def writable(self) -> bool:
        return not (self.full or self.readonly)

    def mount(self, clock: Clock) -> WatchedJournal:
        """The journal as a start finds it; nobody has it open. Where none can be written, one that forgets.

        Args:
            clock: the machine's. By it sessions are numbered of which nobody knows how many there were.

        Raises:
            JournalFailed: it cannot be opened.
        """
        if self._left is not None:
            for path, octets in zip((self._path, self._log), self._left, strict=True):
                path.write_bytes(octets)
            self._left = None
        with patch.object(succession, "time", SimpleNamespace(time=lambda: clock.now().wall_ms / 1000)):
            journal = (
                WatchedJournal.without_disk(KEY, "attempt to write a readonly database")
                if self.readonly
                else WatchedJournal.open(self._path, KEY, seal=seal)
            )
        assert isinstance(journal, WatchedJournal)
        journal.spare()
        journal.disk = self
        return journal

    def read(self) -> tuple[bytes, bytes]:
        """The octets of the database and of its log."""
        return self._path.read_bytes(), self._log.read_bytes() if self._log.exists() else b""

    def tear(self, before: tuple[bytes, bytes]) -> None:
        """Let the disk hold what it held `before`, and a part of what was written to the log since."""
        database, old = before
        written = self.cut(self._log.read_bytes())
        self.leave(database, written + old[len(written) :])

    def cut(self, octets: bytes) -> bytes:
        """As many of them as are written when the power goes meanwhile."""
        return octets[: self._chance.randint(0, len(octets))]

    def leave(self, database: bytes, log: bytes) -> None:
        """Let the next start find these octets."""
        self._left = database, log

    def damage(self, page: int | None = None) -> None:
        """Some of it cannot be read any more: this page or any, while nobody has the file open."""
        database, log = self._left or self.read()
        page = self._chance.randrange(len(database) // PAGE) if page is None else page
        noise = self._chance.randbytes(PAGE)
        self.leave(database[: page * PAGE] + noise + database[(page + 1) * PAGE :], log)


class WatchedJournal(Journal):
    """The real journal on a disk of the simulation."""

    disk: Disk | None = None
    """None while it is opened."""

    def intends(self, txn: str) -> bool:
        """Whether the intent of this name is on the disk."""
        return self._db.one("SELECT 1 FROM intent WHERE txn = ?", (txn,)) is not None

    def spare(self) -> None:
        """Do without what memory needs not: locks against other processes, and flushing."""
        for setting in ("locking_mode = EXCLUSIVE", "synchronous = OFF"):
            self._db.execute(f"PRAGMA {setting}")

    def _write(self, work: Callable[[Draft], Done]) -> Done:
        assert self.disk is not None
        disk, plug = self.disk, self.disk.plug
        plug.chance("before a commit")
        if self.failed:  # it is in memory
            return super()._write(work)
        if not disk.writable:
            raise JournalFailed(
                "database or disk is full" if disk.full else "attempt to write a readonly database"
            )
        if plug.chances is None:
            return super()._write(work)
        before = disk.read() if plug.at_this_commit else None

        def with_a_chance(draft: Draft) -> Done:
            done = work(draft)
            plug.chance("inside a commit")
            return done

        done = super()._write(with_a_chance)
        if before is not None:
            disk.tear(before)
            plug.pull("while a commit is written")
        plug.chance("after a commit")
        return done
