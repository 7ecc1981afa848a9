"""Each question to the ILS as a short conversation of SIP2 messages. Pure.

A plan is a generator: it yields a request, is sent the answer to it, and returns the event. Whoever
drives it closes it when an answer stays away, and posts `silence` of the question instead.

    AskReader   63, by identity card 85 first → ReaderAnswered
    AskItem     17                        → ItemAnswered
    AskLoan     11                        → LoanAnswered
    AskReturn   09                        → ReturnAnswered
    AskSettle   17, for a loan then 63    → Settled
    AskReplay   11 or 09, no-block        → LoanAnswered, ReturnAnswered

An errand's questions stand in `kiosk.ils_account`, what the answers mean in `kiosk.ils_answers`.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime, time

from kiosk import ils_account, ils_payment, ils_register
from kiosk import ils_answers as answers
from kiosk.effects import AskItem, AskLoan, AskReader, AskReplay, AskReturn, AskSettle
from kiosk.errand_effects import AskAllRenewed, AskHold, AskPinChange, AskRenewal, ErrandQuestion
from kiosk.events import (
    IlsSilent,
    Item,
    ItemAnswered,
    KioskEvent,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
    Settled,
    Verdict,
)
from kiosk.ils_terms import Terms, meant, same_item
from kiosk.payment_effects import AskPayment
from kiosk.register_effects import AskBearer, AskRegistration, RegisterQuestion
from wire import faults
from wire.facts import clip
from wire.sip2 import became
from wire.sip2 import messages as m
from wire.sip2.codes import BY_ID_CARD, CirculationStatus, Summary
from wire.sip2.declare import Message

Question = (
    AskReader
    | AskItem
    | AskLoan
    | AskReturn
    | AskSettle
    | AskReplay
    | ErrandQuestion
    | RegisterQuestion
    | AskPayment
)
ONCE = (
    AskLoan,
    AskReturn,
    AskReplay,
    AskRenewal,
    AskAllRenewed,
    AskHold,
    AskPinChange,
    AskRegistration,
    AskPayment,
)
"""What changes something: never asked anew where it may have been heard."""
FEES_OWED = faults.number("fees_owed")
Plan = Generator[Message, Message, KioskEvent]


def silence(question: Question) -> KioskEvent:
    """The event where the ILS has not answered."""
    match question:
        case AskReader(ask=ask) | AskItem(ask=ask):
            return IlsSilent(ask=ask)
        case AskLoan(txn=txn) | AskReturn(txn=txn) | AskReplay(txn=txn):
            return IlsSilent(txn=txn)
        case AskSettle(txn=txn):
            return Settled(txn, Verdict.SILENT)
        case AskBearer() | AskRegistration():
            return ils_register.silence(question)
        case AskPayment():
            return ils_payment.silence(question)
    return ils_account.silence(question)


def plan(question: Question, terms: Terms, now: datetime, status: m.AcsStatus | None = None) -> Plan:
    """The conversation for a question.

    Args:
        question: what is asked.
        terms: the terminal's.
        now: local time.
        status: what the ILS said last that it takes; None: nothing is known of it.
    """
    match question:
        case AskReader():
            return _ask_reader(question, terms, now)
        case AskItem():
            return _ask_item(question, terms, now)
        case AskLoan():
            return _ask_loan(question, terms, now)
        case AskReturn():
            return _ask_return(question, terms, now)
        case AskSettle():
            return _ask_settle(question, terms, now)
        case AskReplay():
            return _replay(question, terms, now, no_block=bool(status and status.offline_ok))
    return _beside_books(question, terms, now)


def _beside_books(
    question: AskPayment | RegisterQuestion | ErrandQuestion, terms: Terms, now: datetime
) -> Plan:
    """What is asked about anything but cards and books, each in a module of its own."""
    if isinstance(question, AskPayment):
        return ils_payment.plan(question, terms, now)
    if isinstance(question, RegisterQuestion):
        return ils_register.plan(question, terms, now)
    return ils_account.plan(question, terms, now)


# ---------------------------------------------------------------- readers
def _ask_reader(question: AskReader, terms: Terms, now: datetime) -> Plan:
    card = question.card
    if question.by == "id_card" and "85" not in terms.dialect.lacks:
        by_id = m.FindReader(
            transaction_date=now, institution_id=terms.institution, id_card_xo=card, operation=BY_ID_CARD
        )
        found = meant(m.FindReaderResponse, (yield by_id))
        card = found.patron_identifier if found.done == answers.DONE else ""
        if not card:
            fault = answers.catalogued(found.fault) or faults.number("card_unknown")
            return ReaderAnswered(question.ask, None, fault)
    return (yield from _ask_about(card, question, terms, now))


def _ask_about(number: str, question: AskReader, terms: Terms, now: datetime) -> Plan:
    """By the number of a library card; an ILS without 85 may know identity cards by it too."""
    request = m.PatronInformation(
        transaction_date=now,
        institution_id=terms.institution,
        patron_identifier=number,
        patron_password=question.pin,
    )
    answer = meant(m.PatronInformationResponse, (yield request))
    if question.pin and not answer.valid_patron_password:
        return ReaderAnswered(question.ask, None, answers.pin_fault(answer))
    card, flags = answers.card_fault(answer), answer.patron_status
    at_door = card or answers.flag_fault(flags, terms.dialect, "door")
    at_desk = card or answers.flag_fault(flags, terms.dialect, "desk")
    fault = at_door if question.place == "door" else at_desk
    may_pay = fault == FEES_OWED and at_door is None
    if fault is not None and not may_pay:
        return ReaderAnswered(question.ask, None, fault, number, enters=at_door is None)
    reader = Reader(
        number,
        terms.pseudonym(number),
        answers.short(answer.personal_name),
        answers.short(answer.reader_type),
        answer.charged_items_count or 0,
        borrows=at_desk is None,
        shown=question.card if question.card != number else "",
        bar=fault,
        age=answers.age_of(answer, (answer.transaction_date or now).date()),
        fees_fen=answers.owes(answer),
        terms=answers.accepted(answer),
    )
    return ReaderAnswered(question.ask, reader, card=number)


# ---------------------------------------------------------------- items
def _ask_item(question: AskItem, terms: Terms, now: datetime) -> Plan:
    answer = meant(m.ItemInformationResponse, (yield _item_request(question.item, terms, now)))
    status, title = answer.circulation_status, answer.title_identifier
    if status == CirculationStatus.LOST:
        return ItemAnswered(question.ask, None, faults.number("item_lost"))
    if status == CirculationStatus.OTHER and not title:
        return ItemAnswered(question.ask, None, faults.number("item_unknown"))
    on_loan = became.CHARGED.get(status, False)
    item = Item(question.item, clip(title), on_loan, answers.short(answer.call_number))
    return ItemAnswered(question.ask, item)


def _ask_loan(question: AskLoan, terms: Terms, now: datetime) -> Plan:
    request = m.Checkout(
        transaction_date=now,
        institution_id=terms.institution,
        patron_identifier=question.card,
        item_identifier=question.item,
    )
    return (yield from _check_out(request, question, terms))


def _check_out(request: m.Checkout, question: AskLoan | AskReplay, terms: Terms) -> Plan:
    answer = meant(m.CheckoutResponse, (yield request))
    same_item(answer.item_identifier, question.item)
    fault = None if answer.ok else answers.catalogued(answer.fault) or faults.number("loan_not_allowed")
    return LoanAnswered(
        question.txn,
        fault,
        clip(answer.title_identifier),
        answers.short(answer.call_number),
        answers.due(answer.due_date, terms.dialect),
        forced=request.no_block,
        renewed=answer.ok and answer.renewal_ok,
        stays_secured=answers.stays_secured(answer, terms.dialect),
        missing=answers.several(answer.missing),
    )


def _ask_return(question: AskReturn, terms: Terms, now: datetime) -> Plan:
    request = m.Checkin(
        transaction_date=now,
        return_date=now,
        current_location=terms.location,
        institution_id=terms.institution,
        item_identifier=question.item,
    )
    return (yield from _check_in(request, question))


def _check_in(request: m.Checkin, question: AskReturn | AskReplay) -> Plan:
    answer = meant(m.CheckinResponse, (yield request))
    same_item(answer.item_identifier, question.item)
    fault = None if answer.ok else answers.catalogued(answer.fault) or faults.number("return_refused")
    title, home = clip(answer.title_identifier), answers.short(answer.permanent_location)
    call_number = answers.short(answer.call_number)
    return ReturnAnswered(
        question.txn,
        fault,
        title,
        call_number,
        home,
        forced=request.no_block,
        goes=answers.goes(answer),
        sort_bin=answers.short(answer.sort_bin),
        missing=answers.several(answer.missing),
    )


# ---------------------------------------------------------------- replaying
def _replay(question: AskReplay, terms: Terms, now: datetime, *, no_block: bool) -> Plan:
    """What has happened already, with the time at which it did."""
    happened = datetime.fromtimestamp(question.at_ms / 1000, UTC)
    if not terms.dialect.utc:
        happened = happened.astimezone().replace(tzinfo=None)
    if question.kind == "return":
        checkin = m.Checkin(
            no_block=no_block,
            transaction_date=now,
            return_date=happened,
            current_location=terms.location,
            institution_id=terms.institution,
            item_identifier=question.item,
        )
        return (yield from _check_in(checkin, question))
    checkout = m.Checkout(
        no_block=no_block,
        transaction_date=happened,
        nb_due_date=_end_of_day(question.due) if no_block else None,
        institution_id=terms.institution,
        patron_identifier=question.card,
        item_identifier=question.item,
    )
    return (yield from _check_out(checkout, question, terms))


def _end_of_day(iso: str) -> datetime | None:
    """The last second of a date, local time; None where it is none."""
    try:
        return datetime.combine(date.fromisoformat(iso), time(23, 59, 59))
    except ValueError:
        return None


# ---------------------------------------------------------------- settling
def _ask_settle(question: AskSettle, terms: Terms, now: datetime) -> Plan:
    if question.kind == "register":
        return (yield from ils_register.settle(question, terms, now))
    item = meant(m.ItemInformationResponse, (yield _item_request(question.item, terms, now)))
    same_item(item.item_identifier, question.item)
    charged = became.CHARGED.get(item.circulation_status)
    listed = None
    if question.card:
        reader = meant(m.PatronInformationResponse, (yield _list_request(question.card, terms, now)))
        listed = answers.listed(reader, question.item, terms.dialect)
    loan = question.kind == "loan"
    verdict = Verdict(became.LOAN[charged, listed] if loan else became.RETURN[charged])
    title, due = clip(item.title_identifier), answers.due(item.due_date, terms.dialect)
    return Settled(question.txn, verdict, title, answers.short(item.call_number), due)


def _list_request(card: str, terms: Terms, now: datetime) -> m.PatronInformation:
    return m.PatronInformation(
        transaction_date=now,
        summary=frozenset({Summary.CHARGED}),
        institution_id=terms.institution,
        patron_identifier=card,
    )


def _item_request(item: str, terms: Terms, now: datetime) -> m.ItemInformation:
    return m.ItemInformation(transaction_date=now, institution_id=terms.institution, item_identifier=item)
