"""What staff do to admission. Each works inside the caller's transaction and never commits.

A change marks the list: the clock's process makes a new version soon after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.fleet.models import Branch
from central.lists.operations import MAX_NUMBER, MAX_REASON, Unfit, fit, mark
from central.rooms import kept
from central.rooms.admission.models import RoomAdmission, RoomCard
from wire.admission import BANNED, STAFF, Admission, Limit

KINDS = (*STAFF, BANNED)
LIMIT = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:[~～–—至到]|\.\.|\s)\s*(\d{4}-\d{2}-\d{2})\s+(\d{1,5})")
"""One dated limit: `2026-10-01 2026-10-08 30`."""
MAX_LIMITS = 100
MAX_FEES_YUAN = 100_000
MAX_TYPES = 50


class Card(NamedTuple):
    """A card that always opens, or a reader who may not come in."""

    number: str
    kind: str
    why: str
    until_on: date | None


def set_asked(
    session: Session,
    branch: str,
    form: Mapping[str, str],
    staff: str,
    now_ms: int,
    seen_ms: int | None = None,
) -> Admission:
    """What the rooms of a branch ask of readers from now on.

    Args:
        session: the caller's transaction.
        branch: its id.
        form: as typed: `types`, `min_age`, `max_age`, `max_fees` (yuan), `terms`, `companions`, `pin`, `persons`,
            `limits`.
        staff: user name of who says so.
        now_ms: central's clock.
        seen_ms: as `kept.taken`.

    Raises:
        Unfit: `branch`, the name of the field that cannot be read, or as `kept.taken`.
    """
    if session.get(Branch, branch) is None:
        raise Unfit("branch")
    row, asked = kept.taken(session, RoomAdmission, branch, seen_ms), read(form)
    row.asked, row.staff, row.at_ms = msgspec.to_builtins(asked), staff, now_ms
    kept.write(session, row)
    mark(session, "room", now_ms)
    return asked


def read(form: Mapping[str, str]) -> Admission:
    """What was typed.

    Raises:
        Unfit: as `set_asked`.
    """
    types = tuple(
        dict.fromkeys(filter(None, map(str.strip, re.split(r"[,，、;；\n]", form.get("types", "")))))
    )
    if len(types) > MAX_TYPES or any(len(name) > MAX_NUMBER for name in types):
        raise Unfit("types")
    said = {
        "types": types,
        "min_age": _number(form, "min_age", 0),
        "max_age": _number(form, "max_age", 120),
        "max_fees_fen": _fees(form),
        "terms": form.get("terms", "").strip(),
        "companions": _number(form, "companions", 0),
        "pin": form.get("pin", "no"),
        "persons": _number(form, "persons", 0),
        "limits": _limits(form.get("limits", "")),
    }
    try:
        asked = msgspec.convert(said, Admission)
    except msgspec.ValidationError as wrong:
        name = re.search(r"`\$\.(\w+)", str(wrong))
        raise Unfit(name[1] if name else "types") from None
    if asked.min_age > asked.max_age:
        raise Unfit("max_age")
    return asked


def _number(form: Mapping[str, str], name: str, usual: int) -> int:
    said = form.get(name, "").strip()
    if said and not (said.isdecimal() and len(said) < 6):  # noqa: PLR2004 - more digits are no such number
        raise Unfit(name)
    return int(said) if said else usual


def _fees(form: Mapping[str, str]) -> int | None:
    """Yuan as typed, in fen; empty: debts keep nobody out."""
    said = form.get("max_fees", "").strip()
    if not said:
        return None
    found = re.fullmatch(r"(\d{1,6})(?:\.(\d{1,2}))?", said)
    if found is None or int(found[1]) > MAX_FEES_YUAN:
        raise Unfit("max_fees")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _limits(text: str) -> tuple[Limit, ...]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        parts = LIMIT.fullmatch(line)
        try:
            first, last = (date.fromisoformat(day) for day in parts.groups()[:2]) if parts else (None, None)
        except ValueError:
            raise Unfit("limits") from None
        if parts is None or first is None or last is None or first > last:
            raise Unfit("limits")
        found.append(Limit(first.isoformat(), last.isoformat(), int(parts[3])))
    if len(found) > MAX_LIMITS:
        raise Unfit("limits")
    return tuple(sorted(found, key=lambda one: (one.first, one.last)))


def clear_asked(session: Session, branch: str, now_ms: int) -> None:
    """The branch asks nothing of its own any more; what the branch above it asks holds."""
    row = session.get(RoomAdmission, branch)
    if row is not None:
        session.delete(row)
        mark(session, "room", now_ms)


# ---------------------------------------------------------------- cards
def add_card(session: Session, branch: str, card: Card, staff: str, now_ms: int, today: date) -> RoomCard:
    """A card that opens the rooms of a branch at any hour, or a reader who is banned from them.

    Raises:
        Unfit: `branch`, `number`, `kind`, `why`, `until` or `known`.
    """
    fit(session, card.number, branch, card.until_on, today)
    if card.kind not in KINDS:
        raise Unfit("kind")
    if not card.why:
        raise Unfit("why")
    same = select(RoomCard.id).where(RoomCard.branch_id == branch, RoomCard.number == card.number)
    if session.scalar(same) is not None:
        raise Unfit("known")
    row = RoomCard(
        branch_id=branch,
        number=card.number,
        kind=card.kind,
        why=card.why[:MAX_REASON],
        until_on=card.until_on,
        staff=staff,
        at_ms=now_ms,
    )
    kept.write(session, row, "known")
    mark(session, "room", now_ms)
    return row


def take_off(session: Session, card: RoomCard, now_ms: int) -> None:
    """It is a card like any other again."""
    session.delete(card)
    mark(session, "room", now_ms)
