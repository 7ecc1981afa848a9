"""A reader's right to be forgotten (Personal Information Protection Law of the PRC, article 47).

    refused while    books are out, fees or a deposit are open, holds wait, young readers have this guardian,
                     or a loan, return or payment is owed to the library system
    goes             the reader, holds, denials, sealed cards, what gateways remember, answers to terminals
    stays unnamed    ended loans, settled fees, payments (the books of the library), the audit
    facts            a gateway's are given another name by chance. A kiosk's keep their hash: its key never leaves the
                     kiosk, and what tied the hash to a person here (sealed cards, the loans' cards) is gone

One transaction, under the reader's lock. Backups hold what they held: see docs/privacy.md.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from central.accounts.operations import record
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Hold, Loan, Locker, Reader
from central.circulation.ledger.outcomes import Refused
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import FOR_STAFF, WAITING
from central.circulation.persons import traces
from central.circulation.persons.places import PLACES, TEXTS, without
from central.circulation.persons.traces import Opener
from central.facts.redaction import redact
from central.keys import Keys
from central.payments import states as payments
from central.payments.models import DeskPayment

PSEUDONYM_DIGITS = 32


class Erased(NamedTuple):
    """What was done."""

    loans: int
    """That stay, unnamed."""
    facts: int
    """From which a card or a name was taken."""


def erase(session: Session, keys: Keys, desk: Desk, card: str) -> Erased | Refused:
    """Forget a reader. Refused with `card_unknown` or what stands in its way; then nothing is changed.

    Also of one who was forgotten before, where a kiosk has told of the card since.
    """
    reader = session.get(Reader, card, with_for_update=True)
    opener, name = Opener(keys, card), reader.name if reader else ""
    owed, paid = traces.owed(session, opener), traces.paid(session, opener)
    if reader is None and not (owed or paid or traces.sealed_facts(session, opener)):
        return Refused("card_unknown")
    fault = _obstacle(session, keys, card, reader, [*owed, *paid])
    if fault is not None:
        return Refused(fault)
    facts = _unseal(session, opener, [*owed, *paid]) + _rename(session, keys, card)
    _forget_answers(session, keys, card, name)
    _scrub(session, card, name)
    loans = _empty(session, card)
    record(session, desk.now_ms, desk.account, "reader_erased", reader.branch_id if reader else desk.branch)
    session.flush()
    return Erased(loans, facts)


def _obstacle(
    session: Session, keys: Keys, card: str, reader: Reader | None, owed: list[OwedTransaction | DeskPayment]
) -> str | None:
    """Fault that keeps a reader from being forgotten."""
    mine = Loan.reader_card == card
    open_hold = (Hold.filled_ms.is_(None)) & (Hold.cancelled_ms.is_(None))
    obstacles = (
        ("loans_open", select(Loan.id).where(mine, Loan.returned_ms.is_(None))),
        ("holds_open", select(Hold.id).where(Hold.reader_card == card, open_hold)),
        ("wards_left", select(Reader.card).where(Reader.guardian_card == card)),
    )
    for fault, query in obstacles:
        if session.scalars(query.limit(1)).first() is not None:
            return fault
    if reader is not None and (reader.fees_fen or reader.deposit_fen):
        return "fees_owed" if reader.fees_fen else "deposit_held"
    waiting = [row for row in traces.gateway_rows(session, keys, card) if row.ended_ms is None]
    return "owed_open" if waiting or any(_is_open(one) for one in owed) else None


def _is_open(one: OwedTransaction | DeskPayment) -> bool:
    if isinstance(one, DeskPayment):
        return one.state in payments.OPEN or (one.state in payments.FOR_STAFF and not one.resolution)
    return one.state in WAITING or (one.state in FOR_STAFF and not one.resolution)


def _unseal(session: Session, opener: Opener, owed: list[OwedTransaction | DeskPayment]) -> int:
    """Take the sealed cards out; of how many facts."""
    for one in owed:
        one.sealed = ""
    facts = traces.sealed_facts(session, opener)
    for fact in facts:
        fact.body = redact(fact.body)
    asides = traces.sealed_asides(session, opener)
    for aside in asides:
        aside.body = redact(aside.body)
    session.flush()
    return len(facts) + len(asides)


def _rename(session: Session, keys: Keys, card: str) -> int:
    """Give the reader another name in the gateways' facts, which nobody can make of the card; in how many."""
    renamed = 0
    for alias in traces.gateway_aliases(session, keys, card):
        other = secrets.token_hex(PSEUDONYM_DIGITS // 2)
        mine = (OwedTransaction.device_id == alias.device) & (OwedTransaction.reader == alias.hash)
        session.execute(update(OwedTransaction).where(mine).values(reader=other))
        for fact in traces.facts(session, [alias]):
            fact.body = fact.body.replace(alias.hash, other)
            renamed += 1
    session.flush()
    return renamed


def _forget_answers(session: Session, keys: Keys, card: str, name: str) -> None:
    for row in (
        *traces.answers(session, card, name),
        *traces.gateway_rows(session, keys, card),
        *traces.gateway_readers(session, keys, card),
    ):
        session.delete(row)
    session.flush()


def _scrub(session: Session, card: str, name: str) -> None:
    """Take card and name out of what people wrote."""
    for column in TEXTS:
        said = or_(*(column.contains(word, autoescape=True) for word in (card, name) if word))
        for row in session.scalars(select(column.class_).where(said)):
            setattr(row, column.key, without(getattr(row, column.key), card, name))
    session.flush()


def _empty(session: Session, card: str) -> int:
    """Go through the places; how many loans stay."""
    holds = select(Hold.id).where(Hold.reader_card == card)
    session.execute(update(Locker).where(Locker.hold_id.in_(holds)).values(hold_id=None))
    loans = 0
    for place in PLACES:
        mine = place.holds(card)
        if place.fate == "unnamed":
            rows = session.scalars(select(place.model).where(mine)).all()
            for row in rows:
                setattr(row, place.card.key, None)
            loans += len(rows) if place.model is Loan else 0
        elif place.fate == "deleted":
            session.execute(delete(place.model).where(mine))
        session.flush()
    return loans
