"""Lending and taking back: each verb is one transaction of the caller's, safe under concurrency.

- A verb locks the item's row first and the reader's after it, always in that order, and decides under
  those locks: two kiosks with one book make one loan, two kiosks with one card keep one limit.
  SQLite has one writer at a time anyway; on PostgreSQL the locks are SELECT … FOR UPDATE.
- The unique index on open loans holds even where somebody writes past these verbs.
- A refusal changes nothing, and the verb may be asked again.
- The caller commits. Until then nothing was lent, and nobody may be told that it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from central.circulation import enquiries, rules
from central.circulation.models import Hold, Item, Loan, Reader
from central.circulation.outcomes import Lent, Refused, Returned
from wire import faults


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and when a transaction takes place."""

    account: str
    """SIP2 account of the terminal."""
    branch: str
    zone: str
    """Civil time of the branch, an IANA name."""
    now_ms: int
    """UTC, milliseconds since 1970."""

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms / 1000, ZoneInfo(self.zone))

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Terms:
    """How a loan is asked for."""

    renew: bool = False
    """Renew where the item is the reader's already."""
    happened: bool = False
    """SIP2's no block: the reader left with it while the line was down; the rules come too late."""
    due_on: date | None = None
    """With `happened`: what the reader was told."""


PLAIN = Terms()


def check_out(session: Session, desk: Desk, card: str, barcode: str, terms: Terms = PLAIN) -> Lent | Refused:
    """Lend an item to the holder of a card, or renew the loan.

    Refused with `card_unknown`, `item_unknown`, `already_yours` or a fault of `rules.RULES`. A loan that
    happened already is refused for an unknown card or item alone; the rule that it passed over is kept
    with it, and a loan that another reader still has on the item ends.
    """
    item = lock_item(session, barcode)
    reader = session.get(Reader, card, with_for_update=True)
    if reader is None:
        return Refused("card_unknown", enquiries.book(item) if item else None)
    if item is None:
        return Refused("item_unknown")
    loan = enquiries.open_loan(session, barcode)
    hold = enquiries.oldest_hold(session, item.title_id)
    case = _case(session, desk, reader, item, loan, hold)
    if loan is not None and loan.reader_card == card:
        return _again(desk, item, loan, case, terms)
    fault = rules.verdict(case)
    if fault and not terms.happened:
        return Refused(fault, enquiries.book(item))
    if loan is not None:
        _close(session, desk, loan)
    if hold is not None and hold.reader_card == card:
        hold.filled_ms = desk.now_ms
    due_on = _due(desk, case, terms)
    session.add(_loan(desk, card, item, due_on, fault))
    item.place_branch_id = desk.branch
    return Lent(enquiries.book(item), due_on, overridden=fault)


def check_in(session: Session, desk: Desk, barcode: str) -> Returned | Refused:
    """Take an item back at any branch, whoever brings it.

    What was not on loan is taken all the same, so that asking twice does no harm. Refused with
    `item_unknown`, or `return_refused` where the item was withdrawn and is on nobody's card.
    """
    item = lock_item(session, barcode)
    if item is None:
        return Refused("item_unknown")
    loan = enquiries.open_loan(session, barcode)
    if loan is None and item.status == "withdrawn":
        return Refused("return_refused", enquiries.book(item))
    if loan is not None:
        _close(session, desk, loan)
    item.place_branch_id = desk.branch
    hold = enquiries.oldest_hold(session, item.title_id) if item.status == "available" else None
    return Returned(
        enquiries.book(item),
        was_lent=loan is not None,
        wanted_at=hold.pickup_branch_id if hold else None,
        notice="item_lost" if item.status == "lost" else None,
    )


def lock_item(session: Session, barcode: str) -> Item | None:
    """The item, ours alone until the transaction ends."""
    wanted = select(Item).where(Item.barcode == barcode).options(joinedload(Item.title, innerjoin=True))
    return session.scalar(wanted.with_for_update(of=Item).execution_options(populate_existing=True))


def _case(
    session: Session, desk: Desk, reader: Reader, item: Item, loan: Loan | None, hold: Hold | None
) -> rules.Case:
    return rules.Case(
        today=desk.today,
        blocked=reader.blocked,
        expires_on=reader.expires_on,
        fees_fen=reader.fees_fen,
        item_status=item.status,
        lent_to_other=loan is not None and loan.reader_card != reader.card,
        held_for_other=hold is not None and hold.reader_card != reader.card,
        loans=enquiries.open_loans(session, reader.card, item.type),
        allowance=enquiries.allowance(session, reader.type_id, item.type),
    )


def _again(desk: Desk, item: Item, loan: Loan, case: rules.Case, terms: Terms) -> Lent | Refused:
    """The item is on this reader's card: renew it, where that is asked and allowed."""
    if terms.happened:
        return Lent(enquiries.book(item), loan.due_on)
    if not terms.renew or not rules.may_renew(case, loan.renewals):
        return Refused("already_yours", enquiries.book(item), loan.due_on)
    loan.due_on = max(loan.due_on, _due(desk, case, PLAIN))
    loan.renewals += 1
    return Lent(enquiries.book(item), loan.due_on, renewed=True)


def _due(desk: Desk, case: rules.Case, terms: Terms) -> date:
    """Last day of the loan; the same day for one that no rule allows."""
    days = case.allowance.days if case.allowance else 0
    return terms.due_on or desk.today + timedelta(days=days)


def _loan(desk: Desk, card: str, item: Item, due_on: date, overridden: str | None) -> Loan:
    return Loan(
        item_barcode=item.barcode,
        reader_card=card,
        lent_ms=desk.now_ms,
        due_on=due_on,
        lent_account=desk.account,
        overridden=faults.number(overridden) if overridden else None,
    )


def _close(session: Session, desk: Desk, loan: Loan) -> None:
    loan.returned_ms = desk.now_ms
    loan.returned_account = desk.account
    session.flush()  # before the next loan is inserted: the index allows one open loan an item
