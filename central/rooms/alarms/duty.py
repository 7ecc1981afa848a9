"""Whose turn it is, and where a recording is looked up: what staff set up for the alarms of rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.fleet.models import Branch, Device
from central.rooms.alarms.life import Unfit
from central.rooms.alarms.models import DutyTurn, RoomCamera

MAX_TURNS = 10
MAX_NAME = 64
TELEPHONE = re.compile(r"[0-9+() -]{3,32}")
BEFORE_MS = 30_000
AFTER_MS = 60_000
"""A recording is looked at from half a minute before an alarm to a minute after it."""
ADDRESS = re.compile(r"https?://[!-~]{1,292}")
PLACES = ("time", "from", "until", "seconds")
"""What stands in braces in the address of a recording."""


# ---------------------------------------------------------------- whose turn
Lists = Mapping[str | None, Sequence[DutyTurn]]
"""Every duty list by its branch; under None the one for all the rest."""


def lists(session: Session) -> Lists:
    """All of them: there is one a branch at most, and few branches have their own."""
    found: dict[str | None, list[DutyTurn]] = {}
    for turn in session.scalars(select(DutyTurn).order_by(DutyTurn.position, DutyTurn.id)):
        found.setdefault(turn.branch_id, []).append(turn)
    return found


def nearest(listed: Lists, path: Sequence[str]) -> Sequence[DutyTurn]:
    """The duty list of a branch: its own, else that of the nearest branch above it, else everybody's.

    Args:
        listed: all lists.
        path: branches from the top of the tree down to the one that is meant.
    """
    return next((listed[branch] for branch in (*reversed(path), None) if branch in listed), ())


def whose(listed: Sequence[DutyTurn], level: int) -> DutyTurn | None:
    """Who has the alarm after it was handed on so often; past its end the list begins anew."""
    return listed[level % len(listed)] if listed else None


def add_turn(session: Session, branch: str | None, name: str, telephone: str) -> DutyTurn:
    """A new last line.

    Raises:
        Unfit: `name`, `many` or `branch`.
    """
    if not 0 < len(name) <= MAX_NAME or not TELEPHONE.fullmatch(telephone):
        raise Unfit("name")
    if branch is not None and session.get(Branch, branch) is None:
        raise Unfit("branch")
    same = DutyTurn.branch_id.is_(None) if branch is None else DutyTurn.branch_id == branch
    count, last = session.execute(select(func.count(), func.max(DutyTurn.position)).where(same)).one()
    if count >= MAX_TURNS:
        raise Unfit("many")
    turn = DutyTurn(branch_id=branch, position=(last or 0) + 1, name=name, telephone=telephone)
    session.add(turn)
    session.flush()
    return turn


# ---------------------------------------------------------------- recordings
def set_camera(session: Session, device: str, template: str) -> None:
    """Where recordings of a room are looked up; empty: nowhere.

    Raises:
        Unfit: `device` or `address`.
    """
    if session.get(Device, device) is None:
        raise Unfit("device")
    row = session.get(RoomCamera, device)
    if not template:
        if row is not None:
            session.delete(row)
        return
    if not ADDRESS.fullmatch(template) or set(re.findall(r"\{(.*?)\}", template)) - set(PLACES):
        raise Unfit("address")
    row = row or RoomCamera(device_id=device)
    row.template = template
    session.add(row)


def recording(template: str, at_ms: int) -> str:
    """The address of a room's recording at one moment."""
    told = {
        "time": _iso(at_ms),
        "from": _iso(at_ms - BEFORE_MS),
        "until": _iso(at_ms + AFTER_MS),
        "seconds": str(at_ms // 1000),
    }
    for name, value in told.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
