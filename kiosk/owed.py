"""Loans and returns whose end is not known: asked, and then silence or a power cut. Pure.

Each is asked about (17, then 63 without a PIN) when the ILS is there, one at a time, oldest first:

    a loan      DONE -> LoanMade(settled)      NEVER -> LoanAbandoned
    a return    DONE -> ReturnMade(settled)    NEVER -> asked again, if its reader was told that it is owed;
                                                        abandoned, if the power went before anybody was told
    UNCLEAR stays owed, and is asked about again later.

Nobody wrote the tag of what is found out late: a `tag.unchanged` goes with it, for staff and the gate.

The same book may be dealt with at once meanwhile. What the ILS did then tells what it had not done before,
and an old question is never asked again over it:

    owed      made since     so it
    loan      loan           was never made, the book was free     -> LoanAbandoned
    return    return         was never made, it was still on loan  -> ReturnAbandoned
    return    loan           was made, the book had come back      -> ReturnMade(settled)
    loan      return         stays owed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kiosk.clock import Now
from kiosk.effects import AnyEffect, AskReturn, AskSettle, Record
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, ReturnAnswered, Settled, Ticked, Verdict
from wire import facts
from wire.faults import number

TAG_NOT_CLEARED = number("tag_not_cleared")
TAG_NOT_SECURED = number("tag_not_secured")
SINCE: Mapping[tuple[str, str], Verdict] = {
    ("loan", "loan"): Verdict.NEVER,
    ("return", "return"): Verdict.NEVER,
    ("return", "loan"): Verdict.DONE,
}
"""What became of the owed one of two on the same book: (owed, made since)."""
ASK_AGAIN_MS = 30_000
"""Between two rounds of questions while the ILS answers but the matter stays unclear."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One answer that is owed."""

    txn: str
    kind: Literal["loan", "return"]
    item: str
    reader: str = ""
    """Pseudonym; empty for a return."""
    card: str = ""
    told: bool = True
    """The reader was told that it is owed. False: found in the journal after a power cut."""


@dataclass(frozen=True, slots=True)
class Owed:
    debts: tuple[Debt, ...] = ()
    asking: str = ""
    """txn of the one that is being asked about."""
    asked: frozenset[str] = frozenset()
    """Those that this round has asked about."""
    again_at_ms: int | None = None
    ils_up: bool = False


Stepped = tuple[Owed, tuple[AnyEffect, ...]]


def owe(owed: Owed, debt: Debt) -> Owed:
    """One more. Asked about when the ILS is next there, or at the next round."""
    return replace(owed, debts=(*owed.debts, debt))


def overtaken(owed: Owed, since: facts.LoanMade | facts.ReturnMade) -> Stepped:
    """What a loan or return made at once tells of those that are owed of the same book."""
    made = "loan" if isinstance(since, facts.LoanMade) else "return"
    effects: tuple[AnyEffect, ...] = ()
    for debt in owed.debts:
        verdict = SINCE.get((debt.kind, made))
        if verdict and facts.clip(debt.item) == since.item:
            owed = _paid(owed, debt)
            effects += (Record(_outcome(debt, Settled(debt.txn, verdict))),)
    return owed, effects


def step(owed: Owed, event: AnyEvent, now: Now) -> Stepped:
    match event:
        case IlsChanged(up=up):
            owed = replace(owed, ils_up=up, asked=frozenset())
            return _next(owed, now) if up else (owed, ())
        case Settled() if event.txn == owed.asking:
            return _settle(owed, event, now)
        case ReturnAnswered() | IlsSilent() if event.txn and event.txn == owed.asking:
            return _returned(owed, event, now)
        case Ticked() if owed.again_at_ms is not None and now.mono_ms >= owed.again_at_ms:
            return _next(replace(owed, asked=frozenset(), again_at_ms=None), now)
    if owed.debts and owed.ils_up and not owed.asking and owed.again_at_ms is None:
        return replace(owed, again_at_ms=now.mono_ms + ASK_AGAIN_MS), ()
    return owed, ()


def _next(owed: Owed, now: Now) -> Stepped:
    """Ask about the oldest that this round has not asked about yet."""
    if owed.asking or not owed.ils_up:
        return owed, ()
    for debt in owed.debts:
        if debt.txn not in owed.asked:
            owed = replace(owed, asking=debt.txn, asked=owed.asked | {debt.txn})
            return owed, (AskSettle(debt.txn, debt.kind, debt.item, debt.card),)
    return replace(owed, again_at_ms=now.mono_ms + ASK_AGAIN_MS if owed.debts else None), ()


def _settle(owed: Owed, event: Settled, now: Now) -> Stepped:
    debt = _find(owed, event.txn)
    if event.verdict is Verdict.NEVER and debt.kind == "return" and debt.told:
        return owed, (AskReturn(debt.txn, debt.item),)
    owed = replace(owed, asking="")
    effects: tuple[AnyEffect, ...] = ()
    if event.verdict is not Verdict.UNCLEAR:
        owed = _paid(owed, debt)
        effects = _told(debt, _outcome(debt, event))
    owed, more = _next(owed, now)
    return owed, effects + more


def _outcome(debt: Debt, event: Settled) -> facts.Fact:
    item, title = facts.clip(debt.item), facts.clip(event.title)
    call_number = facts.clip(event.call_number, 64)
    if debt.kind == "return":
        if event.verdict is Verdict.NEVER:
            return facts.ReturnAbandoned(debt.txn, item)
        return facts.ReturnMade(debt.txn, item, title, call_number, settled=True)
    if event.verdict is Verdict.NEVER:
        return facts.LoanAbandoned(debt.txn, item, debt.reader)
    due = facts.clip(event.due, 64)
    return facts.LoanMade(debt.txn, item, debt.reader, "", title, call_number, due, settled=True)


def _returned(owed: Owed, event: ReturnAnswered | IlsSilent, now: Now) -> Stepped:
    """The return was asked again for a reader who was told that it would be."""
    debt = _find(owed, event.txn)
    owed = replace(owed, asking="")
    if isinstance(event, IlsSilent):
        return _next(owed, now)
    item = facts.clip(debt.item)
    outcome: facts.Fact = facts.ReturnMade(
        debt.txn,
        item,
        facts.clip(event.title),
        facts.clip(event.call_number, 64),
        facts.clip(event.home, 64),
        settled=True,
    )
    if event.fault is not None:
        outcome = facts.ReturnRefused(debt.txn, item, event.fault)
    owed, more = _next(_paid(owed, debt), now)
    return owed, (*_told(debt, outcome), *more)


def _told(debt: Debt, outcome: facts.Fact) -> tuple[AnyEffect, ...]:
    """The outcome, and where something was done after all, that its tag does not show it."""
    if not isinstance(outcome, facts.LoanMade | facts.ReturnMade):
        return (Record(outcome),)
    secured = debt.kind == "return"
    fault = TAG_NOT_SECURED if secured else TAG_NOT_CLEARED
    return Record(outcome), Record(facts.TagUnchanged("", facts.clip(debt.item), secured, fault))


def _find(owed: Owed, txn: str) -> Debt:
    return next(debt for debt in owed.debts if debt.txn == txn)


def _paid(owed: Owed, debt: Debt) -> Owed:
    """Without this debt; whatever is still answered about it, nobody waits for."""
    asking = "" if owed.asking == debt.txn else owed.asking
    return replace(owed, debts=tuple(d for d in owed.debts if d is not debt), asking=asking)
