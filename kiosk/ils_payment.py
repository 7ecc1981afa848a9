"""The conversation that books money: 37 → PaymentAnswered. Pure, as `kiosk.ils_questions`.

An ILS that does not know a payment's number again is asked before a second 37 what the reader owes (63, BV):

    told before   owes            so
    no            whatever        37
    maybe         all of it       37: nothing of it was booked
    maybe         anything else   payment_unclear, for staff: booked, or paid elsewhere meanwhile
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from kiosk import ils_answers as answers
from kiosk.events import IlsSilent
from kiosk.ils_terms import Terms, meant
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import PaymentAnswered
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import FeeType, PaymentType, Summary
from wire.sip2.declare import Message

Plan = Generator[Message, Message, PaymentAnswered]
FEN = 100
"""In a yuan."""
UNCLEAR = faults.number("payment_unclear")


def silence(question: AskPayment) -> IlsSilent:
    """The event where the ILS has not answered."""
    return IlsSilent(txn=question.txn)


def plan(question: AskPayment, terms: Terms, now: datetime) -> Plan:
    """BK is the provider's number. A no without a fault of ours is no answer for the reader."""
    if question.again and not terms.dialect.keeps_payments:
        account = meant(m.PatronInformationResponse, (yield _fees(question, terms, now)))
        is_all = not question.fee and answers.fen(account.fee_amount) == question.amount_fen
        if not is_all:
            return PaymentAnswered(question.txn, UNCLEAR, question.card)
    answer = meant(m.FeePaidResponse, (yield _paid(question, terms, now)))
    fault = answers.catalogued(answer.fault) or faults.number("payment_not_booked")
    return PaymentAnswered(question.txn, None if answer.payment_accepted else fault, question.card)


def _fees(question: AskPayment, terms: Terms, now: datetime) -> m.PatronInformation:
    return m.PatronInformation(
        transaction_date=now,
        summary=frozenset({Summary.FINE}),
        institution_id=terms.institution,
        patron_identifier=question.card,
    )


def _paid(question: AskPayment, terms: Terms, now: datetime) -> m.FeePaid:
    return m.FeePaid(
        transaction_date=now,
        fee_type=FeeType.OTHER,
        payment_type=PaymentType.CREDIT_CARD,
        currency_type="CNY",
        fee_amount=f"{question.amount_fen // FEN}.{question.amount_fen % FEN:02}",
        institution_id=terms.institution,
        patron_identifier=question.card,
        fee_identifier=question.fee,
        transaction_id=question.provider_id,
    )
