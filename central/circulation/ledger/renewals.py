"""A reader's own loan running on. The rule, the closures and the fines are those of the branch that lent it.

    what happens                                  so
    nothing speaks against it                     due `renew_days` from today, or the next open day, never earlier
    a rule of `rules.RENEWAL` bites         refused with its fault
    the terminal did it already (no block)        done, whatever the rules say; told again, nothing happens

Locks as everywhere: items first, then the reader.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from central.circulation.ledger import calendar, loans, rules, waiting
from central.circulation.ledger.desk import Desk, Happened
from central.circulation.ledger.locks import lock_both, lock_copy, lock_reader
from central.circulation.ledger.models import Loan
from central.circulation.ledger.outcomes import Lent, Refused, RenewedAll
from central.circulation.ledger.rules import Borrower, Visit
from central.circulation.ledger.standing import Copy, Standing, allowance, standing
from central.statements import Cursor, Prepared


def renew(
    cursor: Cursor, desk: Desk, card: str, barcode: str, *, at: Happened | None = None
) -> Lent | Refused:
    """Lengthen one loan (29).

    Refused with `card_unknown`, `item_unknown`, `not_on_loan` or a fault of `rules.RENEWAL`; with `at`,
    for what a terminal did already, with the first three alone.
    """
    found = lock_both(cursor, desk, card, barcode)
    if isinstance(found, Refused):
        return found
    copy, now, reader = found
    if now.borrower != card:
        return Refused("not_on_loan", copy.book)
    return (
        extend(cursor, desk, reader, copy, now) if at is None else _told(cursor, desk, reader, copy, now, at)
    )


_LOANS = Prepared(
    "card",
    statement=select(Loan.item_barcode)
    .where(Loan.reader_card == bindparam("card"), Loan.returned_ms.is_(None))
    .order_by(Loan.item_barcode),
)


def renew_all(cursor: Cursor, desk: Desk, card: str) -> RenewedAll | Refused:
    """Lengthen each loan of a reader that may be (65). Refused with `card_unknown` or what bars the card."""
    copies = [copy for (barcode,) in cursor.all(_LOANS, card) if (copy := lock_copy(cursor, barcode))]
    reader = lock_reader(cursor, desk, card)
    if reader is None:
        return Refused("card_unknown")
    fault = rules.verdict(rules.CARD, Visit(desk.today, reader))
    if fault:
        return Refused(fault)
    renewed: list[str] = []
    longer: list[str] = []
    unrenewed: list[tuple[str, str]] = []
    for copy in copies:
        now = standing(cursor, copy.book.barcode)
        if now.borrower != card:
            continue  # it came back just before
        outcome = extend(cursor, desk, reader, copy, now)
        if isinstance(outcome, Refused):
            unrenewed.append((copy.book.barcode, outcome.fault))
        else:
            renewed.append(copy.book.barcode)
            if outcome.longer:
                longer.append(copy.book.barcode)
    return RenewedAll(tuple(renewed), tuple(unrenewed), tuple(longer))


def extend(cursor: Cursor, desk: Desk, reader: Borrower, copy: Copy, now: Standing) -> Lent | Refused:
    """Lengthen the loan of a copy that is on this reader's card, under the locks of both."""
    assert now.due_on is not None, "it is lent"
    assert now.renewals is not None, "it is lent"
    place = _lender(desk, now)
    binding, counts = allowance(cursor, place, reader.type, copy.book.type, reader.card)
    case = rules.Case(
        today=desk.today,
        reader=reader,
        item_status=copy.status,
        lent_to_other=False,
        kept_from=_is_wanted(cursor, desk, reader, copy, now),
        counts=counts,
        allowance=binding,
        renewals=now.renewals,
        overdue=now.due_on < desk.today,
    )
    fault = rules.verdict(rules.RENEWAL, case)
    if fault or binding is None:
        return Refused(fault or "loan_not_allowed", copy.book, now.due_on)
    return _run_on(cursor, place, reader, copy, now, desk.today + timedelta(days=binding.renewed_days))


def _told(
    cursor: Cursor, desk: Desk, reader: Borrower, copy: Copy, now: Standing, at: Happened
) -> Lent | Refused:
    """What the terminal told the reader; without a date, what the rule gives from that day."""
    place = _lender(replace(desk, now_ms=at.at_ms), now)
    until = at.due_on
    if until is None:
        binding, _ = allowance(cursor, place, reader.type, copy.book.type, reader.card)
        until = place.today + timedelta(days=binding.renewed_days if binding else 0)
    return _run_on(cursor, place, reader, copy, now, until)


def _run_on(cursor: Cursor, place: Desk, reader: Borrower, copy: Copy, now: Standing, until: date) -> Lent:
    """Due on that day or the next open one; a renewal that gives no day more does not count as one."""
    assert now.due_on is not None, "it is lent"
    due_on = max(calendar.next_open(cursor, place.branch, until), now.due_on)
    if due_on > now.due_on:
        cursor.run(loans.EXTEND, due_on, now.loan)
    return Lent(copy.book, due_on, renewed=True, longer=due_on > now.due_on, reader_type=reader.type)


def _lender(desk: Desk, now: Standing) -> Desk:
    """The desk's moment at the branch that lent the item."""
    return replace(desk, branch=now.lent_at or desk.branch)


def _is_wanted(cursor: Cursor, desk: Desk, reader: Borrower, copy: Copy, now: Standing) -> bool:
    """Whether there are more who wait than copies that could serve them."""
    if not now.awaited:
        return False
    places = waiting.queue(cursor, copy.title_id)
    return waiting.is_kept_from(cursor, places, copy, reader.card, desk.today, lent=True)
