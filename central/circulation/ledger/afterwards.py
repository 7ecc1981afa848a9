"""Lending and taking back that has happened already, told when the line is back (SIP2's no block).

The rules come too late: the reader has the book, or the book is here. So nothing is refused but what cannot
be written down: `card_unknown`, `item_unknown`, and a withdrawn item that is on nobody's card. What else
happened to the item decides, each event at its own time, whatever the order in which it is told:

    a loan at t, and                                      so
    the reader's own loan runs at t, or began just after  it is that loan, told again: nothing is done
    nothing happened to the item after t                  it is on loan since t; an older loan of another ends at t
    it came back after t, or was lent again after t       history: lent at t, ended by that event; no more is changed

    a return at t, and
    a loan that was open at t                             ends at t
    a loan that began after t                             stands
    nothing happened to the item after t                  it is here

- A loan keeps the rule that it passed by (`Loan.overridden`), and when it was told (`Loan.entered_ms`).
- Dates are bounded: one of the future is now, one older than 60 days is 60 days old.
- Locks, commits and concurrency as in `central.circulation.ledger.lending`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy import case as either

from central.circulation.ledger import enquiries, lending, rules
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.enquiries import Copy, Standing
from central.circulation.ledger.models import Item, Loan
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.statements import Cursor, Prepared
from wire import faults

CLOCKS_MS: Final = 120_000
"""A terminal's clock and ours may differ by so much; facts allow the same."""
OLDEST: Final = timedelta(days=60)
"""Nobody is offline for longer; a date before that is a clock that was never set."""
LONGEST: Final = timedelta(days=400)
"""No rule lends for longer; a due date beyond that is no date."""
SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Happened:
    """What a terminal tells afterwards."""

    at_ms: int
    """When, as `when` bounds it."""
    due_on: date | None = None
    """What the reader was told, as `promised` bounds it; None: the rules decide."""


def when(desk: Desk, said: datetime | None) -> int:
    """A transaction date in milliseconds since 1970: now where there is none, never later, not too old.

    A naive date is civil time of the branch.
    """
    if said is None:
        return desk.now_ms
    at = said if said.tzinfo else said.replace(tzinfo=ZoneInfo(desk.zone))
    at = max(at, desk.now - OLDEST)
    return min(round(at.timestamp() * 1000), desk.now_ms)


def promised(desk: Desk, at_ms: int, said: datetime | None) -> date | None:
    """A due date that a reader can have been told at that time; None for any other."""
    if said is None:
        return None
    first = replace(desk, now_ms=at_ms).today
    return said.date() if first <= said.date() <= first + LONGEST else None


def check_out(cursor: Cursor, desk: Desk, card: str, barcode: str, happened: Happened) -> Lent | Refused:
    """Write a loan down. Refused for an unknown card or item alone."""
    copy = lending.lock_copy(cursor, barcode)
    reader = lending.lock_reader(cursor, card)
    if reader is None:
        return Refused("card_unknown", copy.book if copy else None)
    if copy is None:
        return Refused("item_unknown")
    own = cursor.one(_OWN, barcode, card, happened.at_ms, happened.at_ms + CLOCKS_MS)
    if own is not None:
        return Lent(copy.book, own[0])
    now, running = enquiries.standing(cursor, barcode), _running(cursor, barcode, happened.at_ms)
    then = replace(desk, now_ms=happened.at_ms)
    case = lending.case(cursor, then, reader, copy, now)
    fault = rules.verdict(replace(case, lent_to_other=running is not None))
    due_on = happened.due_on or lending.due(then, case)
    ended_ms = _next(cursor, barcode, happened.at_ms)
    if ended_ms is None:
        if running is not None:
            cursor.run(lending.END_LOAN, happened.at_ms, desk.account, running.loan)
        lending.move(cursor, desk, copy)
    if now.awaiting == card:
        cursor.run(lending.FILL_HOLD, happened.at_ms, now.hold)
    overridden = faults.number(fault) if fault else None
    lent = (barcode, card, happened.at_ms, due_on, desk.account, overridden)
    cursor.run(lending.LEND, *lent, desk.now_ms, ended_ms)
    return Lent(copy.book, due_on, overridden=fault)


def check_in(cursor: Cursor, desk: Desk, barcode: str, at_ms: int) -> Returned | Refused:
    """Write a return down. `at_ms` names a whole second, as a terminal does: what began within it is before."""
    at_ms = min(at_ms - at_ms % SECOND_MS + SECOND_MS - 1, desk.now_ms)
    copy = lending.lock_copy(cursor, barcode)
    if copy is None:
        return Refused("item_unknown")
    running = _running(cursor, barcode, at_ms)
    now = enquiries.standing(cursor, barcode)
    if running is None and now.loan is None and copy.status == "withdrawn":
        return Refused("return_refused", copy.book)
    if running is not None and running.returned_ms is None:
        cursor.run(lending.END_LOAN, at_ms, desk.account, running.loan)
        now = now._replace(loan=None)
    here = _next(cursor, barcode, at_ms) is None
    if here:
        cursor.run(lending.SHELVE, desk.branch, at_ms, barcode)
    return Returned(
        replace(copy.book, place=desk.branch) if here else copy.book,
        was_lent=running is not None,
        wanted_at=_wanted_at(copy, now),
        notice="item_lost" if copy.status == "lost" else None,
    )


def _wanted_at(copy: Copy, now: Standing) -> str | None:
    return now.pickup if copy.status == "available" and now.loan is None else None


# ---------------------------------------------------------------- what happened to the item
class Running(NamedTuple):
    """The loan that an item was out on at some time."""

    loan: int
    returned_ms: int | None


_runs_on = or_(Loan.returned_ms.is_(None), Loan.returned_ms > bindparam("at_ms"))
_OWN = Prepared(
    "barcode",
    "card",
    "at_ms",
    "until_ms",
    statement=select(Loan.due_on)
    .where(
        Loan.item_barcode == bindparam("barcode"),
        Loan.reader_card == bindparam("card"),
        or_(Loan.lent_ms == bindparam("at_ms"), and_(Loan.lent_ms <= bindparam("until_ms"), _runs_on)),
    )
    .order_by(Loan.lent_ms.desc())
    .limit(1),
)
_RUNNING = Prepared(
    "barcode",
    "at_ms",
    statement=select(Loan.id, Loan.returned_ms)
    .where(Loan.item_barcode == bindparam("barcode"), Loan.lent_ms <= bindparam("at_ms"), _runs_on)
    .order_by(Loan.lent_ms.desc(), Loan.id.desc())
    .limit(1),
)
_later_loan = either((Loan.lent_ms > bindparam("at_ms"), Loan.lent_ms), else_=Loan.returned_ms)
_NEXT = Prepared(
    "barcode",
    "at_ms",
    statement=select(
        select(func.min(_later_loan))
        .where(
            Loan.item_barcode == bindparam("barcode"),
            or_(Loan.lent_ms > bindparam("at_ms"), Loan.returned_ms > bindparam("at_ms")),
        )
        .scalar_subquery(),
        select(Item.returned_ms)
        .where(Item.barcode == bindparam("barcode"), Item.returned_ms > bindparam("at_ms"))
        .scalar_subquery(),
    ),
)


def _running(cursor: Cursor, barcode: str, at_ms: int) -> Running | None:
    row = cursor.one(_RUNNING, barcode, at_ms)
    return None if row is None else Running(*row)


def _next(cursor: Cursor, barcode: str, at_ms: int) -> int | None:
    """When the item next came back or was lent after that time; None: never since."""
    found = [ms for ms in cursor.one(_NEXT, barcode, at_ms) or () if ms is not None]
    return min(found) if found else None
