"""Conditions into rows: the last one of each device, and the history from which availability is computed.

A session number grows with each connect, so a will that comes late never hides a newer birth. A kiosk
with a new disk counts from one again; its birth is known by its new journal.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Insert, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from central.fleet.models import ConditionSpan, DeviceCondition
from central.fleet.operations import LISTENING
from central.ingest.journals import UNNAMED
from central.statements import Cursor, Prepared
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
    cursor = Cursor(connection)
    found = cursor.one(_LAST, device_id)
    last = None if found is None else _Last(*found)
    if last is not None and _is_stale(condition, last.session, str(last.body.get("journal", UNNAMED))):
        return False
    since_ms = last.since_ms if last is not None and last.state == condition.state else now_ms
    new = (condition.session, condition.state, since_ms, now_ms, msgspec.to_builtins(condition))
    if last is not None:
        cursor.run(_CHANGE, device_id, *new)
    elif cursor.one(_BEGIN, device_id, *new) is None:  # another worker, who hears the same, was faster
        return hear(connection, device_id, condition, now_ms)
    _write_span(cursor, device_id, condition, now_ms)
    heard_before = last is not None and last.state in LISTENING and last.session == condition.session
    return condition.state in LISTENING and not heard_before


class _Last(NamedTuple):
    """What a device said before."""

    session: int
    state: str
    since_ms: int
    body: dict[str, object]


def _is_stale(condition: Condition, session: int, journal: str) -> bool:
    if condition.session >= session:
        return condition.state == "gone" and _is_other(condition.journal, journal)
    return condition.state == "gone" or not _is_other(condition.journal, journal)


def _is_other(journal: str, than: str) -> bool:
    return UNNAMED not in {journal, than} and journal != than


def _write_span(cursor: Cursor, device_id: str, condition: Condition, now_ms: int) -> None:
    """End the open span where state or faults changed, and begin the next."""
    faults = sorted({trouble.fault for trouble in condition.troubles})
    last = cursor.one(_LAST_SPAN, device_id)
    if last is not None:
        span, *was = last
        if was == [condition.state, faults]:
            return
        cursor.run(_END_SPAN, span, now_ms)
    cursor.run(_BEGIN_SPAN, device_id, condition.state, faults, now_ms)


_HEARD = ("session", "state", "since_ms", "heard_ms", "body")


def _begun(dialect: str) -> Insert:
    made = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(DeviceCondition)
    return made.on_conflict_do_nothing().returning(DeviceCondition.device_id)


_LAST = Prepared(
    "device",
    statement=select(
        DeviceCondition.session, DeviceCondition.state, DeviceCondition.since_ms, DeviceCondition.body
    )
    .where(DeviceCondition.device_id == bindparam("device"))
    .with_for_update(),
)
_BEGIN = Prepared("device_id", *_HEARD, statement=_begun)
_CHANGE = Prepared(
    "device",
    *_HEARD,
    statement=update(DeviceCondition)
    .where(DeviceCondition.device_id == bindparam("device"))
    .values({name: bindparam(name) for name in _HEARD}),
)
_LAST_SPAN = Prepared(
    "device",
    statement=select(ConditionSpan.id, ConditionSpan.state, ConditionSpan.faults).where(
        ConditionSpan.device_id == bindparam("device"), ConditionSpan.until_ms.is_(None)
    ),
)
_BEGIN_SPAN = Prepared("device_id", "state", "faults", "from_ms", statement=insert(ConditionSpan))
_END_SPAN = Prepared(
    "span",
    "until",
    statement=update(ConditionSpan)
    .where(ConditionSpan.id == bindparam("span"))
    .values(until_ms=bindparam("until")),
)
