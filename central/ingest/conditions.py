"""Conditions into rows: the last one of each device, and the history from which availability is computed.

A session number grows with each connect, so a will that comes late never hides a newer birth. A kiosk
with a new disk counts from one again; its birth is known by its new journal.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from central.fleet.models import ConditionSpan, DeviceCondition
from central.fleet.operations import LISTENING
from central.ingest.journals import UNNAMED
from wire.condition import Condition


def hear(connection: Connection, device_id: str, condition: Condition, now_ms: int) -> bool:
    """Take a device's condition inside the caller's transaction.

    Args:
        connection: in a transaction that may write.
        device_id: a registered device.
        condition: what it says, or its will.
        now_ms: central's clock.

    Returns:
        True where the device hears orders now and did not before: what is pending is sent again.
    """
    last = connection.execute(_LAST, {"d": device_id}).one_or_none()
    if last is not None and _is_stale(condition, last.session, str(last.body.get("journal", UNNAMED))):
        return False
    row = {
        "session": condition.session,
        "state": condition.state,
        "since_ms": last.since_ms if last is not None and last.state == condition.state else now_ms,
        "heard_ms": now_ms,
        "body": msgspec.to_builtins(condition),
    }
    if last is None:
        insert_or = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        begin = insert_or(DeviceCondition).values(device_id=device_id, **row).on_conflict_do_nothing()
        begun = connection.scalar(begin.returning(DeviceCondition.device_id))
        if begun is None:  # another worker, who hears the same, was faster
            return hear(connection, device_id, condition, now_ms)
    else:
        connection.execute(_CHANGE, {"d": device_id, **row})
    _write_span(connection, device_id, condition, now_ms)
    heard_before = last is not None and last.state in LISTENING and last.session == condition.session
    return condition.state in LISTENING and not heard_before


def _is_stale(condition: Condition, session: int, journal: str) -> bool:
    if condition.session >= session:
        return condition.state == "gone" and _is_other(condition.journal, journal)
    return condition.state == "gone" or not _is_other(condition.journal, journal)


def _is_other(journal: str, than: str) -> bool:
    return UNNAMED not in {journal, than} and journal != than


def _write_span(connection: Connection, device_id: str, condition: Condition, now_ms: int) -> None:
    """End the open span where state or faults changed, and begin the next."""
    faults = sorted({trouble.fault for trouble in condition.troubles})
    last = connection.execute(_LAST_SPAN, {"d": device_id}).one_or_none()
    if last is not None:
        if (last.state, last.faults) == (condition.state, faults):
            return
        connection.execute(_END_SPAN, {"span": last.id, "until_ms": now_ms})
    connection.execute(
        _BEGIN_SPAN,
        {"device_id": device_id, "state": condition.state, "faults": faults, "from_ms": now_ms},
    )


_LAST = (
    select(DeviceCondition.session, DeviceCondition.state, DeviceCondition.body, DeviceCondition.since_ms)
    .where(DeviceCondition.device_id == bindparam("d"))
    .with_for_update()
)
_CHANGE = update(DeviceCondition).where(DeviceCondition.device_id == bindparam("d"))
_LAST_SPAN = select(ConditionSpan.id, ConditionSpan.state, ConditionSpan.faults).where(
    ConditionSpan.device_id == bindparam("d"), ConditionSpan.until_ms.is_(None)
)
_BEGIN_SPAN = insert(ConditionSpan)
_END_SPAN = update(ConditionSpan).where(ConditionSpan.id == bindparam("span"))
