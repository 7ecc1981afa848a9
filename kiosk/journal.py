"""The kiosk's journal: everything that must survive the next second, in one SQLite file.

- What `append` returned for is on disk (WAL, synchronous=FULL): kill -9 or a power cut loses nothing of it.
- One call is one transaction: facts, intents, remembered values and taken orders stand or fall together.
- Facts are numbered from 1 without gaps; a number is never used twice. They stay below the watermark too.
- Any thread may call; one lock, no call waits for anything but the disk.
- Disk full, read-only, corrupt or newer than this program: `JournalFailed`, and nothing was written.
- An outcome without its intent, a second one, or an order taken twice is our mistake: `Contradiction`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import msgspec

from kiosk.cursor import Taken, judge
from kiosk.effects import Record, Remember, TakeOrder
from kiosk.secrets import decrypt_card, encrypt_card
from wire.envelope import Stamp, encode_fact
from wire.facts import (
    LoanAbandoned,
    LoanAsked,
    LoanMade,
    LoanOwed,
    LoanRefused,
    OrderDone,
    OrderRefused,
    ReturnAbandoned,
    ReturnAsked,
    ReturnMade,
    ReturnOwed,
    ReturnRefused,
)
from wire.orders import Order, Watermark

SCHEMA = 1

Entry = Record | Remember | TakeOrder
Kind = Literal["loan", "return"]


class JournalFailed(Exception):  # noqa: N818 - a state of the disk
    """The file cannot be read or written. The cause is chained."""


class Contradiction(Exception):  # noqa: N818 - a verdict on the caller
    """The entries contradict what the journal holds; nothing was written. Always a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as the journal keeps it."""

    seq: int
    stamp: Stamp
    fact: bytes
    """JSON, as `wire.envelope.encode_fact` wrote it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A loan or return that was asked and has no outcome yet."""

    txn: str
    kind: Kind
    item: str
    reader: str
    """Pseudonym; empty for a return."""
    card: str = field(repr=False)
    """Empty for a return, and where the key that encrypted it is gone."""
    owed: bool
    """`loan.owed` or `return.owed` has been recorded."""


class Journal:
    """The open file. See the contract at the module's head."""

    def __init__(self, db: sqlite3.Connection, key: bytes) -> None:
        self._db = db
        self._key = key
        self._lock = Lock()
        self.id: str = self._one("SELECT id FROM journal")
        """32 hexadecimal digits, minted with the file."""
        last = "SELECT json_extract(fact, '$.kind') FROM fact ORDER BY seq DESC LIMIT 1"
        self.unclean: bool = self._one(last, default="kiosk.stopped") != "kiosk.stopped"
        """At opening, the last fact was not `kiosk.stopped`. False for a new file."""

    @classmethod
    def open(cls, path: Path, key: bytes) -> Journal:
        """Open the file, or make it with a new journal id.

        Args:
            path: the file; its folder exists.
            key: 32 octets that encrypt card numbers.

        Raises:
            JournalFailed: not a journal, damaged, or of a newer schema.
        """
        db: sqlite3.Connection | None = None
        try:
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            _prepare(db)
            return cls(db, key)
        except (sqlite3.Error, JournalFailed) as cause:
            if db is not None:
                db.close()
            raise JournalFailed(f"{path}: {cause}") from cause

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            self._db.close()

    # ------------------------------------------------------------ writing
    def append(self, entries: Sequence[Entry], stamp: Stamp) -> int:
        """Write all entries in one transaction; on disk when this returns. Returns the head.

        Raises:
            JournalFailed: the disk did not take them.
            Contradiction: see there.
        """
        with self._transaction() as db:
            for entry in entries:
                match entry:
                    case Record():
                        self._record(db, entry, stamp)
                    case Remember(name, value):
                        db.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, value))
                    case TakeOrder(order):
                        body = msgspec.json.encode(order).decode()
                        db.execute(
                            "INSERT INTO taken_order (number, body) VALUES (?, ?)", (order.number, body)
                        )
            return _head(db)

    def acked(self, watermark: Watermark) -> Taken:
        """Take a watermark whose signature was checked; durable when this returns."""
        with self._transaction() as db:
            epoch, mark = db.execute("SELECT epoch, watermark FROM journal").fetchone()
            taken = judge(watermark, self.id, epoch, mark, _head(db))
            if taken in {Taken.MOVED, Taken.REWOUND}:
                db.execute("UPDATE journal SET epoch = ?, watermark = ?", (watermark.epoch, watermark.seq))
            return taken

    def next_session(self) -> int:
        """A session number larger than all before it, durable when this returns."""
        with self._transaction() as db:
            (number,) = db.execute("UPDATE journal SET session = session + 1 RETURNING session").fetchone()
            return int(number)

    # ------------------------------------------------------------ reading
    @property
    def head(self) -> int:
        """Seq of the last fact, 0 where there is none."""
        with self._reading() as db:
            return _head(db)

    @property
    def watermark(self) -> int:
        """Central holds the facts up to this one."""
        return int(self._one("SELECT watermark FROM journal"))

    @property
    def epoch(self) -> int:
        """Epoch of the watermark, 0 before the first."""
        return int(self._one("SELECT epoch FROM journal"))

    def since(self, seq: int, limit: int) -> list[Row]:
        """The facts after `seq`, at most `limit`, in order."""
        rows = self._all(
            "SELECT seq, wall_ms, mono_ms, boot, clock_set, CAST(fact AS BLOB) FROM fact"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            (seq, limit),
        )
        return [
            Row(n, Stamp(wall, mono, boot, bool(was_set)), fact)
            for n, wall, mono, boot, was_set, fact in rows
        ]

    def intents(self) -> list[Intent]:
        """Loans and returns without an outcome, oldest first."""
        rows = self._all("SELECT txn, kind, item, reader, card, owed FROM intent ORDER BY seq")
        return [
            Intent(txn, kind, item, reader, decrypt_card(self._key, txn, card) if card else "", bool(owed))
            for txn, kind, item, reader, card, owed in rows
        ]

    def recall(self, name: str) -> str | None:
        """The value last remembered under `name`."""
        value: str | None = self._one("SELECT value FROM memory WHERE name = ?", (name,))
        return value

    def order_taken(self, number: int) -> bool:
        """Whether this order was ever taken."""
        return self._one("SELECT 1 FROM taken_order WHERE number = ?", (number,)) is not None

    def orders_unanswered(self) -> list[Order]:
        """Orders taken of which no fact says what became of them, oldest first."""
        rows = self._all("SELECT body FROM taken_order WHERE NOT answered ORDER BY number")
        return [msgspec.json.decode(body, type=Order) for (body,) in rows]

    # ------------------------------------------------------------ one entry
    def _record(self, db: sqlite3.Connection, record: Record, stamp: Stamp) -> None:
        fact = record.fact
        seq = db.execute(
            "INSERT INTO fact (wall_ms, mono_ms, boot, clock_set, fact) VALUES (?, ?, ?, ?, ?)",
            (stamp.wall_ms, stamp.mono_ms, stamp.boot, int(stamp.set), encode_fact(fact).decode()),
        ).lastrowid
        match fact:
            case LoanAsked(txn=txn, item=item, reader=reader):
                card = encrypt_card(self._key, txn, record.card)
                db.execute(_INTEND, (txn, "loan", item, reader, card, seq))
            case ReturnAsked(txn=txn, item=item):
                db.execute(_INTEND, (txn, "return", item, "", None, seq))
            case LoanOwed(txn=txn):
                _end(db, _OWE, txn, "loan")
            case ReturnOwed(txn=txn):
                _end(db, _OWE, txn, "return")
            case LoanMade(txn=txn) | LoanRefused(txn=txn) | LoanAbandoned(txn=txn):
                _end(db, _SETTLE, txn, "loan")
            case ReturnMade(txn=txn) | ReturnRefused(txn=txn) | ReturnAbandoned(txn=txn):
                _end(db, _SETTLE, txn, "return")
            case OrderDone(order=number) | OrderRefused(order=number):
                db.execute("UPDATE taken_order SET answered = 1 WHERE number = ?", (number,))

    # ------------------------------------------------------------ the file
    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlite3.IntegrityError as cause:
                raise Contradiction(str(cause)) from cause
            except sqlite3.Error as cause:
                raise JournalFailed(str(cause)) from cause

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            return db.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = (), default: Any = None) -> Any:
        """The first column of the first row."""
        row = next(iter(self._all(sql, values)), None)
        return default if row is None else row[0]


_INTEND = "INSERT INTO intent (txn, kind, item, reader, card, seq) VALUES (?, ?, ?, ?, ?, ?)"
_OWE = "UPDATE intent SET owed = 1 WHERE txn = ? AND kind = ? AND NOT owed"
_SETTLE = "DELETE FROM intent WHERE txn = ? AND kind = ?"


def _end(db: sqlite3.Connection, sql: str, txn: str, kind: Kind) -> None:
    if db.execute(sql, (txn, kind)).rowcount != 1:
        raise Contradiction(f"{kind} {txn} was not asked, or has its outcome already")


def _head(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'fact'").fetchone()
    return int(row[0]) if row else 0


def _prepare(db: sqlite3.Connection) -> None:
    """Make a new file a journal; see that an old one is whole."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise JournalFailed(f"schema {version}, this program knows {SCHEMA}")
    if version == 0:
        schema = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        db.executescript(f"BEGIN IMMEDIATE;\n{schema}\nCOMMIT;")
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise JournalFailed(f"damaged: {verdict}")
