"""A lease in the database: one process at a time does what must not be done by two.

It is renewed well before its end. Two processes whose clocks differ by more than LEASE_MS may both hold it
for a while: what is done under it must bear being done twice.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.clock.models import Lease

LEASE_MS = 30_000
"""After a crash the work is taken over within this."""


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
