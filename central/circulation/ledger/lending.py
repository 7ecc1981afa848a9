"""Lending and taking back at once: each verb is one transaction of the caller's, safe under concurrency.

- A verb locks the item's row first and the reader's after it, always in that order, and decides under
  those locks: two kiosks with one book make one loan, two kiosks with one card keep one limit.
  SQLite has one writer at a time anyway; on PostgreSQL the locks are SELECT … FOR UPDATE.
- The unique index on open loans holds even where somebody writes past these verbs.
- A refusal changes nothing, and the verb may be asked again.
- The caller commits. Until then nothing was lent, and nobody may be told that it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from central.circulation.ledger import enquiries, rules
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.enquiries import COPY, Copy, Standing
from central.circulation.ledger.models import Hold, Item, Loan, Reader
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.statements import Cursor, Prepared


class Borrower(NamedTuple):
    """What the rules ask of a reader."""

    card: str
    type: str
    expires_on: date
    blocked: bool
    fees_fen: int


def check_out(cursor: Cursor, desk: Desk, card: str, barcode: str, *, renew: bool = False) -> Lent | Refused:
    """Lend an item to the holder of a card, or with `renew` lengthen the loan where it is theirs already.

    Refused with `card_unknown`, `item_unknown`, `already_yours` or a fault of `rules.RULES`.
    """
    copy = lock_copy(cursor, barcode)
    reader = lock_reader(cursor, card)
    if reader is None:
        return Refused("card_unknown", copy.book if copy else None)
    if copy is None:
        return Refused("item_unknown")
    now = enquiries.standing(cursor, barcode)
    judged = case(cursor, desk, reader, copy, now)
    if now.borrower == card:
        return _again(cursor, desk, copy, now, judged, renew=renew)
    fault = rules.verdict(judged)
    if fault:
        return Refused(fault, copy.book)
    if now.awaiting == card:
        cursor.run(FILL_HOLD, desk.now_ms, now.hold)
    due_on = due(desk, judged)
    cursor.run(LEND, barcode, card, desk.now_ms, due_on, desk.account, None, None, None)
    move(cursor, desk, copy)
    return Lent(copy.book, due_on)


def check_in(cursor: Cursor, desk: Desk, barcode: str) -> Returned | Refused:
    """Take an item back at any branch, whoever brings it.

    What was not on loan is taken all the same, so that asking twice does no harm. Refused with
    `item_unknown`, or `return_refused` where the item was withdrawn and is on nobody's card.
    """
    copy = lock_copy(cursor, barcode)
    if copy is None:
        return Refused("item_unknown")
    now = enquiries.standing(cursor, barcode)
    if now.loan is None and copy.status == "withdrawn":
        return Refused("return_refused", copy.book)
    if now.loan is not None:
        cursor.run(END_LOAN, desk.now_ms, desk.account, now.loan)
    cursor.run(SHELVE, desk.branch, desk.now_ms, barcode)
    return Returned(
        replace(copy.book, place=desk.branch),
        was_lent=now.loan is not None,
        wanted_at=now.pickup if copy.status == "available" else None,
        notice="item_lost" if copy.status == "lost" else None,
    )


# ---------------------------------------------------------------- locks
_LOCK_COPY = Prepared("barcode", statement=COPY.with_for_update(of=Item))
_LOCK_READER = Prepared(
    "card",
    statement=select(Reader.card, Reader.type_id, Reader.expires_on, Reader.blocked, Reader.fees_fen)
    .where(Reader.card == bindparam("card"))
    .with_for_update(),
)


def lock_copy(cursor: Cursor, barcode: str) -> Copy | None:
    """The item, ours alone until the transaction ends."""
    return enquiries.find_copy(cursor, barcode, _LOCK_COPY)


def lock_reader(cursor: Cursor, card: str) -> Borrower | None:
    """The reader, ours alone until the transaction ends."""
    row = cursor.one(_LOCK_READER, card)
    return None if row is None else Borrower(*row)


# ---------------------------------------------------------------- changes
LEND = Prepared(
    "barcode",
    "card",
    "lent_ms",
    "due_on",
    "account",
    "overridden",
    "entered_ms",
    "returned_ms",
    statement=insert(Loan).values(
        item_barcode=bindparam("barcode"),
        reader_card=bindparam("card"),
        lent_ms=bindparam("lent_ms"),
        due_on=bindparam("due_on"),
        lent_account=bindparam("account"),
        renewals=0,
        overridden=bindparam("overridden"),
        entered_ms=bindparam("entered_ms"),
        returned_ms=bindparam("returned_ms"),
    ),
)
END_LOAN = Prepared(
    "now_ms",
    "account",
    "loan",
    statement=update(Loan)
    .where(Loan.id == bindparam("loan"))
    .values(returned_ms=bindparam("now_ms"), returned_account=bindparam("account")),
)
_RENEW = Prepared(
    "until",
    "loan",
    statement=update(Loan)
    .where(Loan.id == bindparam("loan"))
    .values(due_on=bindparam("until"), renewals=Loan.renewals + 1),
)
FILL_HOLD = Prepared(
    "now_ms",
    "hold",
    statement=update(Hold).where(Hold.id == bindparam("hold")).values(filled_ms=bindparam("now_ms")),
)
_MOVE = Prepared(
    "branch",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(place_branch_id=bindparam("branch")),
)
SHELVE = Prepared(
    "branch",
    "now_ms",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(place_branch_id=bindparam("branch"), returned_ms=bindparam("now_ms")),
)


def move(cursor: Cursor, desk: Desk, copy: Copy) -> None:
    """The item is at the desk's branch now."""
    if copy.book.place != desk.branch:
        cursor.run(_MOVE, desk.branch, copy.book.barcode)


def _again(
    cursor: Cursor, desk: Desk, copy: Copy, now: Standing, judged: rules.Case, *, renew: bool
) -> Lent | Refused:
    """The item is on this reader's card: renew it, where that is asked and allowed."""
    assert now.due_on is not None, "it is lent"
    assert now.renewals is not None, "it is lent"
    if not renew or not rules.may_renew(judged, now.renewals):
        return Refused("already_yours", copy.book, now.due_on)
    until = max(now.due_on, due(desk, judged))
    cursor.run(_RENEW, until, now.loan)
    return Lent(copy.book, until, renewed=True)


# ---------------------------------------------------------------- rules
def case(cursor: Cursor, desk: Desk, reader: Borrower, copy: Copy, now: Standing) -> rules.Case:
    """What the rules look at, for this reader and this item."""
    allowance, loans = enquiries.allowance(cursor, reader.type, copy.book.type, reader.card)
    return rules.Case(
        today=desk.today,
        blocked=reader.blocked,
        expires_on=reader.expires_on,
        fees_fen=reader.fees_fen,
        item_status=copy.status,
        lent_to_other=now.borrower not in {None, reader.card},
        held_for_other=now.awaiting not in {None, reader.card},
        loans=loans,
        allowance=allowance,
    )


def due(desk: Desk, judged: rules.Case) -> date:
    """Last day of the loan; the same day for one that no rule allows."""
    return desk.today + timedelta(days=judged.allowance.days if judged.allowance else 0)
