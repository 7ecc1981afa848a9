"""What was not taken, for the technician: one row a cause, counted, with a sample of the last one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from central.fleet.models import RefusedMessage

Cause = Literal[
    "unknown topic",
    "oversize",
    "malformed",
    "unknown device",
    "too many journals",
    "journal forked",
    "not stored",
]
Name = tuple[str, str, str]
"""Device, leaf, cause."""

MAX_SAMPLE = 512
MAX_ROWS = 1_000
"""Causes kept apart; whoever invents device names to fill the disk is counted in one row more."""
MAX_DEVICE = 64
MAX_LEAF = 32
REST = ("", "", "more causes than are kept apart")
MAX_COUNT = 2**31 - 1
_LONG_HEX = re.compile(r"([0-9a-f]{6})[0-9a-f]{26,}")


class Refused(NamedTuple):
    """One message that was not taken."""

    device_id: str
    """As the topic names it."""
    leaf: str
    why: Cause
    detail: str
    """What the parser said."""
    payload: bytes

    def sample(self) -> str:
        """Detail and beginning of the payload, pseudonyms and journals cut to their first six digits."""
        text = f"{self.detail} | " + self.payload[: 2 * MAX_SAMPLE].decode(errors="replace")
        return _LONG_HEX.sub(r"\1…", text.replace("\0", "�"))[:MAX_SAMPLE]


def note(connection: Connection, refused: Iterable[Refused], now_ms: int) -> None:
    """Count the refused messages inside the caller's transaction."""
    causes: dict[Name, tuple[int, str]] = {}
    for one in refused:
        name = (one.device_id[:MAX_DEVICE], one.leaf[:MAX_LEAF], str(one.why))
        causes[name] = (causes.get(name, (0, ""))[0] + 1, one.sample())
    for name, (count, sample) in sorted(causes.items()):
        if not _count(connection, name, count, sample, now_ms):
            _begin(connection, name, count, sample, now_ms)


def _count(connection: Connection, name: Name, count: int, sample: str, now_ms: int) -> bool:
    row = RefusedMessage
    query = select(row.id, row.count).where(row.device_id == name[0], row.leaf == name[1], row.why == name[2])
    found = connection.execute(query.with_for_update()).mappings().one_or_none()
    if found is None:
        return False
    counted = min(found["count"] + count, MAX_COUNT)
    connection.execute(
        update(row).where(row.id == found["id"]).values(count=counted, last_ms=now_ms, sample=sample)
    )
    return True


def _begin(connection: Connection, name: Name, count: int, sample: str, now_ms: int) -> None:
    rows = connection.scalar(select(func.count()).select_from(RefusedMessage)) or 0
    if rows >= MAX_ROWS and name != REST:
        if not _count(connection, REST, count, sample, now_ms):
            _begin(connection, REST, count, sample, now_ms)
        return
    device, leaf, why = name
    row = {"device_id": device, "leaf": leaf, "why": why, "count": count, "sample": sample}
    connection.execute(insert(RefusedMessage), {**row, "first_ms": now_ms, "last_ms": now_ms})
