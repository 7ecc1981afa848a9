"""What the pages ask of alarms: what is open, what was, one of them with its life, and the figures. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from central.rooms.alarms.kinds import HELP_CALLED, of_group
from central.rooms.alarms.models import Alarm, AlarmStep, Drill
from central.rooms.alarms.store import LIVE_MS

PAGE: Final = 50
MAX_LIVE: Final = 300
"""More open alarms than anybody reads: the page says so."""

OPEN: Final = Alarm.state.in_(("ringing", "acknowledged"))


class Filter(NamedTuple):
    """Which alarms a person wants to see; None and empty mean all."""

    branches: Collection[str] | None = None
    device: str = ""
    group: str = ""

    def within(self) -> list[ColumnElement[bool]]:
        """What of the table that is."""
        asked: list[ColumnElement[bool]] = []
        if self.branches is not None:
            asked.append(Alarm.branch_id.in_(self.branches))
        if self.device:
            asked.append(Alarm.device_id == self.device)
        if self.group:
            asked.append(Alarm.fault.in_(of_group(self.group)))
        return asked


class Span(NamedTuple):
    """A period, its end not in it; milliseconds since 1970."""

    first_ms: int
    end_ms: int


class Figure(NamedTuple):
    """What came of one kind of alarm in a period."""

    fault: int
    number: int
    """Alarms that were no drill."""
    late: int
    """Of these such as came late, and rang for nobody."""
    open: int
    acknowledged: int
    mean_ms: int
    """From hearing of it to its acknowledgement, of those that were."""
    findings: list[tuple[str, int]]
    """What they were, the most frequent first."""


def live(session: Session, chosen: Filter) -> Sequence[Alarm]:
    """What is open: those that wait first, of these the urgent ones, the newest of each first."""
    rank = case((Alarm.state != "ringing", 2), (Alarm.turn_ms.is_(None), 1), else_=0)
    query = select(Alarm).where(OPEN, *chosen.within()).order_by(rank, Alarm.raised_ms.desc())
    return session.scalars(query.limit(MAX_LIVE)).all()


def waiting(session: Session) -> int:
    """Alarms that nobody has acknowledged; a call for help is counted at its own page."""
    query = select(func.count()).where(Alarm.state == "ringing", Alarm.fault != HELP_CALLED)
    return session.scalar(query) or 0


def history(session: Session, chosen: Filter, span: Span, skip: int = 0) -> Sequence[Alarm]:
    """A page of all alarms of a period, the newest first."""
    query = select(Alarm).where(_of(span), *chosen.within()).order_by(Alarm.raised_ms.desc(), Alarm.id.desc())
    return session.scalars(query.offset(skip).limit(PAGE)).all()


def figures(session: Session, chosen: Filter, span: Span) -> list[Figure]:
    """Each kind of a period, the most frequent first. Drills are no alarms."""
    real = (_of(span), Alarm.drill == "", *chosen.within())
    number = func.count()
    waited = func.avg(Alarm.acknowledged_ms - Alarm.heard_ms)
    query = (
        select(
            Alarm.fault,
            number,
            func.count().filter(Alarm.heard_ms - Alarm.raised_ms > LIVE_MS),
            func.count().filter(OPEN),
            func.count(Alarm.acknowledged_ms),
            waited,
        )
        .where(*real)
        .group_by(Alarm.fault)
        .order_by(number.desc(), Alarm.fault)
    )
    causes: dict[int, Counter[str]] = {}
    found = select(Alarm.fault, Alarm.finding, func.count()).where(*real, Alarm.finding != "")
    for fault, finding, times in session.execute(found.group_by(Alarm.fault, Alarm.finding)):
        causes.setdefault(fault, Counter())[finding] = times
    return [
        Figure(fault, alarms, late, still, seen, int(mean or 0), causes.get(fault, Counter()).most_common())
        for fault, alarms, late, still, seen, mean in session.execute(query)
    ]


def steps(session: Session, alarm: int) -> Sequence[AlarmStep]:
    """What was done about an alarm, in order."""
    query = select(AlarmStep).where(AlarmStep.alarm_id == alarm).order_by(AlarmStep.at_ms, AlarmStep.id)
    return session.scalars(query).all()


def before(session: Session, alarm: Alarm) -> Sequence[Alarm]:
    """The last alarms of the same room before this one."""
    query = (
        select(Alarm)
        .where(Alarm.device_id == alarm.device_id, Alarm.raised_ms <= alarm.raised_ms, Alarm.id != alarm.id)
        .order_by(Alarm.raised_ms.desc())
        .limit(5)
    )
    return session.scalars(query).all()


def drills(session: Session, limit: int = 20) -> Sequence[Drill]:
    """The last drills of the network, the newest first."""
    return session.scalars(select(Drill).order_by(Drill.began_ms.desc()).limit(limit)).all()


def _of(span: Span) -> ColumnElement[bool]:
    return Alarm.raised_ms.between(span.first_ms, span.end_ms - 1)
