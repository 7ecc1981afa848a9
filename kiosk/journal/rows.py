"""One fact as the journal keeps it: numbered, stamped, and with a checksum over all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

from msgspec import Struct

from kiosk.journal.database import Connection, JournalDamaged
from wire.envelope import Stamp

SINCE = (
    "SELECT seq, wall_ms, mono_ms, boot, clock_set, CAST(fact AS BLOB), crc"
    " FROM fact WHERE seq > ? ORDER BY seq LIMIT ?"
)
"""What `checked` takes."""
LOOK_BACK = 256
"""Facts that a start reads, whether central has them or not: more than a session can have left behind."""


class Row(Struct, frozen=True):
    """One fact as the journal keeps it."""

    seq: int
    stamp: Stamp
    fact: bytes
    """JSON, as `wire.envelope.encode_fact` wrote it."""


def checksum(seq: int, wall_ms: int, mono_ms: int, boot: str, clock_set: int, fact: bytes) -> int:
    """CRC-32 (IEEE 802.3) over everything that the row says."""
    return crc32(f"{seq} {wall_ms} {mono_ms} {boot} {clock_set} ".encode() + fact)


def insert(db: Connection, row: Row) -> None:
    """Write one row under its own number."""
    at = row.stamp
    head = (row.seq, at.wall_ms, at.mono_ms, at.boot, int(at.set))
    db.execute(
        "INSERT INTO fact (seq, wall_ms, mono_ms, boot, clock_set, fact, crc) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*head, row.fact.decode(), checksum(*head, row.fact)),
    )


def checked(found: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """Rows, as SINCE finds them.

    Raises:
        JournalDamaged: one of them is not what was written.
    """
    for seq, wall_ms, mono_ms, boot, was_set, fact, crc in found:
        if not isinstance(fact, bytes) or checksum(seq, wall_ms, mono_ms, boot, was_set, fact) != crc:
            raise JournalDamaged(f"fact {seq} is damaged")
        yield Row(seq, Stamp(wall_ms, mono_ms, boot, bool(was_set)), fact)


def head(db: Connection) -> int:
    """The last number that was given to a fact, 0 before the first."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'fact'").fetchone()
    return int(row[0]) if row else 0
