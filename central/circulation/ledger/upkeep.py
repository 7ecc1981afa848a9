"""What the ledger does by the clock, under its lease; done twice it does no harm.

- Holds whose days are over end, and their copies go to the next (`holds.expire`).
- What fell due on a closed day while the closure was being entered moves (`calendar.settle`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Engine

from central.circulation.ledger import calendar, holds
from central.statements import Cursor

EVERY_MS: Final = 60_000
WORK: Final[dict[str, Callable[[Cursor, int], int]]] = {
    "holds.ended": holds.expire,
    "closures.settled": calendar.settle,
}
"""What is logged → what is done, each in a transaction of its own; it returns how much that was."""

log = structlog.get_logger(__name__)


class Upkeep:
    """Does its work once a minute, however often it is called."""

    def __init__(self, engine: Engine) -> None:
        """Work on a migrated database, from the first `tick` on."""
        self._engine = engine
        self._due_ms = 0

    def tick(self, now_ms: int) -> None:
        """Do what is due.

        Raises:
            SQLAlchemyError: the rest is left for a minute later.
        """
        if self._due_ms - EVERY_MS <= now_ms < self._due_ms:
            return
        self._due_ms = now_ms + EVERY_MS
        for name, work in WORK.items():
            with self._engine.begin() as connection:
                done = work(Cursor(connection), now_ms)
            if done:
                log.info(name, number=done)
