"""The journals' rows: found, made, locked in one order for all workers, written back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from central.facts.models import Journal
from central.facts.rows import Taken
from central.fleet.models import Branch, Device, DeviceCondition
from central.reports.tallies import Place
from wire.orders import Watermark

SETTLING_MS = 5_000
"""Batches that were under way when an epoch was minted arrive within it; they do not mint another."""
UNNAMED = "0" * 32
"""Journal of a condition that names none."""

Name = tuple[str, str]
"""Device and journal."""


@dataclass(slots=True)
class Locked:
    """A journal's row under lock, as it will be written back. Facts 1 to `committed` are stored, none above."""

    place: Place
    name: str
    epoch: int
    committed: int
    forked: bool
    pending: dict[int, Taken] = field(default_factory=dict)
    """Facts of this transaction by seq, at or below `committed`, not yet in the table."""

    def start_again(self, now_ms: int) -> None:
        """Mint the epoch that sends the kiosk back to `committed`, unless one was minted just now."""
        if not 0 <= now_ms - self.epoch < SETTLING_MS:
            self.epoch = max(now_ms, self.epoch + 1)

    def watermark(self, now_ms: int) -> Watermark:
        """What to tell the kiosk after the commit."""
        return Watermark(self.name, self.epoch, self.committed, now_ms)


def find_places(connection: Connection, devices: Iterable[str]) -> dict[str, Place]:
    """Where the devices stand that the registry knows."""
    names = sorted(devices)
    rows = connection.execute(_PLACES, {"devices": names}) if names else ()
    return {device: Place(device, branch, zone) for device, branch, zone in rows}


def lock(
    connection: Connection, names: set[Name], places: dict[str, Place], now_ms: int
) -> dict[Name, Locked]:
    """The rows of these journals, locked to the end of the transaction.

    A journal never heard of gets a row with a fresh epoch, unless the device's condition names another:
    then it is missing in the answer.
    """
    locked = _lock(connection, names, places)
    missing = names - locked.keys()
    if missing:
        missing -= _mismatched(connection, missing)
        _make(connection, missing, now_ms)
        locked |= _lock(connection, missing, places)
    return locked


def write_back(connection: Connection, journals: Iterable[Locked], now_ms: int) -> None:
    """Store what became of the locked rows."""
    rows = [
        {"d": j.place.device_id, "j": j.name, "e": j.epoch, "c": j.committed, "f": j.forked, "now": now_ms}
        for j in journals
    ]
    if rows:
        connection.execute(_WRITE_BACK, rows)


_PLACES = (
    select(Device.id, Device.branch_id, Branch.zone)
    .join(Branch, Branch.id == Device.branch_id)
    .where(Device.id.in_(bindparam("devices", expanding=True)))
)
_LOCK = (
    select(Journal.device_id, Journal.journal, Journal.epoch, Journal.committed, Journal.forked)
    .where(tuple_(Journal.device_id, Journal.journal).in_(bindparam("names", expanding=True)))
    .order_by(Journal.device_id, Journal.journal)
    .with_for_update()
)
_WRITE_BACK = (
    update(Journal)
    .where(Journal.device_id == bindparam("d"), Journal.journal == bindparam("j"))
    .values(epoch=bindparam("e"), committed=bindparam("c"), forked=bindparam("f"), last_ms=bindparam("now"))
)


def _lock(connection: Connection, names: set[Name], places: dict[str, Place]) -> dict[Name, Locked]:
    if not names:
        return {}
    rows = connection.execute(_LOCK, {"names": sorted(names)})
    return {
        (device, name): Locked(places[device], name, epoch, committed, forked)
        for device, name, epoch, committed, forked in rows
    }


def _mismatched(connection: Connection, names: set[Name]) -> set[Name]:
    query = select(DeviceCondition.device_id, DeviceCondition.body).where(
        DeviceCondition.device_id.in_(sorted(device for device, _ in names))
    )
    named = {device: body.get("journal", UNNAMED) for device, body in connection.execute(query)}
    return {name for name in names if named.get(name[0], UNNAMED) not in {UNNAMED, name[1]}}


def _make(connection: Connection, names: set[Name], now_ms: int) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "device_id": device,
            "journal": name,
            "epoch": now_ms,
            "committed": 0,
            "forked": False,
            "first_ms": now_ms,
            "last_ms": now_ms,
        }
        for device, name in sorted(names)
    ]
    if rows:
        connection.execute(insert(Journal).on_conflict_do_nothing(), rows)
