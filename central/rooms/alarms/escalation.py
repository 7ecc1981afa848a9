"""What the clock does about alarms: hands on what nobody acknowledges, wakes what came late, misses rooms.

- An alarm that is handed on goes to the next of its duty list after `acknowledge_s`, and past the list's end to its
  first again: it never falls silent before somebody acknowledges. Without a list nobody's turn is noted.
- A fact that came late rings for nobody; but where the kiosk's own condition says that the fault stands now, it does.
- A 24-hour room that is not heard for GONE_MS is an alarm that no kiosk can tell. It clears when it is heard again.
- Doing it twice changes nothing: every change asks whether it is still to be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

import structlog
from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from central.db import open_sessions
from central.fleet import tree as branches
from central.fleet.models import Device, DeviceCondition
from central.rooms.alarms import duty
from central.rooms.alarms.kinds import KIOSK_UNHEARD, URGENT
from central.rooms.alarms.models import Alarm, AlarmStep, DutyTurn

EVERY_MS: Final = 5_000
GONE_MS: Final = 300_000
"""A router that restarts, or a line that comes back, takes less."""
AT_ONCE: Final = 200
ON_PURPOSE: Final = frozenset({"stopped", "restarting"})
"""Why a kiosk says itself that it goes: somebody is there, or it is back soon."""

log = structlog.get_logger(__name__)


class Work(NamedTuple):
    """What is to be done: numbers of alarms, and rooms that are missed since when."""

    waiting: list[int]
    standing: list[int]
    missed: list[tuple[str, str, int]]
    """Device, its branch, since when."""
    heard: list[int]


class Escalation:
    """Does it every EVERY_MS, however often it is called."""

    def __init__(self, engine: Engine, acknowledge_s: int) -> None:
        """Work on a migrated database, from the first `tick` on.

        Args:
            engine: the database.
            acknowledge_s: how long one person has before it is the next one's turn.
        """
        self._reading = open_sessions(engine, readonly=True)
        self._writing = open_sessions(engine)
        self._patience_ms = 1000 * acknowledge_s
        self._due_ms = 0

    def tick(self, now_ms: int) -> None:
        """Look at what is open; most often there is nothing to do, and no writer has to wait for us.

        Raises:
            SQLAlchemyError: it is tried again at the next call.
        """
        if self._due_ms - EVERY_MS <= now_ms < self._due_ms:
            return
        with self._reading() as session:
            found = look(session, now_ms, self._patience_ms)
        if any(found):
            with self._writing.begin() as session:
                do(session, found, now_ms, self._patience_ms)
            log.info("alarms", **{name: len(of) for name, of in found._asdict().items() if of})
        self._due_ms = now_ms + EVERY_MS


def look(session: Session, now_ms: int, patience_ms: int) -> Work:
    """What is to be done now."""
    ringing = select(Alarm.id).where(Alarm.state == "ringing", Alarm.turn_ms <= now_ms - patience_ms)
    heard = (
        select(Alarm.id)
        .join(DeviceCondition, DeviceCondition.device_id == Alarm.device_id)
        .where(Alarm.fault == KIOSK_UNHEARD, Alarm.cleared_ms.is_(None), DeviceCondition.state != "gone")
    )
    return Work(
        list(session.scalars(ringing.order_by(Alarm.turn_ms).limit(AT_ONCE))),
        _standing(session),
        _missed(session, now_ms),
        list(session.scalars(heard)),
    )


def do(session: Session, work: Work, now_ms: int, patience_ms: int) -> None:
    """Do it, as far as nobody else has meanwhile. In the caller's transaction."""
    waiting = _still(session, work.waiting, "ringing")
    if waiting:
        tree, listed = branches.read(session), duty.lists(session)
        for alarm in waiting:
            if alarm.turn_ms is not None and alarm.turn_ms <= now_ms - patience_ms:
                path = [place.id for place in tree.path(alarm.branch_id)]
                _hand_on(session, alarm, duty.nearest(listed, path), now_ms)
    for alarm in _still(session, work.standing, "silent"):
        alarm.state, alarm.turn_ms = "ringing", now_ms if alarm.fault in URGENT else None
        session.add(AlarmStep(alarm_id=alarm.id, at_ms=now_ms, what="woken", who=""))
    for device, branch, since_ms in work.missed:
        session.add(_miss(device, branch, since_ms, now_ms))
    for alarm in _still(session, work.heard, "ringing", "acknowledged", "silent"):
        alarm.cleared_ms, alarm.cleared_why = now_ms, "back"
        alarm.state, alarm.closed_ms, alarm.finding = "closed", now_ms, "itself"


def _still(session: Session, numbers: list[int], *states: str) -> list[Alarm]:
    """These alarms, where they are still in such a state, for us to change."""
    if not numbers:
        return []
    query = select(Alarm).where(Alarm.id.in_(numbers), Alarm.state.in_(states)).with_for_update()
    return list(session.scalars(query))


def _hand_on(session: Session, alarm: Alarm, listed: Sequence[DutyTurn], now_ms: int) -> None:
    """The next one's turn; of a list of one, or none, it is the same one's once more."""
    alarm.level, alarm.turn_ms = alarm.level + 1, now_ms
    turn = duty.whose(listed, alarm.level)
    step = AlarmStep(alarm_id=alarm.id, at_ms=now_ms, what="handed_on", who=turn.name if turn else "")
    session.add(step)


# ---------------------------------------------------------------- late, and standing
def _standing(session: Session) -> list[int]:
    """Alarms that came late of which the kiosk says that they stand now."""
    query = (
        select(Alarm.id, Alarm.fault, Alarm.part, DeviceCondition.body)
        .join(DeviceCondition, DeviceCondition.device_id == Alarm.device_id)
        .where(
            Alarm.state == "silent",
            Alarm.drill == "",
            Alarm.cleared_ms.is_(None),
            DeviceCondition.state != "gone",
        )
        .order_by(Alarm.id.desc())
        .limit(AT_ONCE)
    )
    return [number for number, fault, part, body in session.execute(query) if _stands(body, fault, part)]


def _stands(condition: Mapping[str, object], fault: int, part: str) -> bool:
    troubles = cast("list[dict[str, Any]]", condition.get("troubles", []))
    return any(one.get("fault") == fault and one.get("device", "") == part for one in troubles)


# ---------------------------------------------------------------- rooms that are not heard
def _missed(session: Session, now_ms: int) -> list[tuple[str, str, int]]:
    """Rooms of which nobody has heard for long, and of which there is no alarm yet."""
    known = exists().where(
        Alarm.device_id == DeviceCondition.device_id,
        Alarm.journal == "",
        Alarm.seq == DeviceCondition.since_ms,
    )
    query = (
        select(Device.id, Device.branch_id, DeviceCondition.since_ms, DeviceCondition.body)
        .join(DeviceCondition, DeviceCondition.device_id == Device.id)
        .where(
            Device.setting == "room24",
            Device.retired_on.is_(None),
            DeviceCondition.state == "gone",
            DeviceCondition.since_ms <= now_ms - GONE_MS,
            ~known,
        )
        .limit(AT_ONCE)
    )
    return [
        (device, branch, since_ms)
        for device, branch, since_ms, body in session.execute(query)
        if body.get("why") not in ON_PURPOSE
    ]


def _miss(device: str, branch: str, since_ms: int, now_ms: int) -> Alarm:
    """Central's own alarm: its name is when the room was last heard."""
    return Alarm(
        device_id=device, branch_id=branch, fault=KIOSK_UNHEARD, part="", journal="", seq=since_ms, cause="",
        title="", loan="", state="ringing", drill="", raised_ms=since_ms, heard_ms=now_ms, last_ms=since_ms,
        times=1, cleared_why="", level=0, acknowledged_by="", closed_by="", finding="", note="",
    )  # fmt: skip
