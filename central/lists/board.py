"""What the page of the lists says: how far each list has come, and which kiosks have not taken theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from central.fleet.models import Device
from central.lists.making import list_name
from central.lists.models import ListBody, ListHead
from wire.ids import ListName
from wire.lists import NAMES

GRACE_MS = 5 * 60_000
"""Kiosks fetch within a minute or two; what takes longer is for a technician."""


class Given(NamedTuple):
    """One list of one kiosk: what it is to have, and what it has."""

    device: str
    name: ListName
    version: int
    given_ms: int
    taken: int
    taken_ms: int
    refused: int
    why: str
    entries: int
    expires_ms: int

    @property
    def is_taken(self) -> bool:
        """Whether the version that it was given is in force there."""
        return self.taken >= self.version

    def is_behind(self, now_ms: int) -> bool:
        """Whether somebody should see why it is not."""
        late = now_ms - self.given_ms > GRACE_MS
        return not self.is_taken and (late or self.refused >= self.version)


class Line(NamedTuple):
    """One list over all kiosks."""

    name: ListName
    kiosks: int
    """That were given it."""
    taken: int
    """That have it in force."""
    entries: int
    """Of the longest one."""
    newest: int
    """Version."""
    expires_ms: int
    """When the first one expires."""


def given(session: Session) -> list[Given]:
    """Every list of every kiosk in service."""
    head = (
        ListHead.device_id,
        ListHead.name,
        ListHead.version,
        ListHead.given_ms,
        ListHead.taken,
        ListHead.taken_ms,
        ListHead.refused,
        ListHead.why,
    )
    query = (
        select(*head, ListBody.entries, ListBody.expires_ms)
        .join(ListBody, and_(ListBody.name == ListHead.name, ListBody.version == ListHead.version))
        .join(Device, Device.id == ListHead.device_id)
        .where(Device.retired_on.is_(None))
        .order_by(ListHead.device_id, ListHead.name)
    )
    return [Given(device, list_name(name), *rest) for device, name, *rest in session.execute(query)]


def lines(found: Iterable[Given]) -> list[Line]:
    """One line a list, in the order of the lists; those that nobody was given are left out."""
    by_name: dict[ListName, list[Given]] = {name: [] for name in NAMES}
    for one in found:
        by_name[one.name].append(one)
    return [
        Line(
            name,
            kiosks=len(of),
            taken=sum(one.is_taken for one in of),
            entries=max(one.entries for one in of),
            newest=max(one.version for one in of),
            expires_ms=min(one.expires_ms for one in of),
        )
        for name, of in by_name.items()
        if of
    ]


def behind(found: Iterable[Given], now_ms: int) -> list[Given]:
    """Kiosks that should have taken a list by now, the longest first."""
    return sorted((one for one in found if one.is_behind(now_ms)), key=lambda one: (one.given_ms, one.device))


def masked(number: str) -> str:
    """A card number for those who need not read it: its last four characters."""
    return f"…{number[-4:]}" if len(number) > 4 else "…"  # noqa: PLR2004 - four of them
