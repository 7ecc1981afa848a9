"""What a journal that is set aside leaves behind, read from its file as it lies there and without touching it.

facts           from its pages and its log, each with its checksum (`kiosk.journal.pages`)
intents         from their tables; where one cannot be read whole, from the facts too, and from what the journal before it owed
                at its end: then without cards
the rest        from their tables, as far as they can be read
its own row     if its checksum holds; else from `kiosk.started`: its id from any, the one before it from the first
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from kiosk.journal import pages, rows
from kiosk.journal.database import Database, JournalFailed
from kiosk.journal.pages import PAGE
from kiosk.journal.rows import Row
from kiosk.journal.state import State, load
from wire.envelope import Malformed, Stamp, UnknownFact, decode_fact, encode_fact
from wire.facts import AnyFact, FactsLost, KioskStarted

MAX_GAP = 10_000
"""Facts that may be missing in one place; numbers farther apart do not belong together."""
LOST = encode_fact(FactsLost(1, "damaged"))

TABLES = {
    "intent": "txn, kind, item, reader, card, seq, owed, granted, at_ms, due, reader_type, title, call_number, boot, mono_ms",
    "payment": "txn, reader, card, amount_fen, fee, seq, at_ms, dropped, provider_id",
    "taken_order": "number, body, answered",
    "memory": "name, value",
}
"""Those that are carried over, and their columns, the key first."""


@dataclass(frozen=True, slots=True)
class Estate:
    state: State
    """With an empty id where nobody knows whose journal it was."""
    known: bool
    """Its own row could be read. Otherwise `state` is no more than its id."""
    head: int
    """The last number that was given to a fact, as far as that can be known."""
    rows: dict[int, Row]
    """The facts that can be read, by number."""
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]]
    """Columns and rows of TABLES, as far as they can be read."""
    partial: frozenset[str]
    """Tables of which something could not be read."""

    @property
    def oldest(self) -> int:
        """The first fact that is kept, `head` + 1 where there is none.

        Facts that were deleted long ago may still lie on unused pages: a wide gap below the watermark ends
        what belongs together.
        """
        taken = self.state.watermark if self.known else self.head
        oldest = self.head + 1
        for seq in sorted(self.rows, reverse=True):
            if oldest - seq > MAX_GAP and seq < taken:
                break
            oldest = seq
        return min(oldest, taken + 1)

    @property
    def gap(self) -> int:
        """The last fact that nobody can read and central may have read; 0 where there is none."""
        taken = self.state.watermark if self.known else self.head
        told = range(self.oldest, taken + 1)
        return max((seq for seq in told if seq not in self.rows or self.rows[seq].fact == LOST), default=0)

    @property
    def waiting(self) -> int:
        """Facts that central has not taken, readable or not."""
        return self.head - (self.state.watermark if self.known else self.oldest - 1)

    def filled(self) -> Iterator[Row]:
        """The facts in order and without a gap: in the place of each that cannot be read, `facts.lost`."""
        stamp = Stamp(0, 0, "0" * 16, set=False)
        for seq in range(self.oldest, self.head + 1):
            row = self.rows.get(seq) or Row(seq, stamp, LOST)
            stamp = row.stamp
            yield row

    def facts(self) -> Iterator[tuple[Row, AnyFact]]:
        """Those that this version understands, in order."""
        return _understood(self.rows)


def read(path: Path) -> Estate:
    """All that can still be read of a journal. Leaves the file and its log as they are."""
    found = _facts(path)
    state: State | None = None
    sequence, tables, partial = 0, {}, set(TABLES)
    with suppress(JournalFailed), closing(Database(path, readonly=True)) as file:
        for name, columns in TABLES.items():
            there = _columns(file, name, columns)
            read_rows, whole = _rescued(file, name, there)
            tables[name] = there, read_rows
            partial -= {name} if whole else set()
        state, sequence = _own(file)
    known = max(max(found, default=0), state.watermark if state else 0)
    head = sequence if known < sequence <= known + MAX_GAP else known
    return Estate(state or _named(found), state is not None, head, found, tables, frozenset(partial))


def unseen(path: Path, head: int) -> bool:
    """Whether the log holds committed facts after `head`, which is where SQLite sees the last one."""
    octets = _log(path)
    if not any(pages.may_bear(one.page, head, first=one.number == 1) for one in pages.lying(octets)):
        return False  # whatever of it was committed
    log = pages.frames(octets)
    newest = {frame.number: frame.page for frame in log}
    return any(
        row.seq > head
        for frame in log
        for row in pages.facts(frame.page, lambda number: newest.get(number, b""), first=frame.number == 1)
    )


# ---------------------------------------------------------------- the octets
def _facts(path: Path) -> dict[int, Row]:
    """Every fact on any page.

    Where two bear one number the first stands: the other one lies behind it in the log, where a write
    that was cut short has left it.
    """
    log = pages.frames(_log(path))
    newest = {frame.number: frame.page for frame in log}
    found: dict[int, Row] = {}
    with suppress(OSError):
        file = os.open(path, os.O_RDONLY)
        try:

            def fetch(number: int) -> bytes:
                return newest.get(number) or _page(file, number)

            last = os.fstat(file).st_size // PAGE
            lying = ((number, _page(file, number)) for number in range(1, last + 1))
            logged = ((frame.number, frame.page) for frame in log)
            for number, page in chain(lying, logged):
                for row in pages.facts(page, fetch, first=number == 1, known=found):
                    found[row.seq] = row
        finally:
            os.close(file)
    return found


def _page(file: int, number: int) -> bytes:
    """Empty where the disk does not give it."""
    try:
        return os.pread(file, PAGE, (number - 1) * PAGE)
    except (OSError, OverflowError):
        return b""


def _log(path: Path) -> bytes:
    """Empty where there is none."""
    try:
        return path.with_name(f"{path.name}-wal").read_bytes()
    except OSError:
        return b""


# ---------------------------------------------------------------- the tables
def _rescued(file: Database, table: str, columns: str) -> tuple[list[tuple[Any, ...]], bool]:
    """The rows from the first one to where they cannot be read, and from the last one back to there."""
    found: dict[Any, tuple[Any, ...]] = {}
    for order in ("ASC", "DESC"):
        with suppress(JournalFailed), file.reading() as db:
            for row in db.execute(f"SELECT {columns} FROM {table} ORDER BY rowid {order}"):  # noqa: S608 - our names
                found[row[0]] = row
            return list(found.values()), order == "ASC"
    return list(found.values()), False


def _columns(file: Database, table: str, wanted: str) -> str:
    """Those of them that the table has: an earlier version may have written it."""
    with suppress(JournalFailed), file.reading() as db:
        there = {name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        return ", ".join(name for name in wanted.split(", ") if name in there) or wanted
    return wanted


def _own(file: Database) -> tuple[State | None, int]:
    """What the journal says of itself, and its last number; None and 0 where it cannot be read."""
    state, sequence = None, 0
    with suppress(JournalFailed), file.reading() as db:
        sequence = rows.head(db)
    with suppress(JournalFailed), file.reading() as db:
        state = load(db)
    return state, sequence


def _understood(found: dict[int, Row]) -> Iterator[tuple[Row, AnyFact]]:
    for seq in sorted(found):
        with suppress(Malformed):
            fact = decode_fact(found[seq].fact)
            if not isinstance(fact, UnknownFact):
                yield found[seq], fact


def _named(found: dict[int, Row]) -> State:
    """What is known of a journal whose own row is damaged: every run of its has told its id, the first what was before."""
    starts = [fact for _, fact in _understood(found) if isinstance(fact, KioskStarted)]
    if not starts:
        return State("")
    name = starts[-1].journal
    first = next((one for one in starts if one.journal == name and one.before), starts[-1])
    return State(name, before=first.before or "", why=first.why)
