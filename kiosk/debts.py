"""One debt: a loan, return or registration that the ILS has not confirmed, how it comes about and how it ends. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from kiosk.clock import Now
from kiosk.effects import AnyEffect, Record
from kiosk.events import Settled, Verdict
from kiosk.veiled import Veiled
from wire import facts
from wire.faults import number

ALREADY_YOURS = number("already_yours")
TAG_NOT_CLEARED = number("tag_not_cleared")
TAG_NOT_SECURED = number("tag_not_secured")
SILENCE_MS = 10_000
"""An ILS that did not answer in time may still be at work on the question. After this it has done it, or never will."""

LEAVE_OWED = (facts.LoanOwed, facts.LoanGranted, facts.ReturnTaken, facts.RegisterOwed)
"""Facts of the desk after which the ILS is owed an answer."""


class Debt(Veiled, frozen=True):
    """One answer that is owed."""

    UNSEEN = frozenset({"card"})

    txn: str
    kind: Literal["loan", "return", "register"]
    item: str
    reader: str = ""
    """Pseudonym; empty for a return."""
    card: str = ""
    told: bool = True
    """`loan.owed`, `loan.granted`, `return.owed` or `return.taken` is recorded."""
    by_rule: bool = False
    """The book has changed hands."""
    was_lent: bool = False
    """It was on loan by its tag when it was asked for: if the reader has it, then from before."""
    due: str = ""
    """ISO 8601 date that the reader of a granted loan was told."""
    reader_type: str = ""
    title: str = ""
    call_number: str = ""
    since_ms: int = 0
    """When it happened, by the monotonic clock of this boot; negative where it was before the boot."""
    wall_ms: int | None = None
    """When it happened, since 1970 UTC by the journal, where it was before this boot, and central was heard then, or the
    clock of this start was behind that.
    """
    not_before_ms: int = 0
    """Monotonic; not asked about earlier."""
    locked: bool = False
    """Its card cannot be read for now: whose loan it is can be told when the key is back, or by staff."""
    after_ms: int | None = None
    """Monotonic; by then the ILS had done, at a time of its own, what happened to this book before."""

    @property
    def nameless(self) -> bool:
        """Its card went with a damaged page: whether the reader has the book, nobody here can ask any more."""
        return self.kind != "return" and not (self.card or self.locked)


def debt_of(record: Record, now: Now) -> Debt | None:
    """What a fact of the desk leaves owed; None: nothing."""
    fact, waits_ms = record.fact, now.mono_ms + SILENCE_MS
    if not isinstance(fact, LEAVE_OWED):
        return None
    made = Debt("", "loan", "", card=record.card, since_ms=now.mono_ms, not_before_ms=waits_ms)
    match fact:
        case facts.LoanOwed():
            return replace(made, txn=fact.txn, item=fact.item, reader=fact.reader, was_lent=fact.was_lent)
        case facts.LoanGranted():
            return replace(
                made,
                txn=fact.txn,
                item=fact.item,
                reader=fact.reader,
                by_rule=True,
                due=fact.due,
                reader_type=fact.reader_type,
                title=fact.title,
                call_number=fact.call_number,
            )
        case facts.RegisterOwed():
            return replace(made, kind="register", txn=fact.txn, reader=fact.reader)
        case facts.ReturnTaken():
            return replace(
                made,
                kind="return",
                txn=fact.txn,
                item=fact.item,
                by_rule=True,
                title=fact.title,
                call_number=fact.call_number,
            )


def ended(
    debt: Debt, event: Settled, *, by: facts.By = "ils", forced: bool = False, home: str = ""
) -> facts.Fact:
    """Made or abandoned; refused, where a book that is the reader's had been theirs before."""
    if debt.kind == "register":
        if event.verdict is Verdict.NEVER:
            return facts.RegisterAbandoned(debt.txn, debt.reader, by)
        return facts.ReaderRegistered(debt.txn, "id_card", settled=True, by=by)
    item, title = facts.clip(debt.item), facts.clip(event.title or debt.title)
    call_number = facts.clip(event.call_number or debt.call_number, 64)
    if debt.kind == "return":
        if event.verdict is Verdict.NEVER:
            return facts.ReturnAbandoned(debt.txn, item, by)
        home = facts.clip(home, 64)
        return facts.ReturnMade(
            debt.txn, item, title, call_number, home, settled=True, taken=debt.by_rule, forced=forced, by=by
        )
    if event.verdict is Verdict.NEVER:
        return facts.LoanAbandoned(debt.txn, item, debt.reader, by)
    if debt.was_lent and by == "ils":
        return facts.LoanRefused(debt.txn, item, debt.reader, ALREADY_YOURS, settled=True)
    return facts.LoanMade(
        debt.txn,
        item,
        debt.reader,
        debt.reader_type,
        title,
        call_number,
        facts.clip(debt.due or event.due, 64),
        settled=True,
        granted=debt.by_rule,
        forced=forced,
        by=by,
    )


def given_to_staff(debt: Debt) -> facts.Fact:
    """The end of a plain one that is `nameless`."""
    if debt.kind == "register":
        return facts.RegisterAbandoned(debt.txn, debt.reader, unclear=True)
    return facts.LoanAbandoned(debt.txn, facts.clip(debt.item), debt.reader, unclear=True)


def told(debt: Debt, outcome: facts.Fact) -> tuple[AnyEffect, ...]:
    """The outcome, and where something was done after all that nobody saw, that its tag does not show it."""
    if debt.by_rule or not isinstance(outcome, facts.LoanMade | facts.ReturnMade):
        return (Record(outcome),)
    secured = debt.kind == "return"
    fault = TAG_NOT_SECURED if secured else TAG_NOT_CLEARED
    return Record(outcome), Record(facts.TagUnchanged("", facts.clip(debt.item), secured, fault))
