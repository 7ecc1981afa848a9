"""What staff do about alarms: acknowledge, close with a cause. Each works inside the caller's transaction.

Who answers a call for help has acknowledged it: a call is one alarm, wherever it is dealt with.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.rooms.alarms.kinds import HELP_CALLED
from central.rooms.alarms.models import Alarm, AlarmStep
from central.rooms.alarms.words import FINDINGS

MAX_NOTE = 500
OPEN = ("ringing", "acknowledged")


class Unfit(ValueError):  # noqa: N818 - a verdict on the request
    """The change is refused; `args[0]` names why: see `words.WHY`."""


def acknowledge(session: Session, alarm: Alarm, staff: str, now_ms: int) -> None:
    """Somebody has seen it and sees to it: it is handed on no more. Nothing where somebody has already.

    Raises:
        Unfit: `closed`.
    """
    if alarm.state == "closed":
        raise Unfit("closed")
    if alarm.acknowledged_ms is not None:
        return
    alarm.acknowledged_ms, alarm.acknowledged_by = now_ms, staff
    alarm.turn_ms = None
    if alarm.state == "ringing":
        alarm.state = "acknowledged"
    _step(session, alarm, now_ms, "acknowledged", staff)


def close(session: Session, alarm: Alarm, staff: str, now_ms: int, finding: str, note: str) -> None:
    """Say what it was. One that still stands is taken for over: raised again, it is a new alarm.

    Raises:
        Unfit: `closed`, `finding` or `note`.
    """
    if finding not in FINDINGS:
        raise Unfit("finding")
    if finding == "other" and not note:
        raise Unfit("note")
    acknowledge(session, alarm, staff, now_ms)
    if alarm.cleared_ms is None:
        alarm.cleared_ms, alarm.cleared_why = now_ms, "staff"
    alarm.state, alarm.closed_ms, alarm.closed_by = "closed", now_ms, staff
    alarm.finding, alarm.note = finding, note[:MAX_NOTE]
    _step(session, alarm, now_ms, "closed", staff)


def answer_call(session: Session, device: str, staff: str, now_ms: int) -> None:
    """The duty desk has spoken to whoever calls for help there."""
    calls = select(Alarm).where(
        Alarm.device_id == device, Alarm.fault == HELP_CALLED, Alarm.state == "ringing"
    )
    for alarm in session.scalars(calls):
        acknowledge(session, alarm, staff, now_ms)


def _step(session: Session, alarm: Alarm, now_ms: int, what: str, who: str) -> None:
    session.add(AlarmStep(alarm_id=alarm.id, at_ms=now_ms, what=what, who=who))
