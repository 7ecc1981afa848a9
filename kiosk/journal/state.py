"""What a journal says of itself: one row, with a checksum, read at opening and kept in step since."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Literal
from zlib import crc32

from msgspec import Struct

from kiosk.journal.database import Connection, JournalDamaged


class State(Struct, frozen=True):
    id: str
    """32 hexadecimal digits, minted with the file."""
    epoch: int = 0
    """Of the watermark; 0 before the first."""
    watermark: int = 0
    """Central holds the facts up to this one."""
    session: int = 0
    """Number of the last connection to the broker."""
    before: str = ""
    """Journal that this file was made in the place of."""
    why: Literal["", "damaged", "forked"] = ""
    """Why that one was set aside: `damaged` or `forked`."""
    lost: int = 0
    """Facts dropped because the journal was full, and not told yet."""
    forked: bool = False
    """Central says that another machine writes this journal too."""


def load(db: Connection) -> State:
    """The row.

    Raises:
        JournalDamaged: it is missing, or is not what was written.
    """
    row = db.execute(
        "SELECT id, epoch, watermark, session, before, why, lost, forked, crc FROM journal"
    ).fetchone()
    if row is None:
        raise JournalDamaged("the journal's own row is missing")
    journal, epoch, watermark, session, before, why, lost, forked, crc = row
    state = State(journal, epoch, watermark, session, before, why, lost, bool(forked))
    if _checksum(_values(state)) != crc:
        raise JournalDamaged("the journal's own row is damaged")
    return state


def check(db: Connection, state: State) -> None:
    """Look whether the row says what is known of it.

    Raises:
        JournalDamaged: it does not.
    """
    if db.execute(_SAME, _values(state)).fetchone() is None:
        raise JournalDamaged("the journal's own row is not as it was left")


def store(db: Connection, state: State) -> None:
    """Write the row."""
    values = _values(state)
    db.execute(_STORE, (*values, _checksum(values)))


def _checksum(values: tuple[Any, ...]) -> int:
    """CRC-32 (IEEE 802.3) over all of it."""
    return crc32(repr(values).encode())


_FIELDS = State.__struct_fields__
_values = attrgetter(*_FIELDS)
"""All of it, in order."""
_SAME = f"SELECT 1 FROM journal WHERE ({', '.join(_FIELDS)}) = ({', '.join('?' * len(_FIELDS))})"  # noqa: S608 - our names
_STORE = (
    f"INSERT INTO journal (one, {', '.join(_FIELDS)}, crc) VALUES (1, {', '.join('?' * len(_FIELDS))}, ?)"  # noqa: S608 - our names
    f" ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in (*_FIELDS, 'crc'))}"
)
