"""What kiosks have told of the air of their rooms, and of their cabinets, out of the facts as they came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.facts import redaction
from central.facts.models import StoredFact
from wire.facts import RoomDisinfected, RoomMeasured, kind_of

MAX_FACTS = 20_000
"""Of one room and one page: a month of ten points."""
MAX_VALUE = 1e9
"""In any unit: beyond it a sensor is broken, and a chart has no scale."""
MEASURED, DISINFECTED = (str(kind.__struct_config__.tag) for kind in (RoomMeasured, RoomDisinfected))


class Told(NamedTuple):
    """A point between one fact and the one before."""

    at_ms: int
    value: float
    low: float
    high: float


class Point(NamedTuple):
    unit: str
    """As UCUM writes it; what the last fact said."""
    told: list[Told]
    """In order; at least one."""


class Run(NamedTuple):
    """A cabinet has run."""

    at_ms: int
    cabinet: str
    seconds: int
    complete: bool


def points(session: Session, device: str, since_ms: int) -> dict[str, Point]:
    """Everything that is measured in a room, by its name."""
    told: defaultdict[str, list[Told]] = defaultdict(list)
    units: dict[str, str] = {}
    for at_ms, fact in _facts(session, device, MEASURED, since_ms):
        assert isinstance(fact, RoomMeasured), "the kind was asked for"
        if max(abs(fact.value), abs(fact.low), abs(fact.high)) > MAX_VALUE:
            continue
        units[fact.point] = fact.unit
        told[fact.point].append(Told(at_ms, fact.value, fact.low, fact.high))
    return {name: Point(units[name], told[name]) for name in sorted(told)}


def runs(session: Session, device: str, since_ms: int) -> list[Run]:
    """What the cabinets of a room have done, newest first."""
    found = []
    for at_ms, fact in _facts(session, device, DISINFECTED, since_ms):
        assert isinstance(fact, RoomDisinfected), "the kind was asked for"
        found.append(Run(at_ms, fact.cabinet, fact.seconds, fact.complete))
    return found[::-1]


def _facts(
    session: Session, device: str, kind: str, since_ms: int
) -> Iterator[tuple[int, RoomMeasured | RoomDisinfected]]:
    row = StoredFact
    asked = (
        select(row.at_ms, row.body)
        .where(row.device_id == device, row.at_ms >= since_ms, row.kind == kind)
        .order_by(row.at_ms.desc())
        .limit(MAX_FACTS)
    )
    for at_ms, body in reversed(session.execute(asked).all()):
        fact = redaction.read(body)
        if isinstance(fact, RoomMeasured | RoomDisinfected) and kind_of(fact) == kind:
            yield at_ms, fact
