"""What stands on a kiosk's disk and in central's database, compared fact by fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import FOR_STAFF, WAITING, said
from central.facts.models import BootClock, FactAside, FactGap, StoredFact
from central.facts.models import Journal as StoredJournal
from central.facts.rows import LOST, pseudonym
from central.fleet.models import Order as StoredOrder
from central.fleet.models import RefusedMessage
from central.ingest.storing import FORKED
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyShare
from central.reports.tallies import Place, Sums
from kiosk.journal import Journal, Row
from tests.simulation.central import BRANCH, READERS, Central
from wire.envelope import UnknownFact, decode_fact, encode_fact
from wire.facts import AnyFact, FactsLost, kind_of

ALL = 1_000_000
LOST_ONE = encode_fact(FactsLost(1, "damaged")).decode()
"""In the place of a fact that nobody can read any more."""
ZONE = "Asia/Shanghai"


class Chronicle:
    """Every fact that was ever found on a kiosk's disk, read once and remembered."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        """By journal id."""
        self._facts: dict[str, list[AnyFact]] = {}
        """By kiosk, in the order in which they happened."""
        self._journals: dict[str, dict[str, None]] = {}
        """By kiosk, in the order in which they were made."""
        self.beside: dict[str, set[str]] = {}
        """Of each journal that two machines wrote, what either wrote after the fork."""

    def read(self, device: str, journal: Journal) -> list[Row]:
        """What has been added to a kiosk's present journal since the last look; all of it as remembered."""
        rows = self._rows.setdefault(journal.id, [])
        self._journals.setdefault(device, {}).setdefault(journal.id)
        facts = self._facts.setdefault(device, [])
        for row in journal.since(len(rows), ALL):
            fact = decode_fact(row.fact)
            assert not isinstance(fact, UnknownFact), row
            rows.append(row)
            facts.append(fact)
        return rows

    def read_beside(self, journal: Journal) -> int:
        """What one of two machines has added to a journal that both write; how many facts."""
        known = {(row.stamp, row.fact) for row in self._rows[journal.id]}
        added = [row for row in journal.since(0, ALL) if (row.stamp, row.fact) not in known]
        self.beside.setdefault(journal.id, set()).update(_body(row) for row in added)
        return len(added)

    def facts(self, device: str, journal: Journal) -> list[AnyFact]:
        """Every fact of a kiosk, in order."""
        self.read(device, journal)
        return self._facts[device]

    def earlier(self, device: str, journal: Journal) -> dict[str, list[Row]]:
        """The rows of a kiosk's journals that were set aside, by id."""
        return {name: self._rows[name] for name in self._journals.get(device, {}) if name != journal.id}


def check_set_aside(
    central: Central, device: str, name: str, rows: list[Row], beside: set[str]
) -> Iterator[str]:
    """Of a journal that was damaged each fact, or what stands in its place; at its end some may be missing, and
    where central was restored to before the damage, what it knows to be gone.

    Of one with two writers the facts before the fork, and after it those that one of them wrote.
    """
    with central.engine.execution_options(readonly=True).connect() as connection:
        stored = {row[0]: row[-1] for row in _stored(connection, device, name)}
        gaps = connection.execute(
            select(FactGap.first, FactGap.last).where(FactGap.device_id == device, FactGap.journal == name)
        ).all()
    gone = {seq for first, last in gaps for seq in range(first, last + 1)}
    if {*stored, *gone} != set(range(1, len(stored) + len(gone) + 1)):
        yield f"{device}: {name} has other gaps than {gaps}"
    for seq, body in stored.items():
        wanted = {_body(rows[seq - 1]), LOST_ONE} if seq <= len(rows) else beside
        if body not in wanted:
            yield f"{device}: {seq} of {name} is {body}, not one of {wanted}"


def check_central(central: Central, device: str, journal: Journal, rows: list[Row]) -> Iterator[str]:
    """Facts and watermark of one journal, whose rows are these."""
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        yield f"{device}: the journal has gaps"
    with central.engine.execution_options(readonly=True).connect() as connection:
        stored = _stored(connection, device, journal.id)
        committed, forked = connection.execute(
            select(StoredJournal.committed, StoredJournal.forked).where(
                StoredJournal.device_id == device, StoredJournal.journal == journal.id
            )
        ).one_or_none() or (0, False)
    wanted = [(row.seq, row.stamp.wall_ms, row.stamp.mono_ms, row.stamp.boot, _body(row)) for row in rows]
    if stored != wanted:
        first = next(
            (n for n, pair in enumerate(zip(stored, wanted, strict=False)) if pair[0] != pair[1]), None
        )
        yield f"{device}: {len(wanted)} facts journalled, {len(stored)} stored, first difference at {first}"
    if not journal.watermark == committed == len(stored) or forked:
        yield f"{device}: watermark {journal.watermark}, committed {committed}, forked {forked}"


def check_tallies(central: Central, forked: Iterable[str]) -> Iterator[str]:
    """The tallies are what a recount of the stored facts gives; nothing was refused or kept aside.

    But for what came of forked journals.
    """
    sums = Sums()
    with central.engine.execution_options(readonly=True).connect() as connection:
        query = select(StoredFact.device_id, StoredFact.at_ms, StoredFact.body)
        for device, at_ms, body in connection.execute(query):
            fact = decode_fact(body.encode())
            if not isinstance(fact, UnknownFact):
                sums.count(Place(device, BRANCH, ZONE), fact, at_ms)
        recounted = (sums.hours, sums.days, sums.months, sums.shares)
        for model, counts in zip((TallyHour, TallyDay, TallyMonth, TallyShare), recounted, strict=True):
            rows = connection.execute(select(model.__table__)).all()
            if {tuple(row[:-1]): row[-1] for row in rows} != dict(counts):
                yield f"{model.__tablename__} is not its recount"
        aside, refused = FactAside, RefusedMessage
        for query in (
            select(aside.__table__).where(aside.journal.not_in(sorted(forked))),
            select(refused.__table__).where(refused.why != FORKED),
        ):
            rows = connection.execute(query).all()
            if rows:
                yield f"{rows}"


def check_staff_list(
    central: Central, told: dict[str, list[AnyFact]], orphans: set[tuple[str, str]]
) -> Iterator[str]:
    """What kiosks decided by themselves stands in the list for staff, as it began and as it ended.

    What nobody will end any more is orphaned there. What is gone with both copies, a damaged page and a
    central restored to before it, nobody can list.
    """
    held = _held(central)
    wanted: dict[tuple[str, str], str] = {}
    for device, known in told.items():
        for fact in known:
            says = said(fact)
            name = device, getattr(fact, "txn", "")
            if (*name, kind_of(fact)) not in held:
                continue
            if says is not None and (says.opens or name in wanted):
                orphaned = name in orphans and says.state in WAITING
                wanted[name] = "orphaned" if orphaned else says.state
    row = OwedTransaction
    with central.engine.execution_options(readonly=True).connect() as connection:
        stored = {
            (device, txn): state
            for device, txn, state in connection.execute(select(row.device_id, row.txn, row.state))
        }
    for name in sorted(wanted.keys() | stored.keys()):
        is_so, should = stored.get(name), wanted.get(name)
        if is_so != should and (is_so, should) != ("conflict", "made"):
            yield f"{name} is {is_so} for staff, the kiosk said {should}"


def _held(central: Central) -> set[tuple[str, str, str]]:
    """Device, txn and kind of each fact of a transaction that central has."""
    query = select(StoredFact.device_id, StoredFact.body).where(StoredFact.body.like('%"txn"%'))
    with central.engine.execution_options(readonly=True).connect() as connection:
        found = [(device, msgspec.json.decode(body)) for device, body in connection.execute(query)]
    return {(device, body["txn"], body["kind"]) for device, body in found}


def check_dates(central: Central, device: str, begun: dict[str, int], within_ms: int) -> Iterator[str]:
    """Facts of boots that have a line stand where they happened: `begun` tells when their clocks began."""
    fact, line = StoredFact, BootClock
    query = (
        select(fact.journal, fact.seq, fact.kind, fact.boot, fact.mono_ms, fact.at_ms)
        .join(line, (line.device_id == fact.device_id) & (line.boot == fact.boot))
        .where(fact.device_id == device, fact.kind != LOST)
    )
    with central.engine.execution_options(readonly=True).connect() as connection:
        for journal, seq, kind, boot, mono_ms, at_ms in connection.execute(query):
            if boot in begun and abs(at_ms - mono_ms - begun[boot]) > within_ms:
                off_s = (at_ms - mono_ms - begun[boot]) / 1000
                yield f"{device}: {kind} ({seq} of {journal}) is dated {off_s:+.1f} s off"


def items_for_staff(central: Central) -> set[str]:
    """Books of which the list for staff says that library system and shelf do not agree."""
    row = OwedTransaction
    with central.engine.execution_options(readonly=True).connect() as connection:
        return set(connection.scalars(select(row.item).where(row.state.in_(FOR_STAFF))))


def orders(central: Central) -> list[tuple[str, int, str, int]]:
    """Device, number, state and time of issue of every order that central knows."""
    order = StoredOrder
    query = select(order.device_id, order.number, order.state, order.issued_ms)
    with central.engine.execution_options(readonly=True).connect() as connection:
        return [(device, number, state, at_ms) for device, number, state, at_ms in connection.execute(query)]


def _stored(connection: Connection, device: str, journal: str) -> list[tuple[Any, ...]]:
    fact = StoredFact
    query = (
        select(fact.seq, fact.wall_ms, fact.mono_ms, fact.boot, fact.body)
        .where(fact.device_id == device, fact.journal == journal)
        .order_by(fact.seq)
    )
    return [tuple(row) for row in connection.execute(query)]


def _body(row: Row) -> str:
    """A fact as central keeps it: the reader hashed once more."""
    text = row.fact.decode()
    if '"reader":"' not in text:
        return text
    reader = msgspec.json.decode(row.fact)["reader"]
    return text.replace(reader, pseudonym(READERS, reader))
