"""Old loans and holds are forgotten by the clock: a library that no longer knows who read what cannot tell anybody.

- An ended loan loses its card once it is `history_days` old, unless its reader keeps a history, or a fee of it is
  open still. The loan itself stays for the figures.
- An ended hold goes with its card at the same age: of it nothing is left to count.
- Some at a time, each time in a transaction of its own, so that nobody waits at a desk.
"""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy import Engine, bindparam, delete, exists, func, select, update

from central.circulation.ledger.models import Fee, Hold, Loan, Locker, Reader
from central.statements import Cursor, Prepared

DAY_MS: Final = 24 * 3_600_000
EVERY_MS: Final = 3_600_000
AT_ONCE: Final = 500
"""Rows a transaction: some 10 ms on SQLite, where writers wait for each other."""

_forgetful = select(Reader.card).where(Reader.keeps_history.is_(False))
_old_loans = (
    select(Loan.id)
    .where(
        Loan.returned_ms < bindparam("until_ms"),
        Loan.reader_card.in_(_forgetful),
        ~exists().where(Fee.loan_id == Loan.id, Fee.open_fen > 0),
    )
    .limit(AT_ONCE)
)
_UNNAME = Prepared(
    "until_ms",
    statement=update(Loan).where(Loan.id.in_(_old_loans)).values(reader_card=None).returning(Loan.id),
)
_old_holds = (
    select(Hold.id)
    .where(
        func.coalesce(Hold.filled_ms, Hold.cancelled_ms) < bindparam("until_ms"),
        Hold.reader_card.in_(_forgetful),
        ~exists().where(Locker.hold_id == Hold.id),
    )
    .limit(AT_ONCE)
)
_DROP = Prepared("until_ms", statement=delete(Hold).where(Hold.id.in_(_old_holds)).returning(Hold.id))

log = structlog.get_logger(__name__)


def forget(cursor: Cursor, until_ms: int) -> int:
    """Forget what ended before that time, `AT_ONCE` of each kind at most; how much that was."""
    return len(cursor.all(_UNNAME, until_ms)) + len(cursor.all(_DROP, until_ms))


class History:
    """Does it once an hour, however often it is called."""

    def __init__(self, engine: Engine, history_days: int) -> None:
        """Work on a migrated database, from the first `tick` on."""
        self._engine = engine
        self._kept_ms = history_days * DAY_MS
        self._due_ms = 0

    def tick(self, now_ms: int) -> None:
        """Forget what is old enough; where there is more, the next call goes on.

        Raises:
            SQLAlchemyError: it is tried again at the next call.
        """
        if self._due_ms - EVERY_MS <= now_ms < self._due_ms:
            return
        with self._engine.begin() as connection:
            forgotten = forget(Cursor(connection), now_ms - self._kept_ms)
        if forgotten:
            log.info("history.forgotten", number=forgotten)
        else:
            self._due_ms = now_ms + EVERY_MS
