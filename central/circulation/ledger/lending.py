"""Lending and taking back at once: each verb is one transaction of the caller's, safe under concurrency.

- A verb locks the item's row first and the reader's after it, then the queue of the title where somebody
  waits (`locks`), and decides under those locks: two kiosks with one book make one loan, two kiosks with one
  card keep one limit.
- The unique index on open loans holds even where somebody writes past these verbs.
- A refusal changes nothing, and the verb may be asked again.
- The caller commits. Until then nothing was lent, and nobody may be told that it was.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from central.circulation.ledger import (
    arrivals,
    calendar,
    loans,
    overdue,
    renewals,
    rules,
    sets,
    transits,
    waiting,
)
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_both, lock_item
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.circulation.ledger.rules import Borrower
from central.circulation.ledger.standing import Copy, Standing, allowance
from central.circulation.ledger.waiting import Queue
from central.statements import Cursor

NOTICES = {"lost": "item_lost", "repair": "in_repair"}
"""Status of an item that comes back → what staff should hear."""


def check_out(cursor: Cursor, desk: Desk, card: str, barcode: str, *, renew: bool = False) -> Lent | Refused:
    """Lend an item to the holder of a card, or with `renew` lengthen the loan where it is theirs already.

    Refused with `card_unknown`, `item_unknown`, `already_yours` or a fault of `rules.LOAN`.
    """
    found = lock_both(cursor, desk, card, barcode)
    if isinstance(found, Refused):
        return found
    copy, now, reader = found
    if now.borrower == card:
        extended = renewals.extend(cursor, desk, reader, copy, now) if renew else None
        return extended if isinstance(extended, Lent) else Refused("already_yours", copy.book, now.due_on)
    now, places = waiting.join(cursor, copy, now)
    judged = case(cursor, desk, reader, copy, now, places)
    fault = rules.verdict(rules.LOAN, judged)
    if fault:
        return Refused(fault, copy.book)
    due_on = due(cursor, desk, judged)
    made = (barcode, card, desk.now_ms, due_on, desk.account, desk.branch, reader.type)
    cursor.run(loans.LEND, *made, None, None, None)
    take_along(cursor, desk, copy, now)
    serve(cursor, desk, copy, places, card)
    return Lent(copy.book, due_on, reader_type=reader.type, missing=sets.not_with(cursor, copy, card))


def check_in(cursor: Cursor, desk: Desk, barcode: str) -> Returned | Refused:
    """Take an item back at any branch, whoever brings it, and send it where it belongs.

    What was not on loan is taken all the same, so that asking twice does no harm. Refused with
    `item_unknown`, or `return_refused` where the item was withdrawn and is on nobody's card.
    """
    found = lock_item(cursor, barcode)
    if found is None:
        return Refused("item_unknown")
    copy, now = found
    if now.loan is None and copy.status == "withdrawn":
        return Refused("return_refused", copy.book)
    fee_fen = end(cursor, desk, copy, now)
    if _is_found(desk, copy):
        cursor.run(loans.SHELVE, desk.branch, desk.now_ms, barcode)
    else:
        cursor.run(loans.BACK, desk.now_ms, barcode)
    way = arrivals.arrive(cursor, desk, copy, *waiting.join(cursor, copy, now))
    return Returned(
        replace(copy.book, place=desk.branch),
        was_lent=now.loan is not None,
        wanted_at=way.wanted_at,
        notice=NOTICES.get(copy.status),
        sent_to=way.sent_to,
        locker=way.locker,
        fee_fen=fee_fen,
        missing=sets.still_with(cursor, copy, now.borrower),
    )


# ---------------------------------------------------------------- what a loan does besides
def end(cursor: Cursor, desk: Desk, copy: Copy, now: Standing) -> int:
    """End the loan of an item, where there is one; what it costs, in 分."""
    if now.loan is None:
        return 0
    cursor.run(loans.END, desk.now_ms, desk.account, now.loan)
    is_late = now.due_on is not None and now.due_on < desk.today
    return overdue.charge(cursor, desk, copy, now.loan, desk.today) if is_late else 0


def take_along(cursor: Cursor, desk: Desk, copy: Copy, now: Standing) -> None:
    """The item is at the desk's branch, wherever it was or was going; what was missed is found."""
    transits.end(cursor, desk, now.transit)
    if _is_found(desk, copy):
        cursor.run(loans.MOVE, desk.branch, copy.book.barcode)


def _is_found(desk: Desk, copy: Copy) -> bool:
    """Whether an item that is at the desk was somewhere else, or nobody knew where."""
    return copy.book.place != desk.branch or copy.status == "missing"


def serve(cursor: Cursor, desk: Desk, copy: Copy, places: Queue, card: str, *, gone: bool = True) -> None:
    """The reader has this copy: their hold is filled, and another's waits again where it was kept for that one.

    Whatever copy was set aside for the reader instead is there for the next.

    Args:
        cursor: in the caller's transaction.
        desk: when.
        copy: the item.
        places: the queue of its title.
        card: of the reader.
        gone: False: the reader has had it, as one hears, and it is back.
    """
    barcode = copy.book.barcode
    own, keeper = waiting.own(places, card), waiting.kept(places, barcode)
    if gone and keeper is not None and keeper is not own:
        waiting.let_go(cursor, keeper)
    if own is not None:
        waiting.fill(cursor, own, barcode, desk.now_ms)
        if own.barcode is not None and not (gone and own.barcode == barcode):
            arrivals.pass_on(cursor, desk, own.barcode)


# ---------------------------------------------------------------- rules
def case(
    cursor: Cursor, desk: Desk, reader: Borrower, copy: Copy, now: Standing, places: Queue
) -> rules.Case:
    """What the rules look at, for this reader and this item."""
    binding, counts = allowance(cursor, desk, reader.type, copy.book.type, reader.card)
    lent = now.loan is not None
    return rules.Case(
        today=desk.today,
        reader=reader,
        item_status=copy.status,
        lent_to_other=now.borrower not in {None, reader.card},
        kept_from=bool(places)
        and waiting.is_kept_from(cursor, places, copy, reader.card, desk.today, lent=lent),
        counts=counts,
        allowance=binding,
    )


def due(cursor: Cursor, desk: Desk, judged: rules.Case) -> date:
    """Last day of the loan, on which the branch is open; the same day for a loan that no rule allows."""
    days = judged.allowance.days if judged.allowance else 0
    return calendar.next_open(cursor, desk.branch, desk.today + timedelta(days=days))
