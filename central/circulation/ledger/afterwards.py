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

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy import case as either

from central.circulation.ledger import arrivals, lending, loans, overdue, rules, sets, waiting
from central.circulation.ledger.arrivals import STAYS
from central.circulation.ledger.desk import Desk, Happened
from central.circulation.ledger.locks import lock_both, lock_item
from central.circulation.ledger.models import Item, Loan
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.circulation.ledger.standing import Copy, standing
from central.statements import Cursor, Prepared
from wire import faults

CLOCKS_MS: Final = 120_000
"""A terminal's clock and ours may differ by so much; facts allow the same."""
OLDEST: Final = timedelta(days=60)
"""Nobody is offline for longer; a date before that is a clock that was never set."""
LONGEST: Final = timedelta(days=400)
"""No rule lends for longer; a due date beyond that is no date."""
SECOND_MS: Final = 1000


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
    return said.date() if timedelta() <= said.date() - first <= LONGEST else None


def check_out(cursor: Cursor, desk: Desk, card: str, barcode: str, happened: Happened) -> Lent | Refused:
    """Write a loan down. Refused for an unknown card or item alone."""
    then = replace(desk, now_ms=happened.at_ms)
    found = lock_both(cursor, then, card, barcode)
    if isinstance(found, Refused):
        return found
    copy, _, reader = found
    own = cursor.one(_OWN, barcode, card, happened.at_ms, happened.at_ms + CLOCKS_MS)
    if own is not None:
        return Lent(copy.book, own[0], known=True, reader_type=reader.type)
    running, ended_ms = _running(cursor, barcode, happened.at_ms), _next(cursor, barcode, happened.at_ms)
    if running is not None and ended_ms is None:
        _end(cursor, then, copy, running)
    now, places = waiting.join(cursor, copy, standing(cursor, barcode))
    case = lending.case(cursor, then, reader, copy, now, places)
    fault = rules.verdict(rules.LOAN, replace(case, lent_to_other=running is not None))
    due_on = happened.due_on or lending.due(cursor, then, case)
    if ended_ms is None:
        lending.take_along(cursor, desk, copy, now)
    overridden = faults.number(fault) if fault else None
    lent = (barcode, card, happened.at_ms, due_on, desk.account, desk.branch, reader.type)
    cursor.run(loans.LEND, *lent, overridden, desk.now_ms, ended_ms)
    lending.serve(cursor, then, copy, places, card, gone=ended_ms is None)
    return Lent(copy.book, due_on, overridden=fault, reader_type=reader.type)


def check_in(cursor: Cursor, desk: Desk, barcode: str, at_ms: int) -> Returned | Refused:
    """Write a return down. `at_ms` names a whole second, as a terminal does: what began within it is before."""
    at_ms = min(at_ms - at_ms % SECOND_MS + SECOND_MS - 1, desk.now_ms)
    found = lock_item(cursor, barcode)
    if found is None:
        return Refused("item_unknown")
    copy, now = found
    running = _running(cursor, barcode, at_ms)
    if running is None and now.loan is None and copy.status == "withdrawn":
        return Refused("return_refused", copy.book)
    fee_fen = 0
    if running is not None and running.returned_ms is None:
        fee_fen = _end(cursor, replace(desk, now_ms=at_ms), copy, running)
    here, way = _next(cursor, barcode, at_ms) is None, STAYS
    if here:
        cursor.run(loans.SHELVE, desk.branch, at_ms, barcode)
        way = arrivals.arrive(cursor, desk, copy, *waiting.join(cursor, copy, now))
    return Returned(
        replace(copy.book, place=desk.branch) if here else copy.book,
        was_lent=running is not None,
        wanted_at=way.wanted_at,
        notice=lending.NOTICES.get(copy.status),
        sent_to=way.sent_to,
        locker=way.locker,
        fee_fen=fee_fen,
        missing=sets.still_with(cursor, copy, running.card) if running else (),
    )


def _end(cursor: Cursor, then: Desk, copy: Copy, running: Running) -> int:
    """End a loan at that time; what it costs, in 分."""
    cursor.run(loans.END, then.now_ms, then.account, running.loan)
    return overdue.charge(cursor, then, copy, running.loan, then.today)


# ---------------------------------------------------------------- what happened to the item
class Running(NamedTuple):
    """The loan that an item was out on at some time."""

    loan: int
    card: str | None
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
    statement=select(Loan.id, Loan.reader_card, Loan.returned_ms)
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
