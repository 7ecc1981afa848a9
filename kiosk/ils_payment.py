"""The conversation that books money: 37 → PaymentAnswered. Pure, as `kiosk.ils_questions`."""

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
from wire.sip2.codes import FeeType, PaymentType
from wire.sip2.declare import Message

Plan = Generator[Message, Message, PaymentAnswered]
FEN = 100
"""In a yuan."""


def silence(question: AskPayment) -> IlsSilent:
    """The event where the ILS has not answered."""
    return IlsSilent(txn=question.txn)


def plan(question: AskPayment, terms: Terms, now: datetime) -> Plan:
    """BK is the provider's number: told twice, it is one payment. A no without a number is no answer for the reader."""
    request = m.FeePaid(
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
    answer = meant(m.FeePaidResponse, (yield request))
    fault = answers.catalogued(answer.fault) or faults.number("payment_not_booked")
    return PaymentAnswered(question.txn, None if answer.payment_accepted else fault, question.card)
