"""How long facts stay that central holds: for a central that is restored from a backup, and lacks them then.

Counted from when central took them and by its clock: the kiosk's own may have been wrong by years.
"""

from __future__ import annotations

from kiosk.journal.database import Connection
from wire.orders import Watermark

NOTE_MS = 3600 * 1000
"""How often it is noted how far central is: so much longer than asked for a fact may stay."""
STEP = 256
"""Facts deleted at a time: more than a batch, so that deleting keeps up, and little enough to wait for nobody."""

_LAST = "SELECT central_ms, seq FROM passed ORDER BY central_ms DESC LIMIT 1"
"""The latest note, which is of the most facts too."""


def note(db: Connection, watermark: Watermark) -> None:
    """Central holds the facts up to here, now. What was noted of more, or of later, was not so."""
    now_ms = watermark.central_ms
    last = db.execute(_LAST).fetchone()
    if last and (last[0] > now_ms or last[1] > watermark.seq):
        db.execute("DELETE FROM passed WHERE seq > ? OR central_ms > ?", (watermark.seq, now_ms))
        last = db.execute(_LAST).fetchone()
    if last is None or now_ms - last[0] >= NOTE_MS:
        db.execute("INSERT INTO passed (central_ms, seq) VALUES (?, ?)", (now_ms, watermark.seq))


def prune(db: Connection, now_ms: int, retention_ms: int) -> bool:
    """Delete some of what central has held for longer, and say whether there was any. The last fact always stays.

    Args:
        db: in a transaction.
        now_ms: central's clock.
        retention_ms: how long a fact stays.
    """
    query = "SELECT central_ms, seq FROM passed WHERE central_ms <= ? ORDER BY central_ms DESC LIMIT 1"
    found = db.execute(query, (now_ms - retention_ms,)).fetchone()
    if found is None:
        return False
    at_ms, seq = found
    db.execute("DELETE FROM passed WHERE central_ms < ?", (at_ms,))
    gone = db.execute(
        "DELETE FROM fact WHERE seq IN (SELECT seq FROM fact WHERE seq <= ? ORDER BY seq LIMIT ?)"
        " AND seq < (SELECT max(seq) FROM fact)",
        (seq, STEP),
    )
    return gone.rowcount > 0


def is_over(db: Connection, head: int, retention_ms: int) -> bool:
    """Whether central has held the fact `head`, and all before it, for longer than they stay."""
    query = "SELECT max(central_ms) - min(central_ms) FROM passed WHERE seq >= ?"
    (held_ms,) = db.execute(query, (head,)).fetchone()
    return held_ms is not None and held_ms >= retention_ms
