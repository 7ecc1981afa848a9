"""The conversations behind an errand: a reader's account, renewals, holds, the PIN. Pure, as `kiosk.ils_questions`.

AskAccount     63, once for each list that is not empty   → AccountAnswered
AskCopy        17                                         → CopyAnswered
AskRenewal     29                                         → RenewalAnswered
AskAllRenewed  65                                         → AllRenewed
AskHold        15                                         → HoldAnswered
AskPinChange   81 with CHANGE_PASSWORD, else 21           → PinChanged
"""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime

from kiosk import ils_answers as answers
from kiosk.errand_effects import (
    AskAccount,
    AskAllRenewed,
    AskCopy,
    AskHold,
    AskPinChange,
    AskRenewal,
    ErrandQuestion,
)
from kiosk.errand_events import (
    Account,
    AccountAnswered,
    AllRenewed,
    Charge,
    CopyAnswered,
    ErrandEvent,
    Fee,
    Hold,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
    Waived,
)
from kiosk.ils_terms import Terms, meant, same_item
from wire import faults
from wire.facts import clip
from wire.sip2 import messages as m
from wire.sip2.codes import HoldMode, HoldType, RegisterOperation, Summary
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect

Plan = Generator[Message, Message, ErrandEvent]

ILS_SILENT = faults.number("ils_silent")
MAX_LISTED = 200
"""Of one list; no reader has more, and the screen shows no more."""
MAX_MESSAGES = 5
"""Lines that the ILS has for the reader."""
FEE = re.compile(r"(?P<number>\d{1,9}) (?P<yuan>\d{1,7}(?:\.\d{1,2})?) (?P<words>.*)", re.DOTALL)
"""A fee as our own ledger lists it in AV."""
FEE_IN_FULL = re.compile(
    r"(?P<number>\d{1,9}) (?P<yuan>\d{1,7}(?:\.\d{1,2})?) (?P<kind>overdue|lost|damage|card|other)(?P<about> .*)?",
    re.DOTALL,
)
"""The same in YE."""
WAIVED = re.compile(r"(?:(?P<percent>\d{1,3})%|(?P<yuan>\d{1,7}(?:\.\d{1,2})?)) (?P<reason>.*)", re.DOTALL)
"""What an amnesty forgives as our own ledger lists it in YW."""
REFUSALS = frozenset(
    words for fault in faults.catalogue().values() for words in (fault.reader.zh, fault.reader.en)
)
"""What our own ledger says in AF of who may not borrow: the desk says that itself, in the reader's language."""
HOLD = re.compile(
    r"(?P<item>\S+) (?P<ready>[01]) (?P<until>\d{8}|-) (?P<locker>\S+) (?P<place>\S+) (?P<title>.*)",
    re.DOTALL,
)
"""A hold as our own ledger lists it in YH; `-` for what there is not."""


def silence(question: ErrandQuestion) -> ErrandEvent:
    """The event where the ILS has not answered."""
    match question:
        case AskAccount(ask=ask):
            return AccountAnswered(ask, None, ILS_SILENT)
        case AskCopy(ask=ask, item=item):
            return CopyAnswered(ask, item)
        case AskRenewal(txn=txn):
            return RenewalAnswered(txn, ILS_SILENT)
        case AskAllRenewed(txn=txn):
            return AllRenewed(txn, ILS_SILENT)
        case AskHold(txn=txn):
            return HoldAnswered(txn, ILS_SILENT)
        case AskPinChange(txn=txn):
            return PinChanged(txn, ILS_SILENT)


def plan(question: ErrandQuestion, terms: Terms, now: datetime) -> Plan:
    """The conversation for a question, as `kiosk.ils_questions.plan`."""
    match question:
        case AskAccount():
            return _ask_account(question, terms, now)
        case AskCopy():
            return _ask_copy(question, terms, now)
        case AskRenewal():
            return _ask_renewal(question, terms, now)
        case AskAllRenewed():
            return _ask_all_renewed(question, terms, now)
        case AskHold():
            return _ask_hold(question, terms, now)
        case AskPinChange():
            return _ask_pin_change(question, terms, now)


# ---------------------------------------------------------------- the account
def _ask_account(question: AskAccount, terms: Terms, now: datetime) -> Plan:
    """The first answer has the counts; a list that is empty by them is not asked for."""

    def wanted(part: Summary) -> m.PatronInformation:
        return m.PatronInformation(
            transaction_date=now,
            summary=frozenset({part}),
            institution_id=terms.institution,
            patron_identifier=question.card,
        )

    first = meant(m.PatronInformationResponse, (yield wanted(Summary.CHARGED)))
    fault = answers.card_fault(first)
    if fault is not None:
        return AccountAnswered(question.ask, None, fault)
    overdue, ready, waiting, fines = frozenset[str](), first, first, first
    if first.overdue_items_count:
        late = meant(m.PatronInformationResponse, (yield wanted(Summary.OVERDUE)))
        overdue = frozenset(item.strip() for item in late.overdue_items)
    if first.hold_items_count != 0:
        ready = meant(m.PatronInformationResponse, (yield wanted(Summary.HOLD)))
    if first.unavailable_holds_count:
        waiting = meant(m.PatronInformationResponse, (yield wanted(Summary.UNAVAILABLE_HOLD)))
    if first.fine_items_count or (first.fine_items_count is None and first.fee_amount.strip()):
        fines = meant(m.PatronInformationResponse, (yield wanted(Summary.FINE)))
    charges, waived = _charges(first, overdue, terms.dialect), _waived(first)
    account = Account(
        charges,
        _holds(ready, waiting, terms.dialect),
        _fees(fines, terms.dialect),
        answers.fen(first.fee_amount),
        () if waived else _messages(first),  # AF has the same, and refusals
        more=max((first.charged_items_count or 0) - len(charges), 0),
        waived=waived,
    )
    return AccountAnswered(question.ask, account)


def _charges(
    answer: m.PatronInformationResponse, overdue: frozenset[str], dialect: Dialect
) -> tuple[Charge, ...]:
    items = dict.fromkeys(item.strip() for item in answer.charged_items[:MAX_LISTED] if item.strip())
    if dialect.lists_titles:
        return tuple(Charge("", clip(title), overdue=title in overdue) for title in items)
    return tuple(Charge(item, overdue=item in overdue) for item in items)


def _holds(
    ready: m.PatronInformationResponse, waiting: m.PatronInformationResponse, dialect: Dialect
) -> tuple[Hold, ...]:
    """In full where the ILS tells them so, else what its lists name."""
    told = dict.fromkeys((*ready.holds, *waiting.holds))
    if told:
        return tuple(hold for line in told if (hold := _hold(line)))[:MAX_LISTED]
    listed = [(text, True) for text in ready.hold_items]
    listed += [(text, False) for text in waiting.unavailable_hold_items]
    return tuple(
        Hold(clip(text), here) if dialect.lists_titles else Hold("", here, item=text.strip())
        for text, here in listed[:MAX_LISTED]
        if text.strip()
    )


def _hold(line: str) -> Hold | None:
    found = HOLD.fullmatch(line)
    if found is None:
        return None
    item, locker, place = (
        found[name].replace("-", "", found[name] == "-") for name in ("item", "locker", "place")
    )
    day = found["until"]
    until = f"{day[:4]}-{day[4:6]}-{day[6:]}" if day != "-" else ""
    return Hold(clip(found["title"]), found["ready"] == "1", item, place, locker, until)


def _fees(answer: m.PatronInformationResponse, dialect: Dialect) -> tuple[Fee, ...]:
    """In full where the ILS tells them so, else what its list says."""
    told = (FEE_IN_FULL.fullmatch(line) for line in answer.fees)
    full = [Fee(f["number"], answers.fen(f["yuan"]), clip(f["about"] or ""), f["kind"]) for f in told if f]
    return tuple(full or [_fee(line, dialect) for line in answer.fine_items])[:MAX_LISTED]


def _fee(line: str, dialect: Dialect) -> Fee:
    found = FEE.fullmatch(line) if dialect.faults else None
    if found is None:
        return Fee("", None, clip(line))
    return Fee(found["number"], answers.fen(found["yuan"]), clip(found["words"]))


def _waived(answer: m.PatronInformationResponse) -> tuple[Waived, ...]:
    told = (WAIVED.fullmatch(line) for line in answer.waived[:MAX_MESSAGES])
    return tuple(
        Waived(clip(one["reason"]), answers.fen(one["yuan"] or ""), min(int(one["percent"] or 0), 100))
        for one in told
        if one
    )


def _messages(answer: m.PatronInformationResponse) -> tuple[str, ...]:
    """AF, less what is said here in the reader's language."""
    said = (clip(line) for line in answer.screen_message[:MAX_MESSAGES] if line.strip())
    return tuple(line for line in said if line not in REFUSALS)


def _ask_copy(question: AskCopy, terms: Terms, now: datetime) -> Plan:
    request = m.ItemInformation(
        transaction_date=now, institution_id=terms.institution, item_identifier=question.item
    )
    answer = meant(m.ItemInformationResponse, (yield request))
    same_item(answer.item_identifier, question.item)
    return CopyAnswered(
        question.ask,
        question.item,
        clip(answer.title_identifier),
        answers.due(answer.due_date, terms.dialect),
        answers.short(answer.current_location or answer.permanent_location),
        answers.due(answer.hold_pickup_date, terms.dialect),
    )


# ---------------------------------------------------------------- renewals
def _ask_renewal(question: AskRenewal, terms: Terms, now: datetime) -> Plan:
    request = m.Renew(
        transaction_date=now,
        institution_id=terms.institution,
        patron_identifier=question.card,
        item_identifier=question.item,
    )
    answer = meant(m.RenewResponse, (yield request))
    same_item(answer.item_identifier, question.item)
    fault = None if answer.ok else answers.catalogued(answer.fault) or faults.number("renewal_refused")
    return RenewalAnswered(
        question.txn,
        fault,
        clip(answer.title_identifier),
        answers.short(answer.call_number),
        answers.due(answer.due_date, terms.dialect),
    )


def _ask_all_renewed(question: AskAllRenewed, terms: Terms, now: datetime) -> Plan:
    request = m.RenewAll(
        transaction_date=now, institution_id=terms.institution, patron_identifier=question.card
    )
    answer = meant(m.RenewAllResponse, (yield request))
    renewed = tuple(item.strip() for item in answer.renewed_items[:MAX_LISTED])
    unrenewed = tuple(item.strip() for item in answer.unrenewed_items[:MAX_LISTED])
    return AllRenewed(question.txn, None, renewed, unrenewed)


# ---------------------------------------------------------------- holds
def _ask_hold(question: AskHold, terms: Terms, now: datetime) -> Plan:
    request = m.Hold(
        hold_mode=HoldMode.DELETE if question.cancel else HoldMode.ADD,
        transaction_date=now,
        hold_type=HoldType.ANY_COPY,
        institution_id=terms.institution,
        patron_identifier=question.card,
        item_identifier=question.item,
    )
    answer = meant(m.HoldResponse, (yield request))
    fault = None if answer.ok else answers.catalogued(answer.fault) or faults.number("hold_refused")
    return HoldAnswered(
        question.txn,
        fault,
        clip(answer.title_identifier),
        answer.available,
        answer.queue_position,
        answers.short(answer.pickup_location),
    )


# ---------------------------------------------------------------- the PIN
def _ask_pin_change(question: AskPinChange, terms: Terms, now: datetime) -> Plan:
    """A refusal without a number is taken for a wrong PIN: nothing else is as likely, or as much to be counted."""
    if "81" not in terms.dialect.lacks:
        changed = meant(m.RegisterResponse, (yield _change(question, terms, now)))
        ok, fault = changed.done == answers.DONE, changed.fault
    else:
        request = m.ChangePin(
            transaction_date=now,
            institution_id=terms.institution,
            patron_identifier=question.card,
            patron_password=question.old,
            new_password=question.new,
        )
        told = meant(m.ChangePinResponse, (yield request))
        ok, fault = told.ok, told.fault
    return PinChanged(question.txn, None if ok else answers.catalogued(fault) or faults.number("pin_wrong"))


def _change(question: AskPinChange, terms: Terms, now: datetime) -> m.Register:
    return m.Register(
        transaction_date=now,
        institution_id=terms.institution,
        patron_identifier=question.card,
        patron_password=question.old,
        operation=RegisterOperation.CHANGE_PASSWORD,
        new_password=question.new,
    )
