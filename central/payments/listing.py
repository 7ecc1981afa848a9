"""What the pages ask of payments: lists, sums, what waits for somebody, and what the provider has. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from central.payments.models import DeskPayment, ProviderPayment
from central.payments.provider import Money
from central.payments.states import FOR_STAFF, OPEN

PAGE: Final = 50
MAX_DAYS: Final = 92
"""Longest period of one page."""

CONTRADICTING: Final = (DeskPayment.state == "settled") & (DeskPayment.resolution == "refunded")
"""`DeskPayment.contradicts`."""
VIEWS: dict[str, ColumnElement[bool]] = {
    "work": DeskPayment.state.in_(FOR_STAFF) & (DeskPayment.resolution == "") | CONTRADICTING,
    "waiting": DeskPayment.state.in_(OPEN),
    "settled": DeskPayment.state == "settled",
    "unpaid": DeskPayment.state.in_(("dropped", "lapsed")),
    "resolved": DeskPayment.resolution != "",
    "all": DeskPayment.txn != "",
}
"""View → what is in it. What is to be done is shown of all time, the rest of a period."""
NOBODYS: Final = (ProviderPayment.use != "payment") & (ProviderPayment.resolution == "")
"""Money that settles no payment, and that nobody has dealt with."""


class Period(NamedTuple):
    """Civil days, the last one too."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def first_ms(self) -> int:
        return _midnight_ms(self.first, self.zone)

    @property
    def end_ms(self) -> int:
        """Not of the period any more."""
        return _midnight_ms(self.last + timedelta(days=1), self.zone)


class Filter(NamedTuple):
    """Which payments a person wants to see."""

    view: str
    period: Period
    branches: Collection[str] | None = None
    """None: of all."""


class Sum(NamedTuple):
    """Payments of one day at one branch."""

    day: date
    branch: str
    payments: int
    fen: int
    open_fen: int
    """Of that money what is not booked."""


class Reconciled(NamedTuple):
    """Our books beside the provider's, for a period."""

    same: int
    same_fen: int
    missing_here: list[Money]
    missing_there: list[ProviderPayment]
    different: list[tuple[Money, ProviderPayment]]


def find(session: Session, chosen: Filter, skip: int = 0) -> Sequence[DeskPayment]:
    """A page, the latest first; of what is to be done the oldest."""
    order = (DeskPayment.wanted_ms, DeskPayment.device_id, DeskPayment.txn)
    backwards = [column.desc() for column in order]
    query = select(DeskPayment).where(*_within(chosen))
    query = query.order_by(*(order if chosen.view == "work" else backwards))
    return session.scalars(query.offset(skip).limit(PAGE)).all()


def every(session: Session, chosen: Filter) -> Sequence[DeskPayment]:
    """All of them, the oldest first."""
    return session.scalars(
        select(DeskPayment).where(*_within(chosen)).order_by(DeskPayment.wanted_ms, DeskPayment.txn)
    ).all()


def counts(session: Session, chosen: Filter) -> dict[str, int]:
    """How many there are in each view; to be done is also what settles no payment."""
    found = {
        view: session.scalar(select(func.count()).where(*_within(chosen._replace(view=view)))) or 0
        for view in VIEWS
    }
    return found | {"work": found["work"] + _nobodys(session)}


def sums(session: Session, chosen: Filter, zones: dict[str, ZoneInfo]) -> list[Sum]:
    """Money of the period by day and branch, the latest day first."""
    row = DeskPayment
    within = _within(chosen._replace(view="all"))
    query = select(row.paid_ms, row.wanted_ms, row.branch_id, row.amount_fen, row.state, row.resolution)
    count: Counter[tuple[date, str]] = Counter()
    fen: Counter[tuple[date, str]] = Counter()
    left: Counter[tuple[date, str]] = Counter()
    for paid_ms, wanted_ms, branch, amount_fen, state, resolution in session.execute(
        query.where(*within, row.provider_id != "")
    ):
        at_ms = paid_ms if paid_ms is not None else wanted_ms
        zone = zones.get(branch, chosen.period.zone)
        key = (datetime.fromtimestamp(at_ms / 1000, zone).date(), branch)
        count[key] += 1
        fen[key] += amount_fen
        left[key] += 0 if state == "settled" or resolution else amount_fen
    return [Sum(*key, count[key], fen[key], left[key]) for key in sorted(count, reverse=True)]


def nobodys(session: Session) -> Sequence[ProviderPayment]:
    """Money that waits for somebody, the oldest first."""
    return session.scalars(
        select(ProviderPayment).where(NOBODYS).order_by(ProviderPayment.paid_ms).limit(PAGE)
    ).all()


def work(session: Session) -> int:
    """How many wait for somebody; for the navigation of every page."""
    mine = session.scalar(select(func.count()).select_from(DeskPayment).where(VIEWS["work"])) or 0
    return mine + _nobodys(session)


def _nobodys(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProviderPayment).where(NOBODYS)) or 0


def compare(session: Session, theirs: Sequence[Money], period: Period) -> Reconciled:
    """Ours beside the provider's list of the same period."""
    row = ProviderPayment
    mine = row.paid_ms.between(period.first_ms, period.end_ms - 1)
    numbers = {one.provider_id: one for one in theirs}
    ours = {one.provider_id: one for one in session.scalars(select(row).where(mine))}
    rest = sorted(numbers.keys() - ours.keys())
    for at in range(0, len(rest), 500):  # their clock and ours of an earlier word may differ by a day
        ours |= {
            one.provider_id: one
            for one in session.scalars(select(row).where(row.provider_id.in_(rest[at : at + 500])))
        }
    both = [(numbers[name], ours[name]) for name in sorted(numbers.keys() & ours.keys())]
    same = [there for there, here in both if there.amount_fen == here.amount_fen]
    return Reconciled(
        len(same),
        sum(one.amount_fen for one in same),
        [numbers[name] for name in sorted(numbers.keys() - ours.keys())],
        [ours[name] for name in sorted(ours.keys() - numbers.keys())],
        [(there, here) for there, here in both if there.amount_fen != here.amount_fen],
    )


def _within(chosen: Filter) -> list[ColumnElement[bool]]:
    within = [VIEWS[chosen.view]]
    if chosen.view != "work":
        within.append(DeskPayment.wanted_ms.between(chosen.period.first_ms, chosen.period.end_ms - 1))
    if chosen.branches is not None:
        within.append(DeskPayment.branch_id.in_(sorted(chosen.branches)))
    return within


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)
