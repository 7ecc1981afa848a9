"""What the screens of a room say of its hours: closed and until when, or how soon it closes. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from kiosk.room.hours import MINUTE_MS, Moment, State, civil
from kiosk.screen.page import Chip
from kiosk.screen.times import clock, said
from kiosk.screen.words import Texts
from kiosk.snapshot import Snapshot
from wire.hours import Hours

WARNED_MIN = 15
"""So long before closing every page says so."""
WEEK = 7


class Shut(Struct, frozen=True):
    """A room that serves nobody now."""

    heading: str
    advice: str


def shut(snapshot: Snapshot, texts: Texts) -> Shut | None:
    """Why nobody is served at this hour, and when the room opens; None: it is open."""
    moment, hours = _moment(snapshot), snapshot.hours
    if moment is None or hours is None or (moment.inhabited and moment.state is not State.SELF_TEST):
        return None
    words = texts.hours
    heading = {State.CLEANING: words.cleaning, State.SELF_TEST: words.self_test}.get(
        moment.state, words.closed
    )
    return Shut(
        heading,
        _joined(
            said(moment.reason, texts) if moment.reason else "",
            opens(moment.opens_ms, hours, snapshot.time_ms, texts),
        ),
    )


def ends(snapshot: Snapshot, texts: Texts, stops_ms: int) -> Shut | None:
    """The desk's last minutes, in which it begins nothing, `stops_ms` of them; None: it does."""
    left_ms = left(snapshot)
    if left_ms is None or left_ms > stops_ms:
        return None
    return Shut(texts.hours.closing, texts.hours.way_out)


def no_entry(snapshot: Snapshot, texts: Texts) -> Shut | None:
    """Why nobody comes in at this hour; None: the room admits."""
    moment = _moment(snapshot)
    if moment is not None and moment.state is State.LAST_ENTRY:
        last = countdown(snapshot, texts)
        return Shut(texts.hours.last_entry, last.words if last else "")
    return shut(snapshot, texts)


def left(snapshot: Snapshot) -> int | None:
    """Milliseconds until the room closes; None: it is closed, or its end is not in sight."""
    moment = _moment(snapshot)
    if moment is None or moment.closes_ms is None:
        return None
    return moment.closes_ms - snapshot.time_ms


def countdown(snapshot: Snapshot, texts: Texts) -> Chip | None:
    """The last minutes, on every page of whoever is inside."""
    left_ms = left(snapshot)
    if left_ms is None or not 0 < left_ms <= WARNED_MIN * MINUTE_MS:
        return None
    minutes = -(-left_ms // MINUTE_MS)
    return Chip(texts.hours.minutes.format(minutes=minutes), "clock", "warn")


def opens(opens_ms: int | None, hours: Hours, time_ms: int, texts: Texts) -> str:
    """When the room opens next, as a sentence; empty where nobody knows."""
    if opens_ms is None:
        return ""
    zone = ZoneInfo(hours.zone)
    at, today = civil(zone, opens_ms), civil(zone, time_ms).date()
    told = clock(at.hour * 60 + at.minute, hours.shown_min, texts)
    return texts.hours.opens.format(day=_day(at.date(), today, texts), time=told)


def _day(day: date, today: date, texts: Texts) -> str:
    away = (day - today) // timedelta(days=1)
    named = (texts.idle.today, texts.idle.tomorrow)
    if away < len(named):
        return named[away]
    return texts.idle.weekdays[day.weekday()] if away < WEEK else texts.day(day.isoformat()) or ""


def _moment(snapshot: Snapshot) -> Moment | None:
    return snapshot.room.closing.moment if snapshot.room else None


def _joined(why: str, opening: str) -> str:
    return " · ".join(part for part in (why, opening) if part)
