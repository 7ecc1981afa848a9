"""The process that deals with payments: one of the network at a time, by a lease, as the clock.

- Wishes are looked for twice a second: a reader stands there.
- Trouble with database or provider is logged and tried again at the next turn.
- `stop` gives the lease back.
"""

from __future__ import annotations

import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.clock.lease import Kept
from central.clock_ms import now_ms
from central.config import Config
from central.db import open_sessions
from central.keys import Keys
from central.mqtt import Link
from central.payments.cashier import Cashier
from central.payments.provider import Provider

TICK_S = 0.5
NAME = "payments"

log = structlog.get_logger(__name__)


class Till:
    """One worker. See the contract at the module's head."""

    def __init__(self, config: Config, keys: Keys, engine: Engine, provider: Provider) -> None:
        """A worker, not yet running.

        Args:
            config: where the broker is, how long a code is good.
            keys: signs orders.
            engine: a migrated database.
            provider: who takes the money.
        """
        self._lease = Kept(open_sessions(engine), NAME)
        self._stopping = threading.Event()
        self._link = Link(config.mqtt, f"central-payments-{self._lease.holder}", lambda _: None)
        code_ms = 1000 * config.payments.code_s
        self._cashier = Cashier(engine, provider, keys.signing, self._link.publish, code_ms)

    def run(self) -> None:
        """Work until `stop`."""
        self._link.open()
        log.info("payments run")
        try:
            while not self._stopping.wait(TICK_S):
                self._tick(now_ms())
        finally:
            self._link.close()
            self._lease.give_back()

    def stop(self) -> None:
        """End `run` soon; any thread or signal handler may call it."""
        self._stopping.set()

    def _tick(self, at_ms: int) -> None:
        try:
            if self._lease.holds(at_ms):
                self._cashier.tick(at_ms)
        except SQLAlchemyError as cause:
            log.warning("trouble with the database", cause=type(cause).__name__)
