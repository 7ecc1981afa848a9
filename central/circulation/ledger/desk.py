"""Where and when a transaction of the ledger takes place, and who does it."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

MINUTE_MS = 60_000


@lru_cache(64)
def _civil_date(minute: int, zone: str) -> date:
    """Days begin on a full minute, in every zone."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).date()


class Desk(Struct, frozen=True):
    """Where and when a transaction takes place."""

    account: str
    """SIP2 account of the terminal, or name of the member of staff."""
    branch: str
    zone: str
    """Civil time of the branch, an IANA name."""
    now_ms: int
    """UTC, milliseconds since 1970."""

    @property
    def now(self) -> datetime:
        return _civil(self.now_ms, self.zone)

    @property
    def today(self) -> date:
        return _civil_date(self.now_ms // MINUTE_MS, self.zone)


class Happened(Struct, frozen=True):
    """What a terminal tells afterwards (no block)."""

    at_ms: int
    """When, as `afterwards.when` bounds it."""
    due_on: date | None = None
    """What the reader was told, as `afterwards.promised` bounds it; None: the rules decide."""


@lru_cache(64)
def _civil(now_ms: int, zone: str) -> datetime:
    """One transaction asks for its moment again and again."""
    return datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
