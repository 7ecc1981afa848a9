"""What the rest of the kiosk calls: append, watermark, intents, memory, orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kiosk.cursor import Taken, judge
from kiosk.effects import Record, Remember, TakeOrder
from kiosk.journal import intents, rows
from kiosk.journal.database import Connection, Database, JournalDamaged, JournalFailed
from kiosk.journal.intents import Intent, Seal
from kiosk.journal.rows import Row
from kiosk.journal.schema import prepare
from wire.envelope import Stamp, encode_fact
from wire.facts import OrderDone, OrderRefused
from wire.orders import Order, Watermark

Entry = Record | Remember | TakeOrder


def unsealed(_card: str, _txn: str) -> str:
    """No key of central's is known: facts carry no card."""
    return ""


class Journal:
    """The open file. See the contract at the package's head."""

    def __init__(self, file: Database, key: bytes, seal: Seal = unsealed) -> None:
        self._db = file
        self._key = key
        self._seal = seal
        self.id: str = file.one("SELECT id FROM journal")
        """32 hexadecimal digits, minted with the file."""
        last = "SELECT json_extract(fact, '$.kind') FROM fact ORDER BY seq DESC LIMIT 1"
        self.unclean: bool = file.one(last, default="kiosk.stopped") != "kiosk.stopped"
        """At opening, the last fact was not `kiosk.stopped`. False for a new file."""

    @classmethod
    def open(cls, path: Path, key: bytes, *, seal: Seal = unsealed) -> Journal:
        """Open the file, or make it with a new journal id.

        Args:
            path: the file; its folder exists.
            key: 32 octets that encrypt card numbers.
            seal: (card, txn) → what facts for staff carry of the card.

        Raises:
            JournalFailed: not a journal, damaged, or of a newer schema.
        """
        file: Database | None = None
        try:
            file = Database(path)
            prepare(file)
            verdict = file.one("PRAGMA quick_check(1)")
            if verdict != "ok":
                raise JournalDamaged(f"damaged: {verdict}")
            return cls(file, key, seal)
        except JournalFailed as cause:
            if file is not None:
                file.close()
            raise JournalFailed(f"{path}: {cause}") from cause

    def close(self) -> None:
        """Close the file; may be called twice."""
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
                    case Remember(name, None):
                        db.execute("DELETE FROM memory WHERE name = ?", (name,))
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
        with self._db.reading() as db:
            return _head(db)

    @property
    def watermark(self) -> int:
        """Central holds the facts up to this one."""
        return int(self._db.one("SELECT watermark FROM journal"))

    @property
    def epoch(self) -> int:
        """Epoch of the watermark, 0 before the first."""
        return int(self._db.one("SELECT epoch FROM journal"))

    def since(self, seq: int, limit: int) -> list[Row]:
        """The facts after `seq`, at most `limit`, in order.

        Raises:
            JournalDamaged: one of them is not what was written.
        """
        return list(rows.checked(self._db.all(rows.SINCE, (seq, limit))))

    def intents(self) -> list[Intent]:
        """Loans and returns without an outcome, oldest first."""
        return [intents.read(self._key, found) for found in self._db.all(intents.ALL)]

    def recall(self, name: str) -> str | None:
        """The value last remembered under `name`."""
        value: str | None = self._db.one("SELECT value FROM memory WHERE name = ?", (name,))
        return value

    def order_taken(self, number: int) -> bool:
        """Whether this order was ever taken."""
        return self._db.one("SELECT 1 FROM taken_order WHERE number = ?", (number,)) is not None

    def orders_unanswered(self) -> list[Order]:
        """Orders taken of which no fact says what became of them, oldest first."""
        found = self._db.all("SELECT body FROM taken_order WHERE NOT answered ORDER BY number")
        return [msgspec.json.decode(body, type=Order) for (body,) in found]

    # ------------------------------------------------------------ one entry
    def _record(self, db: Connection, record: Record, stamp: Stamp) -> None:
        fact = intents.sealed(db, self._key, record, self._seal)
        seq = _head(db) + 1
        rows.insert(db, Row(seq, stamp, encode_fact(fact)))
        intents.follow(db, self._key, seq, record, stamp)
        match fact:
            case OrderDone(order=number) | OrderRefused(order=number):
                db.execute("UPDATE taken_order SET answered = 1 WHERE number = ?", (number,))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._db.transaction() as db:
            yield db


def _head(db: Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'fact'").fetchone()
    return int(row[0]) if row else 0
