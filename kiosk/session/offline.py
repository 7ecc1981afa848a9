"""What becomes of a book by the kiosk's own rule (`kiosk.rule`): the ILS is silent, or must hear older news first.

    silent about      the book's way
    a loan            SENSING -> LENT (loan.granted)       the rule lends, and all its tags read as secured
                            |--> OWED (loan.owed)          else, and the ILS was asked: the reader leaves the book,
                            |                              or takes it where a tag reads as lent and it is theirs
                            |--> REFUSED (loan.refused)    else
    a return          RETURNED (return.taken)              always
    what a book is    SENSING -> RETURNED (return.taken)   a tag reads as lent
                            |--> WAITING                   all of them read as secured
                            |--> REFUSED                   they do not say

A book whose last change of hands the ILS has not heard of is dealt with in the same way, and the ILS is not
asked: it hears what happened to one book in the order in which it happened. Pure functions, as in `moves`.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.debts import Debt
from kiosk.effects import Record, SenseTag
from kiosk.rule import CANNOT_LEND_NOW
from kiosk.session import tags
from kiosk.session.state import Line, Session, Step
from kiosk.session.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

ALREADY_YOURS = number("already_yours")
ON_LOAN_ALREADY = number("on_loan_already")
LENT_TO_OTHER = number("lent_to_other")


def sense(session: Session, line: Line) -> Stepped:
    """Ask the tags that lie there whether the book is in stock. At least one does."""
    asked = tuple(replace(tag, sensing=tag.present, in_stock=None) for tag in line.tags)
    line = replace(line, step=Step.SENSING, tags=asked)
    return session.keep(line), tuple(SenseTag(tag.uid) for tag in asked if tag.sensing)


# ---------------------------------------------------------------- loans
def consider(session: Session, line: Line, around: Surroundings) -> Stepped:
    """A loan that the kiosk decides by itself: by its rule, then by the tags."""
    fault = around.rule.withholds(_card(session), line.item)
    if fault is None and line.tags and line.present():
        return sense(session, line)
    return leave(session, line, CANNOT_LEND_NOW if fault is None else fault)


def lend(session: Session, line: Line, around: Surroundings) -> Stepped:
    """Its tags have said what they are."""
    reader, rule = session.reader, around.rule
    assert reader is not None, "no session ends before its loans are decided"
    if rule.wants_cleared(line.item) or any(tag.in_stock is False for tag in line.tags):
        return leave(session, line, ON_LOAN_ALREADY)
    fault = rule.withholds(reader.card, line.item)
    if fault is not None or not all(tag.in_stock for tag in line.tags):
        return leave(session, line, CANNOT_LEND_NOW if fault is None else fault)
    line = replace(line, step=Step.LENT, due=rule.due(), offline=True, fault=None)
    granted = facts.LoanGranted(
        line.txn,
        facts.clip(line.item),
        reader.pseudonym,
        facts.clip(reader.type, 64),
        facts.clip(line.title),
        facts.clip(line.call_number, 64),
        line.due,
        decided_by="list" if rule.vouch(reader.card, "desk").by == "list" else "rule",
    )
    line, effects = tags.write(line)
    session = replace(session, loans=session.loans + 1).keep(line)
    return session, (Record(granted, card=reader.card), *effects)


def lend_after(session: Session, line: Line, debt: Debt, around: Surroundings) -> Stepped:
    """A loan of a book whose last change of hands the ILS has not heard of."""
    line = replace(line, title=line.title or debt.title, call_number=line.call_number or debt.call_number)
    if debt.kind == "return":
        return consider(session, line, around)
    reader = session.reader
    assert reader is not None, "only a reader is lent to"
    if debt.reader != reader.pseudonym:
        return leave(session, line, LENT_TO_OTHER)
    refused = facts.LoanRefused(line.txn, facts.clip(line.item), reader.pseudonym, ALREADY_YOURS)
    line, effects = tags.write(replace(line, step=Step.LENT, due=debt.due, fault=ALREADY_YOURS))
    return session.keep(line), (Record(refused), *effects)


def leave(session: Session, line: Line, fault: int) -> Stepped:
    """It is not lent. Where the ILS was asked it may have lent it all the same: that is found out later."""
    reader = session.reader
    assert reader is not None, "only a reader is lent to"
    item = facts.clip(line.item)
    if line.asked:
        session = session.keep(replace(line, step=Step.OWED, fault=fault))
        owed = facts.LoanOwed(line.txn, item, reader.pseudonym, was_lent=fault == ON_LOAN_ALREADY)
        return session, (Record(owed, card=reader.card),)
    session = replace(session, refusals=session.refusals + 1)
    session = session.keep(replace(line, step=Step.REFUSED, fault=fault))
    return session, (Record(facts.LoanRefused(line.txn, item, reader.pseudonym, fault)),)


def _card(session: Session) -> str:
    return session.reader.card if session.reader else ""


# ---------------------------------------------------------------- what comes back
def take(session: Session, line: Line) -> Stepped:
    """The book is here, whatever the ILS will say. Its intent stands under `line.txn`."""
    taken = facts.ReturnTaken(
        line.txn, facts.clip(line.item), facts.clip(line.title), facts.clip(line.call_number, 64)
    )
    effects: Effects = (Record(taken),)
    line, more = tags.write(replace(line, step=Step.RETURNED, offline=True, fault=None))
    return replace(session, returns=session.returns + 1).keep(line), (*effects, *more)
