"""The tree of branches and the devices in it, as one value: read once, used by every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.circulation.gateway.models import GatewaySite
from central.fleet.models import Branch, Device
from wire.faults import Words

ROOM = "room24"
"""`Device.setting` of a 24-hour self-service room."""


@dataclass(frozen=True, slots=True)
class Place:
    """A branch and where it stands in the tree."""

    id: str
    parent: str | None
    tier: str
    name: Words
    zone: ZoneInfo
    depth: int


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A registered device."""

    id: str
    branch: str
    name: Words
    setting: str
    commissioned_on: date | None
    retired: bool = False
    gateway: bool = False
    """True: no kiosk, but what machines of other makers are counted under; nobody hears from it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Branches parents first, siblings by their position; devices by branch in that order."""

    places: dict[str, Place]
    kiosks: dict[str, Kiosk]

    def place(self, kiosk: str) -> Place:
        """The branch of a device."""
        return self.places[self.kiosks[kiosk].branch]

    def under(self, branch: str) -> list[Place]:
        """A branch and all branches below it, parents first."""
        found = {branch}
        for place in self.places.values():
            if place.parent in found:
                found.add(place.id)
        return [place for place in self.places.values() if place.id in found]

    def path(self, branch: str) -> list[Place]:
        """From the top of the tree down to a branch."""
        place: Place | None = self.places.get(branch)
        path: list[Place] = []
        while place is not None:
            path.insert(0, place)
            place = self.places.get(place.parent) if place.parent else None
        return path

    def children(self, branch: str | None) -> list[Place]:
        """The branches directly below one; the tops of the tree for None."""
        return [place for place in self.places.values() if place.parent == branch]

    def kiosks_of(self, branch: str) -> list[Kiosk]:
        """The devices that stand in a branch itself."""
        return [kiosk for kiosk in self.kiosks.values() if kiosk.branch == branch]


def read(session: Session) -> Tree:
    """The tree as it is now."""
    branches = session.scalars(select(Branch).order_by(Branch.position, Branch.id)).all()
    below: dict[str | None, list[Branch]] = {}
    known = {branch.id for branch in branches}
    for branch in branches:
        below.setdefault(branch.parent_id if branch.parent_id in known else None, []).append(branch)
    places = {place.id: place for place in _walk(below, None, 0)}
    rank = {branch: at for at, branch in enumerate(places)}
    devices = session.scalars(select(Device)).all()
    gateways = set(session.scalars(select(GatewaySite.device_id)))
    kiosks = sorted(
        (_kiosk(device, device.id in gateways) for device in devices), key=lambda k: (rank[k.branch], k.id)
    )
    return Tree(places, {kiosk.id: kiosk for kiosk in kiosks})


def _walk(below: dict[str | None, list[Branch]], parent: str | None, depth: int) -> Iterator[Place]:
    for branch in below.get(parent, ()):
        name = Words(branch.name_zh, branch.name_en)
        yield Place(branch.id, branch.parent_id, branch.tier, name, ZoneInfo(branch.zone), depth)
        yield from _walk(below, branch.id, depth + 1)


def _kiosk(device: Device, gateway: bool) -> Kiosk:
    name = Words(device.name_zh, device.name_en)
    retired = device.retired_on is not None
    on = device.commissioned_on
    return Kiosk(device.id, device.branch_id, name, device.setting, on, retired, gateway)
