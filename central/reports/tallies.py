"""Sums of measures, and the SQL that adds them: the same for the ingest and for a recount.

Hours are UTC; days and months are civil time in the zone of the branch where the device stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from central.reports.catalogue import addends
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyShare
from wire.facts import Fact

HOUR_MS = 3_600_000
QUARTER_MS = 900_000
"""Every civil zone in use is a whole number of quarter hours off UTC."""
MAX_VALUE = 64


class Place(NamedTuple):
    """Where a device stands."""

    device_id: str
    branch_id: str
    zone: str
    """IANA name."""


class Sums:
    """What to add to each tally, by its key without the count."""

    def __init__(self) -> None:
        self.hours: Counter[tuple[object, ...]] = Counter()
        self.days: Counter[tuple[object, ...]] = Counter()
        self.months: Counter[tuple[object, ...]] = Counter()
        self.shares: Counter[tuple[object, ...]] = Counter()

    def count(self, place: Place, fact: Fact, at_ms: int) -> None:
        """Count a fact into everything."""
        self.count_hour(place, fact, at_ms)
        self.count_day(place, fact, at_ms)

    def count_hour(self, place: Place, fact: Fact, at_ms: int) -> None:
        """Count a fact into its hour."""
        for addend in addends(fact):
            self.hours[place.device_id, place.branch_id, at_ms // HOUR_MS, addend.measure] += addend.by

    def count_day(self, place: Place, fact: Fact, at_ms: int) -> None:
        """Count a fact into its civil day, its month and the month's shares."""
        device, branch, _zone = place
        for measure, by, shares in addends(fact):
            day = civil_day(place.zone, at_ms)
            month = day.replace(day=1)
            self.days[device, branch, day, measure] += by
            self.months[device, branch, month, measure] += by
            for dimension, value in shares:
                clean = value.replace("\0", "")[:MAX_VALUE]
                self.shares[device, branch, month, measure, dimension, clean] += by


def civil_day(zone: str, at_ms: int) -> date:
    """The calendar day in `zone` at a time in milliseconds since 1970."""
    return _day_of_quarter(zone, at_ms // QUARTER_MS)


@lru_cache(maxsize=4096)
def _day_of_quarter(zone: str, quarter: int) -> date:
    return datetime.fromtimestamp(quarter * QUARTER_MS / 1000, ZoneInfo(zone)).date()


def add(connection: Connection, sums: Sums) -> None:
    """Add the sums to the tables, inside the caller's transaction."""
    for table, counts in (
        (TallyHour.__table__, sums.hours),
        (TallyDay.__table__, sums.days),
        (TallyMonth.__table__, sums.months),
        (TallyShare.__table__, sums.shares),
    ):
        if counts:
            assert isinstance(table, Table)
            _add(connection, table, counts)


def _add(connection: Connection, table: Table, counts: Mapping[tuple[object, ...], int]) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = [column.name for column in table.primary_key]
    statement = insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=names, set_={"count": table.c.count + statement.excluded.count}
    )
    rows = [{**dict(zip(names, key, strict=True)), "count": by} for key, by in sorted(counts.items())]
    connection.execute(statement, rows)
