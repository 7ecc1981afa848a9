"""The clock's process: periodic work that one process of the network does at a time.

- Whoever holds the lease in the database works, the others wait; after a crash one takes over within 30 s.
- A piece of work that fails is logged and tried again at the next tick; it keeps no other from its turn.
- `stop` gives the lease back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.circulation.ledger.upkeep import Upkeep
from central.circulation.persons.history import History
from central.clock.lease import Kept
from central.clock_ms import now_ms
from central.config import Config
from central.db import open_sessions
from central.keys import Keys
from central.lists.publishing import Publisher
from central.mqtt import Link
from central.rooms.alarms.escalation import Escalation

TICK_S = 1.0
NAME = "clock"
DAY_MS = 24 * 3_600_000

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Clock:
    """One clock worker. See the contract at the module's head."""

    def __init__(self, config: Config, keys: Keys, engine: Engine) -> None:
        """A worker, not yet running.

        Args:
            config: where the broker is, and whether lists are served.
            keys: signs the heads of lists.
            engine: a migrated database.
        """
        self._lease = Kept(open_sessions(engine), NAME)
        self._stopping = threading.Event()
        link = Link(config.mqtt, f"central-clock-{self._lease.holder}", lambda _: None, born=self._connected)
        self._link = link
        life_ms = int(config.lists.life_days * DAY_MS)
        self._publisher = Publisher(engine, keys.signing, link.publish, life_ms)
        self._serves_lists = config.lists.certificate is not None
        history = History(engine, config.ledger.history_days)
        self._work = (
            Upkeep(engine).tick,
            history.tick,
            Escalation(engine, config.alarms.acknowledge_s).tick,
            *([self._publisher.tick] if self._serves_lists else []),
        )

    def run(self) -> None:
        """Work until `stop`."""
        if not self._serves_lists:
            log.warning("no certificate in [lists]: no list is published")
        self._link.open()
        try:
            while not self._stopping.wait(TICK_S):
                self._tick()
        finally:
            self._link.close()
            self._lease.give_back()

    def stop(self) -> None:
        """End `run` soon; any thread or signal handler may call it."""
        self._stopping.set()

    def _connected(self) -> None:
        self._publisher.forget()

    def _tick(self) -> None:
        if self._try(self._lease.holds):
            for work in self._work:
                self._try(work)

    def _try(self, work: Callable[[int], T]) -> T | None:
        """What the work returns; None where it failed."""
        try:
            return work(now_ms())
        except SQLAlchemyError as cause:
            log.warning("trouble with the database", cause=type(cause).__name__)
        except Exception:
            log.exception("a piece of the clock's work failed")
        return None
