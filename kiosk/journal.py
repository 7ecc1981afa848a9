"""The kiosk's journal: everything that must survive the next second, in one SQLite file.

- What `append` returned for is on disk (WAL, synchronous=FULL): kill -9 or a power cut loses nothing of it.
- One call is one transaction: facts, intents, remembered values and taken orders stand or fall together.
- Facts are numbered from 1 without gaps; a number is never used twice. They stay below the watermark too.
- Any thread may call; one lock, no call waits for anything but the disk.
- Disk full, read-only, corrupt or newer than this program: `JournalFailed`, and nothing was written.
- An outcome without its intent, a second one, or an order taken twice is our mistake: `Contradiction`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from kiosk.effects import Record, Remember, TakeOrder
from wire.envelope import Stamp
from wire.orders import Order, Watermark

Entry = Record | Remember | TakeOrder


class JournalFailed(Exception):  # noqa: N818 - a state of the disk
    """The file cannot be read or written. The cause is chained."""


class Contradiction(Exception):  # noqa: N818 - a verdict on the caller
    """The entries contradict what the journal holds; nothing was written. Always a mistake of ours."""


class Taken(StrEnum):
    """What became of a watermark."""

    MOVED = "moved"
    """It rose: central holds more than before."""
    SAME = "same"
    """It says what we knew."""
    REWOUND = "rewound"
    """A later epoch, taken as it stands: send again from here."""
    LOWER = "lower"
    """Lower within its epoch: refused."""
    EARLIER = "earlier"
    """Of an earlier epoch: refused."""
    ABOVE_HEAD = "above_head"
    """Of a fact that was never written: refused."""
    OTHER_JOURNAL = "other_journal"
    """Of another journal file: ignored."""


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
    kind: Literal["loan", "return"]
    item: str
    reader: str
    """Pseudonym; empty for a return."""
    card: str = field(repr=False)
    """Empty for a return, and where the key that encrypted it is gone."""
    owed: bool
    """`loan.owed` or `return.owed` has been recorded."""


class Journal:
    """The open file. See the contract at the module's head."""

    @classmethod
    def open(cls, path: Path, key: bytes) -> Journal:
        """Open the file, or make it with a new journal id.

        Args:
            path: the file; its folder exists.
            key: 32 octets that encrypt card numbers.

        Raises:
            JournalFailed: not a journal, damaged, or of a newer schema.
        """
        raise NotImplementedError(path, key)

    id: str
    """32 hexadecimal digits, minted with the file."""
    unclean: bool
    """At opening, the last fact was not `kiosk.stopped`. False for a new file."""

    def append(self, entries: Sequence[Entry], stamp: Stamp) -> int:
        """Write all entries in one transaction; on disk when this returns. Returns the head.

        Raises:
            JournalFailed: the disk did not take them.
            Contradiction: see there.
        """
        raise NotImplementedError(entries, stamp)

    @property
    def head(self) -> int:
        """Seq of the last fact, 0 where there is none."""
        raise NotImplementedError

    @property
    def watermark(self) -> int:
        """Central holds the facts up to this one."""
        raise NotImplementedError

    @property
    def epoch(self) -> int:
        """Epoch of the watermark, 0 before the first."""
        raise NotImplementedError

    def since(self, seq: int, limit: int) -> list[Row]:
        """The facts after `seq`, at most `limit`, in order."""
        raise NotImplementedError(seq, limit)

    def acked(self, watermark: Watermark) -> Taken:
        """Take a watermark whose signature was checked; durable when this returns."""
        raise NotImplementedError(watermark)

    def intents(self) -> list[Intent]:
        """Loans and returns without an outcome, oldest first."""
        raise NotImplementedError

    def recall(self, name: str) -> str | None:
        """The value last remembered under `name`."""
        raise NotImplementedError(name)

    def order_taken(self, number: int) -> bool:
        """Whether this order was ever taken."""
        raise NotImplementedError(number)

    def orders_unanswered(self) -> list[Order]:
        """Orders taken of which no fact says what became of them, oldest first."""
        raise NotImplementedError

    def next_session(self) -> int:
        """A session number larger than all before it, durable when this returns."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file; may be called twice."""
        raise NotImplementedError
