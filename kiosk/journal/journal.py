"""What the rest of the kiosk calls: append, watermark, intents, memory, orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from kiosk import config
from kiosk.cursor import HELD, Taken, judge
from kiosk.effects import Record, Remember, TakeOrder
from kiosk.journal import bounds, intents, orders, payments, retention, rows, state, succession
from kiosk.journal.bounds import Standing
from kiosk.journal.database import Connection, Database, JournalDamaged, JournalFailed
from kiosk.journal.intents import Intent, Keys, Seal
from kiosk.journal.payments import Begun
from kiosk.journal.rows import Row
from kiosk.journal.schema import opened
from kiosk.journal.state import State
from wire.envelope import MAX_FACTS, Stamp, encode_fact
from wire.facts import ClockCorrected, Fact, FactsLost
from wire.orders import Order, Watermark

Entry = Record | Remember | TakeOrder
Done = TypeVar("Done")
DAY_MS = 24 * 3600 * 1000
LIMITS = config.Journal()
FRESH = MAX_FACTS
"""Facts that are kept in memory too, once or twice as many: a batch, and what is written until it goes."""
_REMEMBER = "INSERT INTO memory VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


@dataclass(slots=True)
class Draft:
    """The journal inside a transaction: its row and its head as they will be after it."""

    db: Connection
    own: State
    head: int
    written: list[Row]


def unsealed(_card: str, _txn: str) -> str:
    """No key of central's is known: facts carry no card."""
    return ""


class Journal:
    """The open file. See the contract at the package's head."""

    def __init__(
        self,
        file: Database,
        key: bytes,
        seal: Seal = unsealed,
        limits: config.Journal = LIMITS,
        older: Keys = (),
    ) -> None:
        self._db = file
        self._keys = (key, *older)
        self._seal = seal
        self._limits = limits
        self._writing = Lock()
        self._known: tuple[State, int] | None = None
        """Row and head, as they were read or written last; None: something is being written, or failed to be."""
        self._fresh: list[Row] = []
        """The facts written last, without a gap: what is sent soon after is not read again."""
        self._oldest: int | None = None
        """The first fact; None: to be read, or there is none yet."""
        own, _ = self._now()
        self.id = own.id
        """32 hexadecimal digits, minted with the file."""
        self.before = own.before
        """The journal that this one was made in the place of; empty for a first one."""
        self.why = own.why
        """Why that one was set aside: `damaged` or `forked`; empty for a first one."""
        last = "SELECT json_extract(fact, '$.kind') FROM fact ORDER BY seq DESC LIMIT 1"
        ended = "" if own.why == "damaged" else "kiosk.stopped"
        self.unclean: bool = file.one(last, default=ended) != "kiosk.stopped"
        """At opening, the last fact was not `kiosk.stopped`. False for a first file."""
        self.damaged = ""
        """Name of the last damaged file that was set aside and still lies there."""
        self.failed = ""
        """Why there is no disk under it; empty: there is one."""
        self.locked = ""
        """Why a key of its cards is kept back; empty: none is. Whoever has the keys says so."""
        self.elders: tuple[Elder, ...] = ()
        """Earlier journals whose facts central may want yet, oldest first. Closed with this one."""

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        *,
        seal: Seal = unsealed,
        limits: config.Journal = LIMITS,
        older: Keys = (),
    ) -> Journal:
        """Open the file, or make it with a new journal id.

        A damaged one is set aside, and what can be read of it is carried over (`kiosk.journal.succession`).

        Args:
            path: the file; its folder exists.
            key: 32 octets that encrypt card numbers, and read them.
            seal: (card, txn) → what facts for staff carry of the card.
            limits: how much is kept.
            older: keys that read what they have encrypted once.

        Raises:
            JournalTooNew: a newer program wrote it.
            JournalFailed: the disk does not let it.
        """
        try:
            succession.arrange(path, key)
            try:
                file = opened(path)
            except JournalDamaged:  # what only a writer notices
                succession.replace(path, key)
                file = opened(path)
            journal = cls(file, key, seal, limits, older)
            journal.damaged = max((file.name for file in succession.set_aside(path)), default="")
            journal.elders = _elders(path, key, limits)
        except JournalFailed as cause:
            raise type(cause)(f"{path}: {cause}") from cause
        return journal

    @classmethod
    def without_disk(cls, key: bytes, why: str) -> Journal:
        """One that forgets everything, for a kiosk that must still open its door. Nothing of it is sent.

        Args:
            key: 32 octets.
            why: what the disk said.
        """
        journal = cls(opened(None), key)
        journal.failed = why
        return journal

    def close(self) -> None:
        """Close the file; may be called twice."""
        for elder in self.elders:
            elder.close()
        self._db.close()

    # ------------------------------------------------------------ writing
    def append(self, entries: Sequence[Entry], stamp: Stamp) -> int:
        """Write all entries in one transaction; on disk when this returns. Returns the head.

        Where the journal is full, facts that may be dropped are (`kiosk.journal.bounds`); how many is told
        by a fact before the next ones that find room.

        Raises:
            JournalFailed: the disk did not take them.
            Contradiction: see there.
        """
        return self._write(partial(self._append, entries, stamp))

    def acked(self, watermark: Watermark) -> Taken:
        """Take a watermark whose signature was checked; durable when this returns."""
        return self._write(partial(self._acked, watermark))

    def next_session(self, after: int = 0) -> int:
        """A session number larger than `after` and all before it, durable when this returns."""

        def count_on(draft: Draft) -> int:
            draft.own = replace(draft.own, session=max(draft.own.session, after) + 1)
            return draft.own.session

        return self._write(count_on)

    # ------------------------------------------------------------ reading
    @property
    def head(self) -> int:
        """Seq of the last fact, 0 where there is none."""
        return self._now()[1]

    @property
    def oldest(self) -> int:
        """Seq of the first fact that is still here; 1 where there was none yet."""
        if self._oldest is None:
            self._oldest = self._db.one("SELECT min(seq) FROM fact")
        return self._oldest or 1

    @property
    def watermark(self) -> int:
        """Central holds the facts up to this one."""
        return self._now()[0].watermark

    @property
    def waiting(self) -> int:
        """Facts that central does not hold yet, of earlier journals too."""
        own, head = self._now()
        return head - own.watermark + sum(elder.waiting for elder in self.elders)

    @property
    def epoch(self) -> int:
        """Epoch of the watermark, 0 before the first."""
        return self._now()[0].epoch

    @property
    def standing(self) -> Standing:
        """How full it is, and whether it is this kiosk's alone."""
        own, head = self._now()
        level = bounds.level(head - own.watermark, self._limits.facts)
        return Standing(level, own.lost, own.forked, self.damaged, self.failed, self.locked)

    @property
    def retention_ms(self) -> int:
        """How long facts stay after central has them."""
        return int(self._limits.retention_days * DAY_MS)

    def since(self, seq: int, limit: int) -> list[Row]:
        """The facts after `seq`, at most `limit`, in order.

        Raises:
            JournalDamaged: one of them is not what was written.
        """
        return list(rows.checked(self._db.all(rows.SINCE, (seq, limit))))

    def to_send(self, first: int, limit: int) -> list[Row]:
        """The facts from `first` on, at most `limit`, in order: as they were written just now, or else as read.

        Raises:
            JournalDamaged: one that is read is not what was written.
        """
        with self._writing:
            fresh = self._fresh
            if fresh and fresh[0].seq <= first <= fresh[-1].seq:
                at = first - fresh[0].seq
                return fresh[at : at + limit]
        return self.since(first - 1, limit)

    def tail(self, limit: int) -> list[Row]:
        """The last facts, at most `limit`; of a journal that has none yet, those of the one just before it."""
        elder = next((elder for elder in self.elders if elder.id == self.before), self)
        last = self if self.head else elder
        return last.since(max(last.head - limit, 0), limit)

    def intents(self) -> list[Intent]:
        """Loans and returns without an outcome, oldest first."""
        return [intents.read(self._keys, found) for found in self._db.all(intents.ALL, (intents.CLOCK,))]

    def payments(self) -> list[Begun]:
        """Payments without an outcome, oldest first."""
        return [payments.read(self._keys, found) for found in self._db.all(payments.ALL)]

    def recall(self, name: str) -> str | None:
        """The value last remembered under `name`."""
        value: str | None = self._db.one("SELECT value FROM memory WHERE name = ?", (name,))
        return value

    def recall_all(self, head: str) -> dict[str, str]:
        """All values remembered under names that begin with `head`, by name."""
        found = "SELECT name, value FROM memory WHERE name >= ? AND name < ?"
        return dict(self._db.all(found, (head, head[:-1] + chr(ord(head[-1]) + 1))))

    def order_taken(self, number: int) -> bool:
        """Whether this order was ever taken."""
        return self._db.one("SELECT 1 FROM taken_order WHERE number = ?", (number,)) is not None

    def orders_unanswered(self) -> list[Order]:
        """Orders taken of which no fact says what became of them, oldest first."""
        with self._db.reading() as db:
            return orders.unanswered(db)

    # ------------------------------------------------------------ in a transaction
    def _append(self, entries: Sequence[Entry], stamp: Stamp, draft: Draft) -> int:
        if draft.own.lost and not self._is_full(draft):
            self._record(draft, Record(FactsLost(draft.own.lost, "full")), stamp)
            draft.own = replace(draft.own, lost=0)
        for entry in entries:
            match entry:
                case Record(fact=fact) if self._has_room(draft, fact):
                    self._record(draft, entry, stamp)
                case Record():
                    draft.own = replace(draft.own, lost=draft.own.lost + 1)
                case Remember(name, None):
                    draft.db.execute("DELETE FROM memory WHERE name = ?", (name,))
                case Remember(name, value):
                    draft.db.execute(_REMEMBER, (name, value))
                case TakeOrder(order):
                    orders.take(draft.db, order)
        return draft.head

    def _acked(self, watermark: Watermark, draft: Draft) -> Taken:
        own = draft.own
        taken = judge(watermark, self.id, own.epoch, own.watermark, draft.head)
        if taken is Taken.FORKED:
            draft.own = replace(own, forked=True)
        elif taken in {Taken.MOVED, Taken.REWOUND}:
            draft.own = replace(own, epoch=watermark.epoch, watermark=watermark.seq)
        if taken in HELD:
            retention.note(draft.db, watermark)
            if retention.prune(draft.db, watermark.central_ms, self.retention_ms):
                self._oldest = None
        return taken

    def _record(self, draft: Draft, record: Record, stamp: Stamp) -> None:
        db, fact = draft.db, record.fact
        draft.head += 1
        if hasattr(fact, "txn") or isinstance(fact, ClockCorrected):  # nothing else tells of what is asked
            fact = intents.sealed(db, self._keys, record, self._seal)
            intents.follow(db, self._keys[0], draft.head, record, stamp)
            payments.follow(db, self._keys[0], draft.head, record, stamp)
        row = Row(draft.head, stamp, encode_fact(fact))
        rows.insert(db, row)
        draft.written.append(row)
        orders.answer(db, fact)

    def _has_room(self, draft: Draft, fact: Fact) -> bool:
        return not self._is_full(draft) or bounds.is_kept(fact)

    def _is_full(self, draft: Draft) -> bool:
        return draft.head - draft.own.watermark >= self._limits.facts

    def _now(self) -> tuple[State, int]:
        """Row and head. Read where they are not known; whoever asks during a transaction waits for its end."""
        known = self._known
        if known is None:
            with self._db.reading() as db:
                known = self._known = state.load(db), rows.head(db)
        return known

    def _write(self, work: Callable[[Draft], Done]) -> Done:
        """One transaction. One at a time, until what it has made of row and head is known."""
        with self._writing:
            with self._db.transaction() as db:
                own, head = self._known or (state.load(db), rows.head(db))
                self._known = None
                state.check(db, own)
                draft = Draft(db, own, head, [])
                done = work(draft)
                if draft.own is not own:
                    state.store(db, draft.own)
            self._known = draft.own, draft.head
            self._keep(draft.written)
        return done

    def _keep(self, written: list[Row]) -> None:
        """These facts follow those that are fresh, but for one of which it was not known whether it was written."""
        fresh = self._fresh
        if written and fresh and written[0].seq != fresh[-1].seq + 1:
            fresh.clear()
        fresh += written
        if len(fresh) > 2 * FRESH:
            del fresh[:-FRESH]


class Elder(Journal):
    """An earlier journal: nothing is written to it but how far central is."""

    def acked(self, watermark: Watermark) -> Taken:
        """As for any journal; of facts at its end that nobody can read any more, central may hold more than we."""
        return super().acked(msgspec.structs.replace(watermark, seq=min(watermark.seq, self.head)))

    @property
    def is_over(self) -> bool:
        """Central has had all of it for the whole retention."""
        with self._db.reading() as db:
            return retention.is_over(db, rows.head(db), self.retention_ms)


def _elders(path: Path, key: bytes, limits: config.Journal) -> tuple[Elder, ...]:
    """The earlier journals, oldest first; those that nobody wants any more are deleted."""
    found: dict[str, Elder] = {}
    places: dict[str, int] = {}
    for file in succession.elders(path):
        elder = Elder(opened(file), key, limits=limits)
        if elder.is_over:
            elder.close()
            file.unlink()
        else:
            found[elder.id], places[elder.id] = elder, succession.place(file)

    def age(elder: Elder) -> int:
        """Among those that bear no number it is told by which one came before."""
        return 1 + age(found[elder.before]) if elder.before in found else 0

    return tuple(sorted(found.values(), key=lambda elder: (places[elder.id], age(elder))))
