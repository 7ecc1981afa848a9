"""The list `room`, made of what branches say. Read, never written.

Of what is asked the nearest branch's word holds; cards add up from the top of the tree to the branch. Terms are named by
the oldest version that is still accepted: the ledger knows which ones were issued later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec
from msgspec.structs import replace
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from central.circulation.ledger.models import Terms
from central.rooms.admission.models import RoomAdmission, RoomCard
from wire.admission import Admission
from wire.lists import Body, Readers, pack

Group = tuple[str, str]
"""Kind of card, and the last day on which it stands (ISO 8601, empty: no last one)."""


@dataclass(slots=True)
class Said:
    """What one branch says."""

    asked: Admission | None = None
    cards: dict[Group, list[str]] = field(default_factory=dict)


def read(session: Session, today: date) -> dict[str, Said]:
    """What each branch says today."""
    found: dict[str, Said] = {}
    issued = session.scalars(select(Terms.version).order_by(Terms.from_on, Terms.version)).all()
    for row in session.scalars(select(RoomAdmission)):
        asks = msgspec.convert(row.asked, Admission)
        found.setdefault(row.branch_id, Said()).asked = replace(asks, terms_after=_after(asks.terms, issued))
    standing = or_(RoomCard.until_on.is_(None), RoomCard.until_on >= today)
    for card in session.scalars(select(RoomCard).where(standing).order_by(RoomCard.number)):
        group = (card.kind, card.until_on.isoformat() if card.until_on else "")
        found.setdefault(card.branch_id, Said()).cards.setdefault(group, []).append(card.number)
    return found


def _after(oldest: str, issued: Sequence[str]) -> tuple[str, ...]:
    """Versions of the ledger's terms that were issued later; none of one that the ledger does not know."""
    return tuple(issued[issued.index(oldest) + 1 :]) if oldest in issued else ()


def scope(said: Mapping[str, Said], path: Sequence[str]) -> tuple[str, ...]:
    """The branches that have a say at a branch, from the top down."""
    return tuple(branch for branch in path if branch in said)


def asked(said: Sequence[Said]) -> Admission:
    """What holds of what several branches ask, the nearest last."""
    return next((one.asked for one in reversed(said) if one.asked is not None), Admission())


def cards(said: Sequence[Said]) -> dict[Group, list[str]]:
    """All their cards; of one that two branches name the lower one's word holds."""
    groups = {number: group for one in said for group, numbers in one.cards.items() for number in numbers}
    found: dict[Group, list[str]] = {}
    for number, group in sorted(groups.items()):
        found.setdefault(group, []).append(number)
    return found


def digest(said: Sequence[Said]) -> bytes:
    """What the list says, in one form."""
    return msgspec.json.encode((asked(said), sorted(cards(said).items())))


def compose(said: Sequence[Said], version: int, salt: bytes) -> Body:
    """The list as kiosks read it."""
    groups = tuple(
        Readers(pack(salt, "reader", numbers), kind, until=until)
        for (kind, until), numbers in sorted(cards(said).items())
    )
    return Body("room", version, salt, groups, room=asked(said))
