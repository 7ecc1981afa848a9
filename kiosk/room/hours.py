"""What a room is at a moment, and when that changes next. Pure.

    CLOSED ──▶ OPEN ── last entry ──▶ LAST_ENTRY ──▶ CLOSED
                 │
                 └─▶ CLEANING, SELF_TEST ──▶ OPEN

A moment holds from `from_ms` to before `until_ms`, by central's clock. Whoever keeps one looks again as soon as the
time lies outside of it: also where the clock was set back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from wire.hours import DAY_MIN, Hours, Reason, at_minute, open_on, pauses_on, reason_on, staffed_on

MINUTE_MS = 60_000
DAY = timedelta(days=1)
RUNS_ON = 8
"""Days. An opening whose end is not in sight by then has none that anybody there need know."""
LOOKED_AHEAD = 400
"""Days in which the next opening is looked for."""


class State(StrEnum):
    OPEN = "open"
    LAST_ENTRY = "last_entry"
    """Open to those inside; nobody else is admitted."""
    CLOSED = "closed"
    CLEANING = "cleaning"
    """Readers are to be out."""
    SELF_TEST = "self_test"
    """Nobody is admitted; whoever is inside may stay."""


class Moment(Struct, frozen=True):
    """How a room stands; all times in milliseconds since 1970 UTC, by central's clock."""

    state: State
    from_ms: int
    until_ms: int
    """It is to be looked at anew from here on; at the next midnight at the latest."""
    closes_ms: int | None = None
    """While readers may be inside: when this opening ends. None: not within RUNS_ON days."""
    opens_ms: int | None = None
    """Otherwise: when the next one begins. None: nobody knows."""
    staffed: bool = False
    reason: Reason | None = None
    """Why this day differs."""
    next: State = State.CLOSED
    """With `closes_ms`: what the room is then."""

    def holds(self, at_ms: int) -> bool:
        """Whether this is how the room stands at that time."""
        return self.from_ms <= at_ms < self.until_ms

    @property
    def admits(self) -> bool:
        return self.state is State.OPEN

    @property
    def inhabited(self) -> bool:
        """Readers may be inside."""
        return self.state in {State.OPEN, State.LAST_ENTRY, State.SELF_TEST}


def moment(hours: Hours, at_ms: int) -> Moment:
    """How the room stands at a time.

    Args:
        hours: the room's.
        at_ms: milliseconds since 1970 UTC, by central's clock.
    """
    zone = ZoneInfo(hours.zone)
    today = civil(zone, at_ms).date()
    begin, end = next(_openings(hours, zone, at_ms, today), (None, None))
    is_open = begin is not None and begin <= at_ms
    last_ms = end - hours.last_entry_min * MINUTE_MS if is_open and end is not None else None
    state, pause_edges = _pause(hours, zone, at_ms, today)
    if is_open:
        state = State.LAST_ENTRY if last_ms is not None and at_ms >= last_ms else State.OPEN
    staffed, staff_edges = _within(staffed_on(hours, today), today, zone, at_ms)
    _, open_edges = _within(open_on(hours, today), today, zone, at_ms)
    edges = [at_minute(today, 0, zone), at_minute(today, DAY_MIN, zone)]
    edges += open_edges + pause_edges + staff_edges
    edges += [ms for ms in (begin, end, last_ms) if ms is not None]
    return Moment(
        state,
        max(ms for ms in edges if ms <= at_ms),
        min(ms for ms in edges if ms > at_ms),
        closes_ms=end if is_open else None,
        opens_ms=None if is_open else begin,
        staffed=staffed and is_open,
        reason=reason_on(hours, today),
        next=_pause(hours, zone, end, civil(zone, end).date())[0] if is_open and end else State.CLOSED,
    )


def civil(zone: ZoneInfo, at_ms: int) -> datetime:
    """A time there, whatever the machine's own calendar holds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(zone)


@lru_cache(maxsize=16)
def civil_minute(zone: str, minute: int) -> datetime:
    """A minute since 1970 there. Many events are of one minute, and no zone's clock changes within one."""
    return civil(ZoneInfo(zone), minute * MINUTE_MS)


@lru_cache(maxsize=16)
def clock_minute(clock: str) -> int:
    """Minute of the day of `23:00`."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _openings(
    hours: Hours, zone: ZoneInfo, at_ms: int, today: date
) -> Iterator[tuple[int, int] | tuple[int, None]]:
    """Openings that have not ended, in order; those that touch, also at midnight, are one."""
    begin: int | None = None
    end = 0
    for n in range(-1, LOOKED_AHEAD):
        day = today + DAY * n
        for first, last in open_on(hours, day):
            from_ms, until_ms = at_minute(day, first, zone), at_minute(day, last, zone)
            if begin is not None and from_ms > end > at_ms:
                yield begin, end
            if begin is None or from_ms > end:
                begin = from_ms
            end = until_ms
        if begin is not None and end - max(begin, at_ms) > RUNS_ON * DAY // timedelta(milliseconds=1):
            yield begin, None
    if begin is not None and end > at_ms:
        yield begin, end


def _pause(hours: Hours, zone: ZoneInfo, at_ms: int, today: date) -> tuple[State, list[int]]:
    """What a time outside of the openings is, and the edges of the day's pauses."""
    state, edges = State.CLOSED, list[int]()
    for pause in pauses_on(hours, today):
        inside, more = _within(((pause.begin, pause.end),), today, zone, at_ms)
        edges += more
        if inside:
            state = State(pause.kind)
    return state, edges


def _within(
    day: tuple[tuple[int, int], ...], today: date, zone: ZoneInfo, at_ms: int
) -> tuple[bool, list[int]]:
    """Whether a time lies in one of the day's intervals, and their edges."""
    edges = [at_minute(today, minute, zone) for span in day for minute in span]
    return any(a <= at_ms < b for a, b in zip(edges[::2], edges[1::2], strict=True)), edges
