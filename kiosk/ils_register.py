"""What a registration asks of the ILS, as conversations of SIP2 messages (`kiosk.ils_questions` says what a plan is). Pure.

    AskBearer         85 by identity card          → BearerAnswered
    AskRegistration   81                           → RegistrationAnswered
    AskSettle         85, of a registration        → Settled

The identity card's number goes into XO, where every system looks for it, and into AA: it becomes the reader's card.
What else the card says stays here: name, sex and birth date are all that a library needs of it.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from kiosk import ils_answers as answers
from kiosk.effects import AskSettle
from kiosk.events import IlsSilent, KioskEvent, Settled, Verdict
from kiosk.ils_terms import Terms, meant
from kiosk.register_effects import AskBearer, AskRegistration, RegisterQuestion
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import BY_ID_CARD
from wire.sip2.declare import Message

Plan = Generator[Message, Message, KioskEvent]
REGISTER_REFUSED = faults.number("register_refused")
NOBODY = frozenset({None, faults.number("card_unknown")})
"""Why an identity card is not found, where nobody bears it."""
SEXES = {1: "1", 2: "0"}
"""GB/T 2261.1 → XM; what is not stated is left out."""


def silence(question: RegisterQuestion) -> KioskEvent:
    """The event where the ILS has not answered."""
    return IlsSilent(txn=question.txn)


def plan(question: RegisterQuestion, terms: Terms, now: datetime) -> Plan:
    """The conversation for a question."""
    match question:
        case AskBearer():
            return _ask_bearer(question, terms, now)
        case AskRegistration():
            return _ask_registration(question, terms, now)


def settle(question: AskSettle, terms: Terms, now: datetime) -> Plan:
    """What became of a registration: whether anybody bears the identity card."""
    found = meant(m.FindReaderResponse, (yield _by_id(question.card, terms, now)))
    if found.done == answers.DONE:
        return Settled(question.txn, Verdict.DONE)
    nobody = answers.catalogued(found.fault) in NOBODY
    return Settled(question.txn, Verdict.NEVER if nobody else Verdict.UNCLEAR)


def _ask_bearer(question: AskBearer, terms: Terms, now: datetime) -> Plan:
    found = meant(m.FindReaderResponse, (yield _by_id(question.number, terms, now)))
    if found.done == answers.DONE:
        return BearerAnswered(question.txn, found.patron_identifier or question.number)
    fault = answers.catalogued(found.fault)
    return BearerAnswered(question.txn, fault=None if fault in NOBODY else fault)


def _by_id(number: str, terms: Terms, now: datetime) -> m.FindReader:
    return m.FindReader(
        transaction_date=now, institution_id=terms.institution, id_card_xo=number, operation=BY_ID_CARD
    )


def _ask_registration(question: AskRegistration, terms: Terms, now: datetime) -> Plan:
    asked = question.application
    request = m.Register(
        transaction_date=now,
        institution_id=terms.institution,
        patron_identifier=asked.number,
        id_card_xo=asked.number,
        patron_password=asked.pin,
        personal_name=asked.name,
        mobile_phone=asked.phone,
        birth_date=f"{asked.born:%Y%m%d}",
        sex=SEXES.get(asked.sex, ""),
        reader_type=asked.reader_type,
        terms_version=asked.terms,
        guardian=asked.guardian,
    )
    answer = meant(m.RegisterResponse, (yield request))
    fault = None if answer.done == answers.DONE else answers.catalogued(answer.fault) or REGISTER_REFUSED
    return RegistrationAnswered(question.txn, fault)
