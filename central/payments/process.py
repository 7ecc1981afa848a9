"""The process that deals with payments: one of the network at a time, by a lease, as the clock.

- Wishes are looked for twice a second: a reader stands there.
- Trouble with database or provider is logged and tried again at the next turn.
- `stop` gives the lease back.
"""

from __future__ import annotations

import secrets
import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.clock import lease
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
        self._writing = open_sessions(engine)
        self._holder = secrets.token_hex(8)
        self._renew_ms = 0
        self._stopping = threading.Event()
        self._link = Link(config.mqtt, f"central-payments-{self._holder}", lambda _: None)
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
            self._give_back()

    def stop(self) -> None:
        """End `run` soon; any thread or signal handler may call it."""
        self._stopping.set()

    def _tick(self, at_ms: int) -> None:
        try:
            if self._holds(at_ms):
                self._cashier.tick(at_ms)
        except SQLAlchemyError as cause:
            log.warning("trouble with the database", cause=type(cause).__name__)

    def _holds(self, at_ms: int) -> bool:
        """Asked a third of its time after it was taken, or at once where another has it."""
        if self._renew_ms - lease.LEASE_MS <= at_ms < self._renew_ms:
            return True
        with self._writing.begin() as session:
            held = lease.hold(session, NAME, self._holder, at_ms)
        self._renew_ms = at_ms + lease.LEASE_MS // 3 if held else 0
        return held

    def _give_back(self) -> None:
        try:
            with self._writing.begin() as session:
                lease.release(session, NAME, self._holder)
        except SQLAlchemyError as cause:
            log.warning("the lease was not given back", cause=type(cause).__name__)
