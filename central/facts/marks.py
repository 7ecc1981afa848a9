"""What stands beside a device or a figure so that nobody takes it for more than it is. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from central.circulation.gateway.models import GatewaySite
from central.facts.models import FactGap, Journal, Revision, StoredFact
from central.fleet.models import Device

STILL_WRITTEN_MS = 3_600_000
"""An older journal whose last fact is this much later than the beginning of a newer one has another writer."""


def forked(session: Session, device: str | None = None) -> Sequence[Journal]:
    """Journals that two machines write, of one device or all, the last heard first.

    A device that has begun a new journal since is forked no more; its old one is history.
    """
    newer = aliased(Journal)
    succeeded = exists().where(newer.device_id == Journal.device_id, newer.first_ms > Journal.first_ms)
    query = select(Journal).where(Journal.forked, ~succeeded, _of(Journal.device_id, device))
    return session.scalars(query.order_by(Journal.last_ms.desc())).all()


def twins(session: Session, device: str | None = None) -> Sequence[Journal]:
    """Journals that are still written though their device has begun another: two machines bear its name.

    Not of a gateway's device, where each process of central has a journal of its own.
    """
    newer, last = aliased(Journal), StoredFact
    query = (
        select(Journal)
        .join(
            last,
            (last.device_id == Journal.device_id)
            & (last.journal == Journal.journal)
            & (last.seq == Journal.committed),
        )
        .where(
            exists().where(
                newer.device_id == Journal.device_id,
                newer.first_ms > Journal.first_ms,
                newer.first_ms + STILL_WRITTEN_MS < last.at_ms,
            ),
            Journal.device_id.not_in(select(GatewaySite.device_id)),
            _of(Journal.device_id, device),
        )
    )
    return session.scalars(query.order_by(Journal.last_ms.desc())).all()


def gaps(session: Session, device: str | None = None) -> Sequence[FactGap]:
    """Facts that never came and never will, of one device or all, the last found first."""
    query = select(FactGap).where(_of(FactGap.device_id, device))
    return session.scalars(query.order_by(FactGap.found_ms.desc(), FactGap.first)).all()


def revisions(
    session: Session, first: date, last: date, branches: Collection[str] | None = None
) -> Sequence[Revision]:
    """Corrections of clocks that changed figures of these days, the latest first.

    Args:
        session: reading.
        first: of the period.
        last: of the period, it too.
        branches: only of devices that stand there now; None: all.
    """
    here = Revision.device_id.in_(select(Device.id).where(Device.branch_id.in_(sorted(branches or ()))))
    query = select(Revision).where(
        Revision.last_day >= first, Revision.first_day <= last, true() if branches is None else here
    )
    return session.scalars(query.order_by(Revision.id.desc())).all()


def _of(column: InstrumentedAttribute[str], device: str | None) -> ColumnElement[bool]:
    return true() if device is None else column == device
