"""Conditions into rows: the last one of each device, and the history from which availability is computed.

A session number grows with each connect, so a will that comes late never hides a newer birth. A kiosk
with a new disk counts from one again; its birth is known by its new journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Insert, bindparam, insert, select, update

from central.fleet.models import ConditionSpan, DeviceCondition
from central.fleet.operations import LISTENING
from central.ingest.journals import UNNAMED
from central.statements import Cursor, Prepared, insert_into
from wire.condition import Condition


def hear(cursor: Cursor, device_id: str, condition: Condition, now_ms: int) -> bool:
    """Take a device's condition inside the caller's transaction.

    Args:
        cursor: in a transaction that may write.
        device_id: a registered device.
        condition: what it says, or its will.
        now_ms: central's clock.

    Returns:
        True where the device hears orders now and did not before: what is pending is sent again.
    """
    found = cursor.one(_LAST, device_id)
    last = None if found is None else _Last(*found)
    if last is not None and _is_stale(condition, last.session, str(last.body.get("journal", UNNAMED))):
        return False
    since_ms = last.since_ms if last is not None and last.state == condition.state else now_ms
    body = msgspec.to_builtins(condition)
    new = (condition.session, condition.state, since_ms, now_ms, body)
    if last is not None:
        cursor.run(_CHANGE, device_id, *new)
    elif cursor.one(_BEGIN, device_id, *new) is None:  # another worker, who hears the same, was faster
        return hear(cursor, device_id, condition, now_ms)
    faults = _faults(body)
    if last is None or (last.state, _faults(last.body)) != (condition.state, faults):
        cursor.run(_END_SPAN, device_id, now_ms)
        cursor.run(_BEGIN_SPAN, device_id, condition.state, faults, now_ms)
    heard_before = last is not None and last.state in LISTENING and last.session == condition.session
    return condition.state in LISTENING and not heard_before


class _Last(NamedTuple):
    """What a device said before."""

    session: int
    state: str
    since_ms: int
    body: dict[str, Any]


def _is_stale(condition: Condition, session: int, journal: str) -> bool:
    if condition.session >= session:
        return condition.state == "gone" and _is_other(condition.journal, journal)
    return condition.state == "gone" or not _is_other(condition.journal, journal)


def _is_other(journal: str, than: str) -> bool:
    return UNNAMED not in {journal, than} and journal != than


def _faults(body: Mapping[str, Any]) -> list[int]:
    """The set of faults of a condition as it is stored; with the state it makes a span."""
    return sorted({trouble["fault"] for trouble in body.get("troubles", ())})


_HEARD = ("session", "state", "since_ms", "heard_ms", "body")


def _begun(dialect: str) -> Insert:
    made = insert_into(DeviceCondition, dialect)
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
_BEGIN_SPAN = Prepared("device_id", "state", "faults", "from_ms", statement=insert(ConditionSpan))
_END_SPAN = Prepared(
    "device",
    "until",
    statement=update(ConditionSpan)
    .where(ConditionSpan.device_id == bindparam("device"), ConditionSpan.until_ms.is_(None))
    .values(until_ms=bindparam("until")),
)
