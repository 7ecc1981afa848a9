"""The journals' rows: found, made, locked in one order for all workers, written back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Insert, insert, select

from central.facts.models import FactGap, Journal
from central.facts.rows import Taken
from central.fleet.models import Branch, Device
from central.reports.tallies import Place
from central.statements import Bulk, Cursor, Prepared, among, insert_into
from wire.orders import Watermark

SETTLING_MS = 5_000
"""Batches that were under way when an epoch was minted arrive within it; they do not mint another."""

MAX_JOURNALS = 100
"""Of one device. Each damaged or replaced disk begins one; whoever begins a hundred only fills the table."""
UNNAMED = "0" * 32
"""Journal of a condition that names none."""

Name = tuple[str, str]
"""Device and journal."""


@dataclass(slots=True)
class Locked:
    """A journal's row under lock, as it will be written back.

    Facts 1 to `committed` are stored, but for those that are gone for good (gaps); none above is.
    """

    place: Place
    name: str
    epoch: int
    committed: int
    forked: bool
    pending: dict[int, Taken] = field(default_factory=dict)
    """Facts of this transaction by seq, at or below `committed`, not yet in the table."""
    mended: set[int] = field(default_factory=set)
    """Pending ones that take the place of a stored `facts.lost`."""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """First and last seq of what was found in this transaction to be gone for good."""

    def pass_over(self, oldest: int) -> None:
        """The kiosk has no fact below `oldest` any more: go on from there, and note what never came."""
        if oldest > self.committed + 1:
            self.gaps.append((self.committed + 1, oldest - 1))
            self.committed = oldest - 1

    def answer_epoch(self, told: int | None, now_ms: int, *, gap: bool) -> None:
        """Mint an epoch where the kiosk's cursor must be moved by one.

        Args:
            told: epoch that the kiosk knows; None where it does not tell, as if it knew ours.
            now_ms: central's clock, the new epoch unless that would be no later than a known one.
            gap: facts are missing before this batch. A kiosk that does not know our epoch yet is sent
                back by it; who knows it needs a new one, but not twice for what was under way together.
        """
        known = self.epoch if told is None else told
        settling = 0 <= now_ms - self.epoch < SETTLING_MS
        if known > self.epoch or (gap and known == self.epoch and not settling):
            self.epoch = max(now_ms, self.epoch + 1, known + 1)

    def watermark(self, now_ms: int) -> Watermark:
        """What to tell the kiosk after the commit."""
        return Watermark(self.name, self.epoch, self.committed, now_ms, self.forked)


def find_places(cursor: Cursor, devices: Iterable[str]) -> dict[str, Place]:
    """Where the devices stand that are in service."""
    names = sorted(devices)
    rows = cursor.all(_PLACES, names) if names else ()
    return {row[0]: Place(*row) for row in rows}


def lock(cursor: Cursor, names: set[Name], places: dict[str, Place], now_ms: int) -> dict[Name, Locked]:
    """The rows of these journals, locked to the end of the transaction, with all others of their devices.

    A journal never heard of gets a row with a fresh epoch, unless its device has MAX_JOURNALS already: then
    it is missing in the answer.
    """
    known = _lock(cursor, names, places)
    missing = names - known.keys()
    if missing:
        _make(cursor, _within_bound(known, missing), now_ms)
        known |= _lock(cursor, missing, places)
    return {name: journal for name, journal in known.items() if name in names}


def write_back(cursor: Cursor, journals: Collection[Locked], now_ms: int) -> None:
    """Store what became of the locked rows."""
    gaps = [
        {"device_id": j.place.device_id, "journal": j.name, "first": first, "last": last, "found_ms": now_ms}
        for j in journals
        for first, last in j.gaps
    ]
    if gaps:
        cursor.connection.execute(insert(FactGap), gaps)
    rows: list[tuple[object, ...]] = [
        (j.place.device_id, j.name, j.epoch, j.committed, j.forked, now_ms, now_ms) for j in journals
    ]
    if rows:
        cursor.many(_WRITTEN_BACK, rows)


_PLACES = Prepared(
    "devices",
    statement=lambda dialect: (
        select(Device.id, Device.branch_id, Branch.zone)
        .join(Branch, Branch.id == Device.branch_id)
        .where(among(dialect, Device.id, "devices"), Device.retired_on.is_(None))
    ),
)
_LOCK = Prepared(
    "devices",
    statement=lambda dialect: (
        select(Journal.device_id, Journal.journal, Journal.epoch, Journal.committed, Journal.forked)
        .where(among(dialect, Journal.device_id, "devices"))
        .order_by(Journal.device_id, Journal.journal)
        .with_for_update()
    ),
)


def _begun(dialect: str) -> Insert:
    made = insert_into(Journal, dialect)
    return made.values({"committed": 0, "forked": False}).on_conflict_do_nothing()


_BEGIN = Prepared("device_id", "journal", "epoch", "first_ms", "last_ms", statement=_begun)


def _written_back(dialect: str) -> Insert:
    """Changes rows that are locked, and so are there; it makes none."""
    made = insert_into(Journal, dialect)
    new = {name: made.excluded[name] for name in ("epoch", "committed", "forked", "last_ms")}
    return made.on_conflict_do_update(index_elements=["device_id", "journal"], set_=new)


_WRITTEN_BACK = Bulk(
    ("device_id", "journal", "epoch", "committed", "forked", "first_ms", "last_ms"), _written_back
)


def _lock(cursor: Cursor, names: set[Name], places: dict[str, Place]) -> dict[Name, Locked]:
    if not names:
        return {}
    rows = cursor.all(_LOCK, sorted({device for device, _ in names}))
    return {
        (device, name): Locked(places[device], name, epoch, committed, forked)
        for device, name, epoch, committed, forked in rows
    }


def _within_bound(known: Collection[Name], missing: Collection[Name]) -> set[Name]:
    counts = Counter(device for device, _ in known)
    found: set[Name] = set()
    for device, name in sorted(missing):
        counts[device] += 1
        if counts[device] <= MAX_JOURNALS:
            found.add((device, name))
    return found


def _make(cursor: Cursor, names: set[Name], now_ms: int) -> None:
    for device, name in sorted(names):
        cursor.run(_BEGIN, device, name, now_ms, now_ms, now_ms)
