"""Sums of measures, and the SQL that adds them: the same for the ingest and for a recount.

Hours are UTC; days and months are civil time in the zone of the branch where the device stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Insert, Integer, bindparam, case, delete, literal_column

from central.db import Base
from central.reports.catalogue import COUNTS, addends
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from central.statements import Bulk, Cursor, insert_into
from wire.facts import Fact, OccupancyPeaked

HOUR_MS = 3_600_000
QUARTER_MS = 900_000
"""Every civil zone in use is a whole number of quarter hours off UTC."""
MAX_VALUE = 64
MAX_COUNT = 2**31 - 1
"""A count that a counter run wild has brought so far stays there, and the facts behind it go on."""


class Place(NamedTuple):
    """Where a device stands."""

    device_id: str
    branch_id: str
    zone: str
    """IANA name."""


Key = tuple[object, ...]
"""A tally's key: all its columns but the count."""


class Sums:
    """What to add to the tallies: counted by the quarter hour, of which hours, days and months are whole."""

    def __init__(self, month: date | None = None) -> None:
        """Nothing counted yet; with `month` (its first day) only the hours reach beyond that civil month."""
        self._month = month
        self._facts: defaultdict[tuple[Place, int, Fact], int] = defaultdict(int)

    def count(self, place: Place, fact: Fact, at_ms: int, times: int = 1) -> None:
        """Count a fact into everything; -1 times: take it out again."""
        if type(fact) in COUNTS:
            self._facts[place, at_ms // QUARTER_MS, fact] += times

    def totals(self) -> Totals:
        """What the facts come to in each table; not those that outweigh each other."""
        counts: defaultdict[tuple[Place, int, str], int] = defaultdict(int)
        shares: defaultdict[Key, int] = defaultdict(int)
        peaks: defaultdict[Key, int] = defaultdict(int)
        for (place, quarter, fact), times in self._facts.items():
            _, month = _calendar(place.zone, quarter)
            if type(fact) is OccupancyPeaked and self._covers(month) and (day := _date(fact.day)):
                for span, first in (("day", day), ("month", day.replace(day=1))):
                    peaks[place.device_id, place.branch_id, month, first, span, fact.inside] += times
            for measure, by, shared in addends(fact):
                counts[place, quarter, measure] += by * times
                if shared and self._covers(month):
                    for dimension, value in shared:
                        name = (place.device_id, place.branch_id, month, measure, dimension, _clean(value))
                        shares[name] += by * times
        return Totals(*map(_whole, (*self._by_time(counts), shares, peaks)))

    def _by_time(self, counts: Mapping[tuple[Place, int, str], int]) -> tuple[dict[Key, int], ...]:
        """By hour, day and month."""
        hours: defaultdict[Key, int] = defaultdict(int)
        days: defaultdict[Key, int] = defaultdict(int)
        months: defaultdict[Key, int] = defaultdict(int)
        for ((device, branch, zone), quarter, measure), by in counts.items():
            hours[device, branch, quarter * QUARTER_MS // HOUR_MS, measure] += by
            day, month = _calendar(zone, quarter)
            if self._covers(month):
                days[device, branch, day, measure] += by
                months[device, branch, month, measure] += by
        return hours, days, months

    def _covers(self, month: date) -> bool:
        return self._month is None or self._month == month


class Totals(NamedTuple):
    """The count under each key, by table."""

    hours: dict[Key, int]
    days: dict[Key, int]
    months: dict[Key, int]
    shares: dict[Key, int]
    peaks: dict[Key, int]


def _whole(counts: Mapping[Key, int]) -> dict[Key, int]:
    return {key: count for key, count in counts.items() if count}


def _clean(value: str) -> str:
    return value.replace("\0", "")[:MAX_VALUE]


def _date(day: str) -> date | None:
    """None: no day of any calendar."""
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def civil_day(zone: str, at_ms: int) -> date:
    """The calendar day in `zone` at a time in milliseconds since 1970."""
    return _calendar(zone, at_ms // QUARTER_MS)[0]


@lru_cache(maxsize=4096)
def _calendar(zone: str, quarter: int) -> tuple[date, date]:
    """Day and first of the month."""
    day = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, ZoneInfo(zone)).date()
    return day, day.replace(day=1)


def add(connection: Connection, sums: Sums) -> None:
    """Add the sums to the tables, inside the caller's transaction, in the order of their keys.

    What falls to nothing goes, as if it had never been counted.
    """
    cursor = Cursor(connection)
    for model, counts in zip(_MODELS, sums.totals(), strict=True):
        if not counts:
            continue
        ordered = sorted(counts.items())
        cursor.many(_UPSERTS[model], [_row(key, by) for key, by in ordered])
        fallen = [dict(zip(_KEYS[model], key, strict=True)) for key, by in ordered if by < 0]
        if fallen:
            connection.execute(_CLEARED[model], fallen)


def _row(key: Key, by: int) -> tuple[object, ...]:
    bounded = max(-MAX_COUNT, min(by, MAX_COUNT))
    return (*[part.isoformat() if isinstance(part, date) else part for part in key], bounded)


def _upsert(model: type[Base]) -> Bulk:
    """Adds to the count that stands under the key, or begins one."""
    table = model.__table__
    names = [column.name for column in table.columns]

    def statement(dialect: str) -> Insert:
        insert = insert_into(model, dialect)
        more, most = insert.excluded["count"], literal_column(str(MAX_COUNT), Integer)
        none = literal_column("0", Integer)
        room = most - case((more > none, more), else_=none)  # nothing on the way outgrows the column
        total = case((table.c.count > room, most), else_=table.c.count + more)
        return insert.on_conflict_do_update(index_elements=names[:-1], set_={"count": total})

    return Bulk(names, statement)


_MODELS: tuple[type[Base], ...] = (TallyHour, TallyDay, TallyMonth, TallyShare, TallyPeak)
"""In the order of `Totals`."""
_UPSERTS = {model: _upsert(model) for model in _MODELS}
_KEYS = {model: [f"k_{column.name}" for column in model.__table__.primary_key] for model in _MODELS}
_CLEARED = {
    model: delete(model).where(
        *(column == bindparam(f"k_{column.name}") for column in model.__table__.primary_key),
        model.__table__.c.count <= 0,
    )
    for model in _MODELS
}
