"""Local time, as SIP2 means it: a date without a zone."""

from __future__ import annotations

from datetime import datetime


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive is what the codec gives


NOON = local(2026, 1, 1, 12)
