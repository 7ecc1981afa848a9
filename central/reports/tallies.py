"""Sums of measures, and the SQL that adds them: the same for the ingest and for a recount.

Hours are UTC; days and months are civil time in the zone of the branch where the device stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Insert, Integer, bindparam, case, delete, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from central.db import Base
from central.reports.catalogue import COUNTS, addends
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyShare
from central.statements import Bulk
from wire.facts import Fact

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
        self._counts: defaultdict[tuple[Place, int, str], int] = defaultdict(int)
        self._shares: defaultdict[tuple[Place, int, str, str, str], int] = defaultdict(int)

    def count(self, place: Place, fact: Fact, at_ms: int, times: int = 1) -> None:
        """Count a fact into everything; -1 times: take it out again."""
        if type(fact) not in COUNTS:
            return
        quarter = at_ms // QUARTER_MS
        for measure, by, shares in addends(fact):
            self._counts[place, quarter, measure] += by * times
            for dimension, value in shares:
                self._shares[place, quarter, measure, dimension, value] += by * times

    @property
    def hours(self) -> dict[Key, int]:
        return _sum(
            ((place.device_id, place.branch_id, quarter * QUARTER_MS // HOUR_MS, measure), by)
            for (place, quarter, measure), by in self._counts.items()
        )

    @property
    def days(self) -> dict[Key, int]:
        return self._civil(lambda day, _: day)

    @property
    def months(self) -> dict[Key, int]:
        return self._civil(lambda _, month: month)

    @property
    def shares(self) -> dict[Key, int]:
        return _sum(
            ((place.device_id, place.branch_id, month, measure, dimension, _clean(value)), by)
            for (place, quarter, measure, dimension, value), by in self._shares.items()
            for _, month in [_calendar(place.zone, quarter)]
            if self._month in {None, month}
        )

    def _civil(self, part: Callable[[date, date], date]) -> dict[Key, int]:
        """By a part of the civil calendar: of a day and its month's first."""
        return _sum(
            ((place.device_id, place.branch_id, part(day, month), measure), by)
            for (place, quarter, measure), by in self._counts.items()
            for day, month in [_calendar(place.zone, quarter)]
            if self._month in {None, month}
        )


def _sum(counts: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    total: defaultdict[Key, int] = defaultdict(int)
    for key, by in counts:
        total[key] += by
    return {key: count for key, count in total.items() if count}


def _clean(value: str) -> str:
    return value.replace("\0", "")[:MAX_VALUE]


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
    on_sqlite = connection.dialect.name == "sqlite"
    for model, counts in (
        (TallyHour, sums.hours),
        (TallyDay, sums.days),
        (TallyMonth, sums.months),
        (TallyShare, sums.shares),
    ):
        if counts:
            rows = [(*key, max(-MAX_COUNT, min(by, MAX_COUNT))) for key, by in sorted(counts.items())]
            _UPSERTS[model].execute(connection, [_dated(row) for row in rows] if on_sqlite else rows)
        fallen = [dict(zip(_KEYS[model], key, strict=True)) for key, by in sorted(counts.items()) if by < 0]
        if fallen:
            connection.execute(_CLEARED[model], fallen)


def _dated(row: tuple[object, ...]) -> tuple[object, ...]:
    device, branch, when, *rest = row
    return (device, branch, when.isoformat() if isinstance(when, date) else when, *rest)


def _upsert(model: type[Base]) -> Bulk:
    """Adds to the count that stands under the key, or begins one."""
    table = model.__table__
    names = [column.name for column in table.columns]

    def statement(dialect: str) -> Insert:
        insert = postgresql.insert(model) if dialect == "postgresql" else sqlite.insert(model)
        more, most = insert.excluded["count"], literal_column(str(MAX_COUNT), Integer)
        none = literal_column("0", Integer)
        room = most - case((more > none, more), else_=none)  # nothing on the way outgrows the column
        total = case((table.c.count > room, most), else_=table.c.count + more)
        return insert.on_conflict_do_update(index_elements=names[:-1], set_={"count": total})

    return Bulk(names, statement)


_MODELS: tuple[type[Base], ...] = (TallyHour, TallyDay, TallyMonth, TallyShare)
_UPSERTS = {model: _upsert(model) for model in _MODELS}
_KEYS = {model: [f"k_{column.name}" for column in model.__table__.primary_key] for model in _MODELS}
_CLEARED = {
    model: delete(model).where(
        *(column == bindparam(f"k_{column.name}") for column in model.__table__.primary_key),
        model.__table__.c.count <= 0,
    )
    for model in _MODELS
}
