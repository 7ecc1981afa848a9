"""A lease in the database: one process at a time does what must not be done by two.

It is renewed well before its end. Two processes whose clocks differ by more than LEASE_MS may both hold it
for a while: what is done under it must bear being done twice.
"""

from __future__ import annotations

import secrets

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from central.clock.models import Lease

LEASE_MS = 30_000
"""After a crash the work is taken over within this."""
RENEW_MS = LEASE_MS // 3

log = structlog.get_logger(__name__)


class Kept:
    """A process's hold on one lease, from turn to turn."""

    def __init__(self, writing: sessionmaker[Session], name: str) -> None:
        """Nothing is held yet; the holder's name is new and random."""
        self._writing = writing
        self._name = name
        self.holder = secrets.token_hex(8)
        self._taken_ms: int | None = None

    def holds(self, at_ms: int) -> bool:
        """Whether the work is ours now; the database is asked after RENEW_MS, or where another has it.

        Raises:
            SQLAlchemyError: it cannot be asked.
        """
        if self._taken_ms is not None and 0 <= at_ms - self._taken_ms < RENEW_MS:
            return True
        self._taken_ms = None
        with self._writing.begin() as session:
            held = hold(session, self._name, self.holder, at_ms)
        self._taken_ms = at_ms if held else None
        return held

    def give_back(self) -> None:
        """At the end, so that nobody has to wait for it to run out; trouble is logged."""
        try:
            with self._writing.begin() as session:
                release(session, self._name, self.holder)
        except SQLAlchemyError as cause:
            log.warning("the lease was not given back", name=self._name, cause=type(cause).__name__)


def hold(session: Session, name: str, holder: str, now_ms: int) -> bool:
    """Take the lease or renew it; False where another holds it. In the caller's transaction."""
    lease = session.get(Lease, name, with_for_update=True)
    if lease is None:
        return _begin(session, Lease(name=name, holder=holder, until_ms=now_ms + LEASE_MS))
    runs = now_ms <= lease.until_ms <= now_ms + 2 * LEASE_MS  # later ones are of a clock that was wrong
    if runs and lease.holder != holder:
        return False
    lease.holder, lease.until_ms = holder, now_ms + LEASE_MS
    return True


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease back, so that nobody has to wait for its end."""
    session.execute(update(Lease).where(Lease.name == name, Lease.holder == holder).values(until_ms=0))


def _begin(session: Session, lease: Lease) -> bool:
    try:
        with session.begin_nested():
            session.add(lease)
    except IntegrityError:  # another was faster
        return False
    return True
