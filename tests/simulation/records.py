"""What stood on kiosks' disks and what central's database holds, compared fact by fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select

from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import FOR_STAFF, WAITING, said
from central.facts.models import BootClock, FactAside, FactGap
from central.facts.models import Journal as StoredJournal
from central.facts.rows import LOST
from central.fleet.models import DeviceCondition, RefusedMessage
from central.fleet.models import Order as StoredOrder
from central.ingest.storing import FORKED
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from kiosk.journal import Journal
from tests.simulation.central import Central
from tests.simulation.chronicle import Wanted
from tests.simulation.holdings import Held, Holdings
from wire.envelope import encode_fact
from wire.facts import Fact, FactsLost, kind_of

LOST_ONE = encode_fact(FactsLost(1, "damaged")).decode()
"""In the place of a fact that nobody can read any more."""


def check_set_aside(
    central: Central, device: str, name: str, held: list[Held], wanted: list[Wanted], beside: set[str]
) -> Iterator[str]:
    """Of a journal that was damaged each fact, or what stands in its place; at its end some may be missing, and
    where central was restored to before the damage, what it knows to be gone.

    Of one with two writers the facts before the fork, and after it those that one of them wrote.
    """
    with central.readonly.connect() as connection:
        gaps = connection.execute(
            select(FactGap.first, FactGap.last).where(FactGap.device_id == device, FactGap.journal == name)
        ).all()
    gone = {seq for first, last in gaps for seq in range(first, last + 1)}
    if {*(one.seq for one in held), *gone} != set(range(1, len(held) + len(gone) + 1)):
        yield f"{device}: {name} has other gaps than {gaps}"
    for one in held:
        known = {wanted[one.seq - 1][-1], LOST_ONE} if one.seq <= len(wanted) else beside
        if one.body not in known:
            yield f"{device}: {one.seq} of {name} is {one.body}, not one of {known}"


def check_central(
    central: Central, device: str, journal: Journal, held: list[Held], wanted: list[Wanted], known: int
) -> Iterator[str]:
    """Facts and watermark of one journal, in which these were wanted; the first `known` agreed before, and stayed."""
    if [one[0] for one in wanted[known:]] != list(range(known + 1, len(wanted) + 1)):
        yield f"{device}: the journal has gaps"
    with central.readonly.connect() as connection:
        committed, forked = connection.execute(
            select(StoredJournal.committed, StoredJournal.forked).where(
                StoredJournal.device_id == device, StoredJournal.journal == journal.id
            )
        ).one_or_none() or (0, False)
    stored = [one[:5] for one in held[known:]]  # all that the kiosk wrote
    if stored != wanted[known:]:
        pairs = enumerate(zip(stored, wanted[known:], strict=False), known)
        first = next((n for n, (is_so, should) in pairs if is_so != should), None)
        yield f"{device}: {len(wanted)} facts journalled, {len(held)} stored, first difference at {first}"
    if not journal.watermark == committed == len(held) or forked:
        yield f"{device}: watermark {journal.watermark}, committed {committed}, forked {forked}"


def check_tallies(central: Central, holdings: Holdings, forked: Iterable[str]) -> Iterator[str]:
    """The tallies are what a recount of the stored facts gives; nothing was refused or kept aside.

    But for what came of forked journals.
    """
    with central.readonly.connect() as connection:
        for model, counts in zip(
            (TallyHour, TallyDay, TallyMonth, TallyShare, TallyPeak), holdings.totals, strict=True
        ):
            rows = connection.execute(select(model.__table__)).all()
            if {row[:-1]: row[-1] for row in rows} != counts:
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
    central: Central,
    held: Mapping[tuple[str, str, str], int],
    told: Mapping[str, Iterable[Fact]],
    orphans: set[tuple[str, str]],
) -> Iterator[str]:
    """What kiosks decided by themselves stands in the list for staff, as it began and as it ended.

    What nobody will end any more is orphaned there. What is gone with both copies, a damaged page and a
    central restored to before it, nobody can list.
    """
    wanted: dict[tuple[str, str], str] = {}
    for device, known in told.items():
        for fact in known:
            says = said(fact)
            if says is None:
                continue
            name = device, getattr(fact, "txn", "")
            if (says.opens or name in wanted) and held[*name, kind_of(fact)]:
                orphaned = name in orphans and says.state in WAITING
                wanted[name] = "orphaned" if orphaned else says.state
    row = OwedTransaction
    with central.readonly.connect() as connection:
        stored = {
            (device, txn): state
            for device, txn, state in connection.execute(select(row.device_id, row.txn, row.state))
        }
    for name in sorted(wanted.keys() | stored.keys()):
        is_so, should = stored.get(name), wanted.get(name)
        if is_so != should and (is_so, should) not in {("conflict", "made"), ("undone", "made")}:
            yield f"{name} is {is_so} for staff, the kiosk said {should}"


def corrected_boots(central: Central, device: str) -> set[str]:
    """Those of a kiosk's boots that have a line: their facts are dated by it."""
    with central.readonly.connect() as connection:
        return set(connection.scalars(select(BootClock.boot).where(BootClock.device_id == device)))


def check_dates(device: str, held: Iterable[Held], begun: Mapping[str, int], within_ms: int) -> Iterator[str]:
    """Facts of these boots stand where they happened: `begun` tells when their clocks began."""
    for one in held:
        if one.boot not in begun or one.kind == LOST:
            continue
        off_ms = one.at_ms - one.mono_ms - begun[one.boot]
        if abs(off_ms) > within_ms:
            yield f"{device}: {one.kind} ({one.seq}) is dated {off_ms / 1000:+.1f} s off"


def waits_for(central: Central, device: str) -> set[str]:
    """Transactions whose end central waits for from this kiosk."""
    row = OwedTransaction
    with central.readonly.connect() as connection:
        return set(connection.scalars(select(row.txn).where(row.device_id == device, row.state.in_(WAITING))))


def items_for_staff(central: Central) -> set[str]:
    """Books of which the list for staff says that library system and shelf do not agree."""
    row = OwedTransaction
    with central.readonly.connect() as connection:
        return set(connection.scalars(select(row.item).where(row.state.in_(FOR_STAFF))))


def conflicts(central: Central) -> set[str]:
    """Loans of which the list for staff says that the library system heard when the book was back already."""
    row = OwedTransaction
    with central.readonly.connect() as connection:
        return set(connection.scalars(select(row.txn).where(row.state == "conflict")))


def undone(central: Central) -> set[str]:
    """Loans of which it says that a return from before them has ended them at the library system."""
    row = OwedTransaction
    with central.readonly.connect() as connection:
        return set(connection.scalars(select(row.txn).where(row.state == "undone")))


def orders(central: Central) -> list[tuple[str, int, str, str, int, str | None]]:
    """Device, number, verb, state, time of issue and boot, where one was named, of every order that central knows."""
    order = StoredOrder
    query = select(order.device_id, order.number, order.verb, order.state, order.issued_ms, order.boot)
    with central.readonly.connect() as connection:
        found = connection.execute(query)
        return [(name, given, verb, state, at_ms, boot) for name, given, verb, state, at_ms, boot in found]


def heard(central: Central) -> dict[str, tuple[int, str]]:
    """By device, the session and the boot of the condition that central holds."""
    row = DeviceCondition
    query = select(row.device_id, row.session, row.body)
    with central.readonly.connect() as connection:
        return {name: (session, body["boot"]) for name, session, body in connection.execute(query)}
