"""Figures of a period out of the tallies. Reads the tallies alone.

Whole months come from tally_month, everything else from tally_day; both are counted from the same facts
in the same transaction, so that they agree to the last visit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, case, cast, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from central.fleet.models import Branch, ConditionSpan, Device
from central.fleet.tree import ROOM
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from central.reports.period import Kind, Period

HOUR_S = 3600
DAY = timedelta(days=1)


class Sum(NamedTuple):
    """A count, and how much of it 24-hour rooms counted."""

    total: int = 0
    rooms: int = 0

    def plus(self, amount: int, setting: str) -> Sum:
        """The sum with one more count in it."""
        return Sum(self.total + amount, self.rooms + (amount if setting == ROOM else 0))

    def and_(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(self.total + other.total, self.rooms + other.rooms)


Figures = dict[str, Sum]
"""Measure → its sum."""
Branches = Collection[str] | None
"""Branches to count, None for all."""


class Count(NamedTuple):
    """What one device counted while it stood in one branch."""

    branch: str
    device: str
    setting: str
    measure: str
    amount: int


def counts(session: Session, period: Period, branches: Branches = None) -> list[Count]:
    """Every device's counts of the period, by the branch where it stood at the time."""
    table, days = _table(period)
    summed = (
        select(table.branch_id, table.device_id, table.measure, func.sum(table.count).label("amount"))
        .where(days, _in(table.branch_id, branches))
        .group_by(table.device_id, table.branch_id, table.measure)
        .subquery()
        .c
    )
    named = select(summed.branch_id, summed.device_id, Device.setting, summed.measure, summed.amount).join(
        Device, Device.id == summed.device_id
    )
    return [Count(*row) for row in session.execute(named)]


def steps(session: Session, period: Period, branches: Branches = None) -> dict[str, dict[str, Sum]]:
    """The period in the steps of its chart: bucket → measure → sum; every bucket is named.

    A day has hours (`00` … `23`), a week and a month have days, a year has months (ISO dates).
    """
    find = _hours if period.kind is Kind.DAY else _days
    buckets: dict[str, dict[str, Sum]] = {bucket: {} for bucket in _buckets(period)}
    for bucket, measure, setting, amount in find(session, period, branches):
        sums = buckets[bucket]
        sums[measure] = sums.get(measure, Sum()).plus(amount, setting)
    return buckets


Found = Iterator[tuple[str, str, str, int]]


def _days(session: Session, period: Period, branches: Branches) -> Found:
    yearly = period.kind is Kind.YEAR
    table, days = _table(period) if yearly else (TallyDay, TallyDay.day.between(period.first, period.last))
    bucket = TallyMonth.month if yearly else TallyDay.day
    query = (
        select(bucket, table.measure, Device.setting, func.sum(table.count))
        .join(Device, Device.id == table.device_id)
        .where(days, table.measure.in_(CHARTED), _in(table.branch_id, branches))
        .group_by(bucket, table.measure, Device.setting)
    )
    for day, measure, setting, count in session.execute(query):
        yield day.isoformat(), measure, setting, count


def _hours(session: Session, period: Period, branches: Branches) -> Found:
    """The hours of a civil day, each branch in its own zone. Zones are up to 14 hours off UTC."""
    midnight = int(datetime.fromisoformat(f"{period.first}T00:00:00+00:00").timestamp()) // HOUR_S
    query = (
        select(TallyHour.hour, TallyHour.measure, Device.setting, Branch.zone, func.sum(TallyHour.count))
        .join(Device, Device.id == TallyHour.device_id)
        .join(Branch, Branch.id == TallyHour.branch_id)
        .where(
            TallyHour.hour.between(midnight - 14, midnight + 24 + 14),
            TallyHour.measure.in_(CHARTED),
            _in(TallyHour.branch_id, branches),
        )
        .group_by(TallyHour.hour, TallyHour.measure, Device.setting, Branch.zone)
    )
    for hour, measure, setting, zone, count in session.execute(query):
        civil = datetime.fromtimestamp(hour * HOUR_S, ZoneInfo(zone))
        if civil.date() == period.first:
            yield f"{civil.hour:02}", measure, setting, count


CHARTED = ("visits", "loans")
"""Measures that have a chart."""


def _buckets(period: Period) -> list[str]:
    if period.kind is Kind.DAY:
        return [f"{hour:02}" for hour in range(24)]
    days = [period.first + n * DAY for n in range(period.days)]
    return [day.isoformat() for day in days if period.kind is not Kind.YEAR or day.day == 1]


def shares(
    session: Session, period: Period, branches: Branches = None, *, measure: str = "loans", of: str = "clc"
) -> list[tuple[str, int]]:
    """A measure by one dimension in the months that the period touches, the largest first.

    Asked device by device (who counted at all is in tally_month), so that the many rows of the dimension
    `item` are never read.
    """
    first, last = period.first.replace(day=1), period.last.replace(day=1)
    counting = select(TallyMonth.device_id, TallyMonth.branch_id).distinct().subquery()
    total = func.sum(TallyShare.count)
    query = (
        select(TallyShare.value, total)
        .join_from(
            counting,
            TallyShare,
            (TallyShare.device_id == counting.c.device_id) & (TallyShare.branch_id == counting.c.branch_id),
        )
        .where(
            TallyShare.month.in_(_months(first, last)),
            TallyShare.measure == measure,
            TallyShare.dimension == of,
            _in(TallyShare.branch_id, branches),
        )
        .group_by(TallyShare.value)
        .order_by(total.desc(), TallyShare.value)
    )
    return [(value, amount) for value, amount in session.execute(query)]


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1] < last:
        months.append((months[-1] + 31 * DAY).replace(day=1))
    return months


def peaks(session: Session, period: Period, branches: Branches = None) -> dict[tuple[str, str], int]:
    """The most persons that were inside each room at once, by branch and device."""
    peak = TallyPeak
    spans = (peak.span == "day", peak.first.between(period.first, period.last))
    if period.whole_months:
        spans = (peak.span == "month", peak.first.in_(_months(period.first, period.last.replace(day=1))))
    query = (
        select(peak.branch_id, peak.device_id, func.max(peak.inside))
        .where(*spans, _in(peak.branch_id, branches))
        .group_by(peak.branch_id, peak.device_id)
    )
    return {(branch, device): most for branch, device, most in session.execute(query)}


def heard(session: Session, begins_ms: int, ends_ms: int, without: Collection[int] = ()) -> dict[str, int]:
    """Milliseconds within two times in which each device was heard from: in any state but `gone`.

    Without the time in which one of these faults stood.

    A device of which nothing is on record for that time is not in the answer.
    """
    span = ConditionSpan
    until = case((span.until_ms.is_(None), ends_ms), (span.until_ms > ends_ms, ends_ms), else_=span.until_ms)
    since = case((span.from_ms < begins_ms, begins_ms), else_=span.from_ms)
    text = cast(span.faults, String)  # numbers of three digits each: none stands within another
    unheard = or_(span.state == "gone", *(text.contains(str(fault)) for fault in without))
    query = (
        select(span.device_id, func.sum(case((unheard, 0), else_=until - since)))
        .where(span.from_ms < ends_ms, span.until_ms.is_(None) | (span.until_ms > begins_ms))
        .group_by(span.device_id)
    )
    return {device: int(ms) for device, ms in session.execute(query)}


def _table(period: Period) -> tuple[type[TallyDay | TallyMonth], ColumnElement[bool]]:
    if period.whole_months:
        return TallyMonth, TallyMonth.month.in_(_months(period.first, period.last.replace(day=1)))
    return TallyDay, TallyDay.day.between(period.first, period.last)


def _in(column: InstrumentedAttribute[str], branches: Branches) -> ColumnElement[bool]:
    return true() if branches is None else column.in_(branches)
