"""What stands on a kiosk's disk and in central's database, compared fact by fact."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from central.circulation.models import OwedTransaction
from central.circulation.owed import FOR_STAFF, said
from central.facts.models import FactAside, StoredFact
from central.facts.models import Journal as StoredJournal
from central.facts.rows import pseudonym
from central.fleet.models import Order as StoredOrder
from central.fleet.models import RefusedMessage
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyShare
from central.reports.tallies import Place, Sums
from kiosk.journal import Journal, Row
from tests.simulation.central import BRANCH, READERS, Central
from wire.envelope import UnknownFact, decode_fact, encode_fact
from wire.facts import AnyFact, FactsLost

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

    def facts(self, device: str, journal: Journal) -> list[AnyFact]:
        """Every fact of a kiosk, in order."""
        self.read(device, journal)
        return self._facts[device]

    def earlier(self, device: str, journal: Journal) -> dict[str, list[Row]]:
        """The rows of a kiosk's journals that were set aside, by id."""
        return {name: self._rows[name] for name in self._journals.get(device, {}) if name != journal.id}


def check_set_aside(central: Central, device: str, name: str, rows: list[Row]) -> Iterator[str]:
    """Of a journal that was damaged each fact, or what stands in its place; at its end some may be missing."""
    with central.engine.execution_options(readonly=True).connect() as connection:
        stored = _stored(connection, device, name)
    if [seq for seq, *_ in stored] != list(range(1, len(stored) + 1)) or len(stored) > len(rows):
        yield f"{device}: of {len(rows)} facts in {name} those stored have gaps, or are more"
    for row, (_, *_, body) in zip(rows, stored, strict=False):
        if body not in {_body(row), LOST_ONE}:
            yield f"{device}: {row.seq} of {name} is {body}, not {row.fact!r}"


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


def check_tallies(central: Central) -> Iterator[str]:
    """The tallies are what a recount of the stored facts gives; nothing was refused or kept aside."""
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
        for table in (FactAside, RefusedMessage):
            rows = connection.execute(select(table.__table__)).all()
            if rows:
                yield f"{table.__tablename__}: {rows}"


def check_staff_list(central: Central, told: dict[str, list[AnyFact]]) -> Iterator[str]:
    """What kiosks decided by themselves stands in the list for staff, as it began and as it ended."""
    wanted: dict[tuple[str, str], str] = {}
    for device, known in told.items():
        for fact in known:
            says = said(fact)
            name = device, getattr(fact, "txn", "")
            if says is not None and (says.opens or name in wanted):
                wanted[name] = says.state
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


def _stored(connection: Connection, device: str, journal: str) -> list[tuple[object, ...]]:
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
