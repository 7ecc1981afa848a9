"""A room that tells of its faults, and a central whose clock the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from central.db import open_sessions
from central.fleet.models import DeviceCondition
from central.ingest.absorb import absorb
from central.rooms.alarms import duty, life
from central.rooms.alarms.escalation import Escalation
from central.rooms.alarms.models import Alarm, AlarmStep
from tests.central.ingest.world import JOURNAL, KEY, NOW, ROOM, batch
from wire import facts
from wire.faults import number

FORCED = facts.FaultRaised(number("door_forced"), "door")
FORCED_OVER = facts.FaultCleared(number("door_forced"), "door")
HELD = facts.FaultRaised(number("door_held_open"), "door")
HELD_OVER = facts.FaultCleared(number("door_held_open"), "door")
CALLED = facts.FaultRaised(number("help_called"), "desk", "1790000")
CALL_OVER = facts.FaultCleared(number("help_called"), "desk")
PATIENCE_S = 300


@dataclass
class Site:
    """One room and its alarms at central."""

    engine: Engine
    now_ms: int = NOW
    seq: int = 1
    journal: str = JOURNAL
    sent: list[tuple[int, facts.Fact]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Escalation(self.engine, PATIENCE_S)

    def tell(self, *of: facts.Fact, ago_ms: int = 0) -> None:
        """Facts arrive, the first one that long after it happened."""
        first, self.seq = self.seq, self.seq + len(of)
        wall_ms = self.now_ms - ago_ms - 1000 * first
        with self.engine.begin() as connection:
            told = batch(first, of, wall_ms=wall_ms, journal=self.journal)
            absorb(connection, ROOM, told, self.now_ms, KEY)

    def wait(self, seconds: float) -> None:
        """Time goes by, and the clock has its turn."""
        self.now_ms += int(seconds * 1000)
        self.clock.tick(self.now_ms)

    def alarms(self) -> list[Alarm]:
        with open_sessions(self.engine)() as session:
            return list(session.scalars(select(Alarm).order_by(Alarm.id)))

    def alarm(self) -> Alarm:
        """The only one."""
        (alarm,) = self.alarms()
        return alarm

    def steps(self) -> list[tuple[str, str]]:
        with open_sessions(self.engine)() as session:
            return [(s.what, s.who) for s in session.scalars(select(AlarmStep).order_by(AlarmStep.id))]

    def acknowledge(self, staff: str = "wang") -> None:
        with open_sessions(self.engine).begin() as session:
            life.acknowledge(session, session.scalars(select(Alarm)).one(), staff, self.now_ms)

    def close(self, finding: str = "real", note: str = "") -> None:
        with open_sessions(self.engine).begin() as session:
            life.close(session, session.scalars(select(Alarm)).one(), "wang", self.now_ms, finding, note)

    def condition(self, state: str, since_ms: int, **body: object) -> None:
        """What the room's kiosk says of itself, as the ingest stores it."""
        with open_sessions(self.engine).begin() as session:
            row = session.get(DeviceCondition, ROOM) or DeviceCondition(device_id=ROOM, session=1)
            row.state, row.since_ms, row.heard_ms, row.body = state, since_ms, since_ms, body
            session.add(row)

    def on_duty(self, branch: str | None, *names: str) -> None:
        with open_sessions(self.engine).begin() as session:
            for name in names:
                duty.add_turn(session, branch, name, "0827-1234")
