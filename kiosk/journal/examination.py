"""Whether a journal's file can go on as it is. Reads it and its log, and touches neither."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Literal

import structlog

from kiosk.journal import estate, orders, rows, schema
from kiosk.journal.database import Connection, Database, JournalDamaged
from kiosk.journal.state import load
from wire.orders import Verb

RENEW: Verb = "journal.renew"

Why = Literal["damaged", "forked"]
"""Why a journal is set aside."""

log = structlog.get_logger(__name__)


def examine(path: Path) -> Why | None:
    """Why the file cannot go on as the journal; None: it can, or there is none.

    Raises:
        JournalFailed: the disk does not let it be read, or it is of a newer program.
    """
    try:
        return _inspect(path) if path.exists() else None
    except JournalDamaged as cause:
        log.error("journal damaged", path=str(path), cause=str(cause))  # noqa: TRY400 - the cause says it
        return "damaged"


def _inspect(path: Path) -> Why | None:
    """`forked` where a new journal was ordered that is not there yet: in that one the order comes before all facts.

    Raises:
        JournalDamaged: the file is not what was written.
    """
    head, renewed = 0, False
    if path.stat().st_size:
        with closing(Database(path, readonly=True)) as file, file.reading() as db:
            head = _sound(db)
            renewed = head > 0 and any(order.verb == RENEW for order in orders.unanswered(db))
    if estate.unseen(path, head):
        raise JournalDamaged("committed facts are missing at the end")
    return "forked" if renewed else None


def _sound(db: Connection) -> int:
    """The last fact's number; 0 where there is none, or where the file is older than checksums.

    Raises:
        JournalDamaged: something is not what was written.
    """
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise JournalDamaged(str(verdict))
    version = schema.version_of(db)
    if version == 0 and db.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise JournalDamaged("tables of no version")
    if version < schema.CHECKED:
        return 0
    state, head = load(db), rows.head(db)
    last = db.execute("SELECT max(seq) FROM fact").fetchone()[0] or 0
    if not state.watermark <= head == last:
        raise JournalDamaged(f"last fact {last}, last number {head}, watermark {state.watermark}")
    read_again = min(state.watermark, head - rows.LOOK_BACK)  # by the uplink or by the start
    for _ in rows.checked(db.execute(rows.SINCE, (read_again - 1, -1))):
        pass
    return head
