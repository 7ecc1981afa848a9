"""What the staff's pages ask of the owed transactions: counts, a list, one with its history. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from central.accounts.models import AuditEntry
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import FOR_STAFF, WAITING
from central.facts.models import StoredFact
from central.fleet.models import Order

PAGE = 50
AROUND_MS = 60_000
"""The intent is written before its transaction begins, and clocks are corrected."""
MAX_FACTS = 20
OLDEST_FIRST: Final = frozenset({"work", "waiting", *FOR_STAFF})
"""Views of what is not over; the others show the latest first."""


class Filter(NamedTuple):
    """Which transactions a person wants to see."""

    view: str = "work"
    """One of VIEWS."""
    device: str = ""
    """Empty: of all."""
    branches: Collection[str] | None = None
    """None: of all."""


VIEWS: dict[str, ColumnElement[bool]] = {
    "work": OwedTransaction.state.in_(FOR_STAFF) & (OwedTransaction.resolution == ""),
    "refused": (OwedTransaction.state == "refused") & (OwedTransaction.resolution == ""),
    "conflict": (OwedTransaction.state == "conflict") & (OwedTransaction.resolution == ""),
    "undone": (OwedTransaction.state == "undone") & (OwedTransaction.resolution == ""),
    "orphaned": (OwedTransaction.state == "orphaned") & (OwedTransaction.resolution == ""),
    "waiting": OwedTransaction.state.in_(WAITING),
    "forced": OwedTransaction.forced.is_(True),
    "resolved": OwedTransaction.resolution != "",
    "made": OwedTransaction.state == "made",
    "abandoned": OwedTransaction.state == "abandoned",
}
"""View → what is in it."""


def find(session: Session, chosen: Filter, skip: int = 0) -> Sequence[OwedTransaction]:
    """A page of transactions, the oldest first; of what is over the latest first."""
    owed = OwedTransaction
    order = (owed.begun_ms, owed.device_id, owed.txn)
    query = select(owed).where(VIEWS[chosen.view], *_within(chosen))
    if chosen.view in OLDEST_FIRST:
        query = query.order_by(*order)
    else:
        query = query.order_by(*(column.desc() for column in order))
    return session.scalars(query.offset(skip).limit(PAGE)).all()


def counts(session: Session, chosen: Filter) -> dict[str, int]:
    """How many there are in each view, of the filter's branches and device."""
    sums = [func.count().filter(where) for where in VIEWS.values()]
    row = session.execute(select(*sums).select_from(OwedTransaction).where(*_within(chosen))).one()
    return dict(zip(VIEWS, row, strict=True))


def _within(chosen: Filter) -> list[ColumnElement[bool]]:
    within = []
    if chosen.device:
        within.append(OwedTransaction.device_id == chosen.device)
    if chosen.branches is not None:
        within.append(OwedTransaction.branch_id.in_(sorted(chosen.branches)))
    return within


def work(session: Session) -> int:
    """How many wait for somebody; for the navigation of every page."""
    return session.scalar(select(func.count()).select_from(OwedTransaction).where(VIEWS["work"])) or 0


class Held(NamedTuple):
    """What a kiosk has not told the ILS yet, and what waits for staff."""

    waiting: int
    oldest_ms: int | None
    """When the oldest that waits began."""
    work: int


def held(session: Session, device: str) -> Held:
    """Of one kiosk."""
    owed = OwedTransaction
    query = select(
        func.count().filter(VIEWS["waiting"]),
        func.min(owed.begun_ms).filter(VIEWS["waiting"]),
        func.count().filter(VIEWS["work"]),
    ).where(owed.device_id == device)
    return Held(*session.execute(query).one())


# ---------------------------------------------------------------- one transaction
def subject(device: str, txn: str) -> str:
    """How the audit names a transaction."""
    return f"{device} {txn}"


def orders(session: Session, owed: OwedTransaction) -> Sequence[Order]:
    """What the kiosk was told to do about it, the last first."""
    about = select(Order).where(Order.device_id == owed.device_id, Order.txn == owed.txn)
    return session.scalars(about.order_by(Order.number.desc())).all()


def facts(session: Session, owed: OwedTransaction) -> Sequence[StoredFact]:
    """What the kiosk wrote of it, in order."""
    fact, ends_ms = StoredFact, owed.settled_ms or owed.begun_ms
    query = select(fact).where(
        fact.device_id == owed.device_id,
        fact.at_ms >= min(owed.begun_ms, ends_ms) - AROUND_MS,
        fact.at_ms <= max(owed.begun_ms, ends_ms) + AROUND_MS,
        fact.body.contains(f'"{owed.txn}"', autoescape=True),
    )
    return session.scalars(query.order_by(fact.at_ms, fact.id).limit(MAX_FACTS)).all()


def done(session: Session, owed: OwedTransaction) -> Sequence[AuditEntry]:
    """What staff did about it, in order."""
    named = subject(owed.device_id, owed.txn)
    query = select(AuditEntry).where(
        AuditEntry.at_ms >= owed.begun_ms - AROUND_MS, AuditEntry.subject.startswith(named, autoescape=True)
    )
    return session.scalars(query.order_by(AuditEntry.id)).all()
