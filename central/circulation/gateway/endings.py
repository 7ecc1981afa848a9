"""How a transaction ends that was not answered at once: its last facts and what its terminal hears if it asks again.

| the transaction | and the ILS | ends as |
| --- | --- | --- |
| asked, nobody was told | has it | `loan.made` / `return.made`, settled; a retransmission hears yes |
| asked, nobody was told | never had it | as if it had not been asked |
| owed (the reader left the book) | has it | `loan.made`, settled: for the staff's list |
| owed | never had it | `loan.abandoned` |
| granted, taken | has it, takes it, or had it already | `loan.made` granted, `return.made` taken |
| granted, taken | refuses it | `loan.refused` granted, `return.refused` taken: for staff |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from central.circulation.gateway import store, telling
from central.circulation.gateway.means import Means, end, happened_ms, record, request_of
from central.circulation.gateway.relay import due_day, last_moment
from central.circulation.gateway.states import BY_RULE, WAITING, State
from central.circulation.gateway.store import Transaction
from central.statements import Cursor
from wire import faults
from wire.facts import (
    By,
    Fact,
    LoanAbandoned,
    LoanMade,
    LoanRefused,
    ReturnAbandoned,
    ReturnMade,
    ReturnRefused,
    clip,
)
from wire.sip2 import messages as m
from wire.sip2.declare import Message

ALREADY_YOURS = faults.number("already_yours")
"""The ILS has this very loan."""


@dataclass(frozen=True, slots=True)
class End:
    """How one transaction ends."""

    row: Transaction
    facts: tuple[Fact, ...]
    reply: Message | None = None
    """For a terminal that was told nothing."""

    @classmethod
    def found_done(cls, row: Transaction, item: m.ItemInformationResponse) -> End:
        """The ILS has had it all along."""
        return cls(row, (_made(row, item),), _late_reply(row, item) if row.answer is None else None)

    @classmethod
    def never(cls, row: Transaction) -> End:
        """The ILS never had it, and nobody has the book by it."""
        return cls(row, () if row.state == State.ASKED else (_abandoned(row, "ils"),))

    @classmethod
    def told(cls, row: Transaction, reply: m.CheckoutResponse | m.CheckinResponse, *, forced: bool) -> End:
        """What the ILS said to what had happened."""
        if reply.ok or reply.fault == ALREADY_YOURS:
            return cls(row, (_made(row, reply, forced=forced),))
        return cls(row, (_refused(row, reply.fault),))

    @classmethod
    def by_staff(cls, row: Transaction, *, done: bool) -> End:
        """Staff say what the ILS cannot."""
        return cls(row, (_made(row, None, by="staff") if done else _abandoned(row, "staff"),))


def write(cursor: Cursor, means: Means, how: End) -> None:
    """End it, once, in the caller's transaction."""
    now = store.lock(cursor, how.row.txn)
    if now is None or now.state not in WAITING:
        return  # another process was first
    if how.facts:
        at_ms = happened_ms(now, request_of(now)) if now.state == State.ASKED else means.now_ms()
        record(cursor, means, now, how.facts, at_ms)
    if how.reply is None and now.answer is None:
        store.drop(cursor, now.txn)
    else:
        end(cursor, means, now, how.reply)


def _is_loan(row: Transaction) -> bool:
    return row.message == m.Checkout.layout.id


def _made(row: Transaction, said: Any, *, forced: bool = False, by: By = "ils") -> Fact:
    by_rule = row.state in BY_RULE
    more: dict[str, Any] = {"settled": not by_rule, "forced": forced, "by": by}
    more["title"] = clip(getattr(said, "title_identifier", ""))
    more["call_number"] = telling.short(getattr(said, "call_number", ""))
    if not _is_loan(row):
        home = telling.short(getattr(said, "permanent_location", ""))
        return ReturnMade(row.txn, row.item, taken=by_rule, home=home, **more)
    due = telling.short(due_day(last_moment(getattr(said, "due_date", ""), row.zone))) or row.due
    return LoanMade(row.txn, row.item, row.reader, due=due, granted=by_rule, **more)


def _abandoned(row: Transaction, by: By) -> Fact:
    if _is_loan(row):
        return LoanAbandoned(row.txn, row.item, row.reader, by)
    return ReturnAbandoned(row.txn, row.item, by)


def _refused(row: Transaction, fault: int | None) -> Fact:
    if _is_loan(row):
        number = telling.fault(fault, "loan_not_allowed")
        return LoanRefused(row.txn, row.item, row.reader, number, granted=True, sealed=row.sealed)
    return ReturnRefused(row.txn, row.item, telling.fault(fault, "return_refused"), taken=True)


def _late_reply(row: Transaction, item: m.ItemInformationResponse) -> Message:
    """The answer that was lost, as well as the ILS still tells it. The terminal puts the card in again."""
    request = request_of(row)
    said: dict[str, Any] = {
        "ok": True,
        "transaction_date": item.transaction_date,
        "institution_id": row.branch_id,
        "item_identifier": row.item,
        "title_identifier": item.title_identifier,
    }
    if isinstance(request, m.Checkin):
        home = item.permanent_location
        return m.CheckinResponse(resensitize=True, permanent_location=home, **said)
    due = last_moment(item.due_date, row.zone)
    return m.CheckoutResponse(desensitize=True, patron_identifier="", due_date=due, **said)
