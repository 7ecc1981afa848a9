"""Figures that the ledger alone knows: who registered, what institutions borrowed, what was paid and forgiven.

Counted from the ledger's rows when they are asked for, by civil days; what machines counted stands in the tallies
(`central.reports`), and no loan is added up out of both. Money in 分.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Executable, case, func, literal, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from central.circulation.ledger.models import Fee, Item, Loan, Payment, Reader, ReaderType, Waiver
from central.reports.measure import Measure
from wire.faults import Words

_LOANS, _READERS, _FEN = Words("册次", "loans"), Words("人", "readers"), Words("分", "hundredths of a yuan")

FIGURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "readers_registered",
            Words("新办读者证", "Readers registered"),
            _READERS,
            Words(
                "期内办证的读者，按开户馆计；已应要求删除资料的读者不计。",
                "By home branch; erased readers are not counted.",
            ),
        ),
        Measure(
            "ledger_loans",
            Words("外借册次（含人工）", "Loans of the ledger"),
            _LOANS,
            Words(
                "内置流通系统登记的全部外借，含人工与自助。",
                "All that the ledger lent, at desks and machines.",
            ),
        ),
        Measure(
            "institution_loans",
            Words("统借册次", "Loans to institutions"),
            _LOANS,
            Words("其中单位读者的外借。", "Of these, to readers of an institution's type."),
            under="ledger_loans",
        ),
        Measure(
            "interlibrary_loans",
            Words("馆际互借册次", "Interlibrary loans"),
            _LOANS,
            Words("其中向他馆借入图书的外借。", "Of these, of items that another library lent to us."),
            under="ledger_loans",
        ),
        Measure(
            "fees_charged",
            Words("应收费用", "Fees charged"),
            _FEN,
            Words("期内登记的费用，按种类。", "Entered in the period, by kind."),
        ),
        Measure(
            "fees_collected",
            Words("实收费用", "Fees collected"),
            _FEN,
            Words("期内缴费减去退费，按方式。", "Payments less what was given back, by method."),
        ),
        Measure(
            "fees_waived",
            Words("减免费用", "Fees forgiven"),
            _FEN,
            Words("期内由减免活动或工作人员免收的费用。", "By amnesties or by staff."),
        ),
        Measure(
            "deposits",
            Words("押金净额", "Deposits taken"),
            _FEN,
            Words("期内收取的押金减去退还的押金，按方式。", "Deposits less those given back, by method."),
        ),
    )
}
"""What is counted, and its definition for who reads it."""


class Period(NamedTuple):
    """Civil days, the last one too, at some branches."""

    first: date
    last: date
    zone: str
    """IANA name."""
    branches: Collection[str] | None = None
    """None: all."""

    def holds(self, at_ms: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Whether a time lies within."""
        first_ms, after_ms = (
            round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).timestamp() * 1000)
            for day in (self.first, self.last + timedelta(days=1))
        )
        return at_ms.between(first_ms, after_ms - 1)

    def at(self, branch: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Whether a branch is one of them."""
        return true() if self.branches is None else branch.in_(sorted(self.branches))


class Figure(NamedTuple):
    name: str
    """Of `FIGURES`."""
    part: str
    """Kind or method; empty where there are none."""
    amount: int


def figures(session: Session, period: Period) -> list[Figure]:
    """Every figure of a period, in the order of `FIGURES`; parts that are nothing are left out."""
    found: list[Figure] = []
    for name, query in _queries(period):
        rows = [(part, int(amount or 0)) for part, amount in session.execute(query)]
        found += [Figure(name, part, amount) for part, amount in sorted(rows) if amount or not part]
    return found


def _queries(period: Period) -> tuple[tuple[str, Executable], ...]:
    """Each selects (part, amount)."""
    lent = (
        select(literal(""), func.count())
        .select_from(Loan)
        .where(period.holds(Loan.lent_ms), period.at(Loan.lent_branch_id))
    )
    registered = select(literal(""), func.count()).select_from(Reader)
    by_amnesty = case(
        (Waiver.amnesty_id.is_(None), literal_column("'staff'")), else_=literal_column("'amnesty'")
    )
    return (
        (
            "readers_registered",
            registered.where(period.holds(Reader.registered_ms), period.at(Reader.branch_id)),
        ),
        ("ledger_loans", lent),
        (
            "institution_loans",
            lent.join(ReaderType, ReaderType.id == Loan.reader_type_id).where(ReaderType.institution),
        ),
        (
            "interlibrary_loans",
            lent.join(Item, Item.barcode == Loan.item_barcode).where(Item.lender != ""),
        ),
        (
            "fees_charged",
            select(Fee.kind, func.sum(Fee.amount_fen))
            .where(period.holds(Fee.at_ms), period.at(Fee.branch_id))
            .group_by(Fee.kind),
        ),
        ("fees_collected", _money("fees", period)),
        (
            "fees_waived",
            select(by_amnesty, func.sum(Waiver.amount_fen))
            .join(Fee, Fee.id == Waiver.fee_id)
            .where(period.holds(Waiver.at_ms), period.at(Fee.branch_id))
            .group_by(by_amnesty),
        ),
        ("deposits", _money("deposit", period)),
    )


def _money(kind: str, period: Period) -> Executable:
    return (
        select(Payment.method, func.sum(Payment.amount_fen))
        .where(Payment.kind == kind, period.holds(Payment.at_ms), period.at(Payment.branch_id))
        .group_by(Payment.method)
    )
