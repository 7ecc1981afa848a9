"""Tallies recounted from the facts: the same numbers, or the day was counted wrongly before.

- Whole months, because shares are kept by month; one device, zone and month a transaction.
- The device's journals are locked meanwhile, so that the ingest waits and nothing is counted twice.
- A month that lost facts to retention is sealed: it is refused before anything is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Select, and_, delete, func, inspect, select

from central.facts import redaction
from central.facts.models import FactGap, Journal, StoredFact
from central.fleet.models import Branch, Device
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from central.reports.tallies import HOUR_MS, Place, Sums, add, civil_day
from wire.envelope import UnknownFact


class Sealed(ValueError):  # noqa: N818 - a state of the data
    """Facts of these months are no longer kept; `args[0]` is the first day from which all are."""


class Recounted(NamedTuple):
    months: int
    facts: int


class _Span(NamedTuple):
    """One civil month in one zone."""

    zone: str
    month: date
    start_ms: int
    end_ms: int

    @property
    def next(self) -> date:
        return _after(self.month)


def rebuild(engine: Engine, first: date, last: date) -> Recounted:
    """Recount the months of all devices from that of `first` to that of `last`.

    Raises:
        Sealed: facts of these months are gone.
    """
    months = list(_months(first, last))
    if not months:
        return Recounted(0, 0)
    with engine.execution_options(readonly=True).connect() as connection:
        _refuse_sealed(connection, months[0])
        devices = connection.scalars(select(Device.id).order_by(Device.id)).all()
        zones = connection.scalars(select(Branch.zone).distinct()).all()
    facts = 0
    for device in devices:
        for zone in zones:
            for month in months:
                span = _Span(zone, month, _start_ms(zone, month), _start_ms(zone, _after(month)))
                with engine.begin() as connection:
                    _lock(connection, device)
                    facts += _recount(connection, device, span)
    return Recounted(len(months), facts)


def _recount(connection: Connection, device: str, span: _Span) -> int:
    """Count one device's facts of one month anew; how many there were.

    Hours are UTC and may reach over a month's end where a zone is not whole hours off: such an hour
    is counted whole, its facts beyond the month for the hour alone.
    """
    from_hour, to_hour = span.start_ms // HOUR_MS, -(-span.end_ms // HOUR_MS)
    _forget(connection, device, span, from_hour, to_hour)
    fact = StoredFact
    query = select(fact.branch_id, fact.at_ms, fact.body).where(
        fact.device_id == device,
        fact.branch_id.in_(_branches(span.zone)),
        fact.at_ms >= from_hour * HOUR_MS,
        fact.at_ms < to_hour * HOUR_MS,
    )
    sums, count = Sums(span.month), 0
    for branch, at_ms, body in connection.execute(query).yield_per(1000):
        known = redaction.read(body)
        if isinstance(known, UnknownFact):
            continue
        sums.count(Place(device, branch, span.zone), known, at_ms)
        count += span.start_ms <= at_ms < span.end_ms
    add(connection, sums)
    return count


def _forget(connection: Connection, device: str, span: _Span, from_hour: int, to_hour: int) -> None:
    within = {
        TallyHour: (TallyHour.hour >= from_hour, TallyHour.hour < to_hour),
        TallyDay: (TallyDay.day >= span.month, TallyDay.day < span.next),
        TallyMonth: (TallyMonth.month == span.month,),
        TallyShare: (TallyShare.month == span.month,),
        TallyPeak: (TallyPeak.month == span.month,),
    }
    for model, when in within.items():
        columns = inspect(model).columns
        where = (columns["device_id"] == device, columns["branch_id"].in_(_branches(span.zone)))
        connection.execute(delete(model).where(*where, *when))


def _lock(connection: Connection, device: str) -> None:
    """Hold off the ingest for one device: its journals first, as the ingest does, then new ones."""
    journals = select(Journal.journal).where(Journal.device_id == device).order_by(Journal.journal)
    connection.execute(journals.with_for_update()).all()
    connection.execute(select(Device.id).where(Device.id == device).with_for_update()).all()


def _refuse_sealed(connection: Connection, first: date) -> None:
    """A journal has lost facts where the first that is kept is not the first that ever came."""
    fact, journal, never_came = StoredFact, Journal, FactGap
    first_came = func.coalesce(never_came.last, 0) + 1
    query = (
        select(func.coalesce(func.min(fact.at_ms), journal.last_ms), Branch.zone)
        .join(Device, Device.id == journal.device_id)
        .join(Branch, Branch.id == Device.branch_id)
        .outerjoin(fact, and_(fact.device_id == journal.device_id, fact.journal == journal.journal))
        .outerjoin(
            never_came,
            and_(
                never_came.device_id == journal.device_id,
                never_came.journal == journal.journal,
                never_came.first == 1,
            ),
        )
        .group_by(journal.device_id, journal.journal, journal.last_ms, Branch.zone, never_came.last)
        .having(func.coalesce(func.min(fact.seq), journal.committed + 1) > first_came)
    )
    kept = [_after(civil_day(zone, at_ms).replace(day=1)) for at_ms, zone in connection.execute(query)]
    if kept and first < max(kept):
        raise Sealed(max(kept).isoformat())


def _branches(zone: str) -> Select[str]:
    return select(Branch.id).where(Branch.zone == zone)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _after(month)


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _start_ms(zone: str, day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
