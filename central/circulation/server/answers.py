"""SIP2 at the ledger: what each request does.

`ANSWERS` is the whole of it, message type → function. A function runs in the caller's transaction and
returns the answer. AF is the catalogue's line for the reader, YF the catalogue's number, AO the branch
of the terminal; AA and AB come back as they were sent.

`perform` runs one request in the caller's transaction. What changes something is executed once however
often it arrives: on one connection the conversation sees to it, across connections the answer that was
stored with the transaction (`central.circulation.server.repeats`).

A terminal that has not signed in gets no silence, which it could not tell from a dead line, and no word
of the ledger: `not_signed_in` says no in the form of the answer that it waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from central.circulation.ledger.desk import Desk
from central.circulation.server import (
    fee_answers,
    hold_answers,
    item_answers,
    loan_answers,
    patron_answers,
    reader_answers,
    repeats,
)
from central.circulation.server.terminals import Terminal
from central.circulation.server.visit import Visit
from central.circulation.server.wording import moment
from central.statements import Cursor
from wire.learn import learn
from wire.sip2 import messages as m
from wire.sip2.codes import RegisterOperation, Supported
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

Answer = Callable[[Cursor, Visit, Any], Message]
"""(cursor, visit, request) → response."""

ANSWERS: dict[type[Message], Answer] = {
    m.PatronStatusRequest: patron_answers.patron_status,
    m.PatronInformation: patron_answers.patron_information,
    m.EndPatronSession: patron_answers.end_session,
    m.BlockPatron: patron_answers.block_patron,
    m.PatronEnable: patron_answers.patron_enable,
    m.Checkout: loan_answers.checkout,
    m.Checkin: loan_answers.checkin,
    m.Renew: loan_answers.renew,
    m.RenewAll: loan_answers.renew_all,
    m.Hold: hold_answers.hold,
    m.FeePaid: fee_answers.fee_paid,
    m.ItemInformation: item_answers.item_information,
    m.ItemStatusUpdate: item_answers.item_status_update,
    m.Register: reader_answers.register,
    m.FindReader: reader_answers.find_reader,
    m.IsTaken: reader_answers.is_taken,
    m.ChangePin: reader_answers.change_pin,
    m.ItemFieldUpdate: item_answers.item_field_update,
}

UNDERSTOOD = frozenset({m.Login, m.ScStatus, *ANSWERS})
"""What a terminal may ask; anything else is ignored, as an unknown command is."""
CHANGING = frozenset(repeats.SUBJECTS)
"""What needs a transaction that writes."""
WITH_PIN: frozenset[type[Message]] = frozenset(
    {
        m.PatronStatusRequest,
        m.PatronInformation,
        m.PatronEnable,
        m.Checkout,
        m.Renew,
        m.RenewAll,
        m.Hold,
        m.FeePaid,
        m.ChangePin,
    }
)
"""What acts on a PIN (AD); 35 carries one too, and ends a session that does not exist here."""
WITH_SECRETS = WITH_PIN | {m.Register}
"""What may carry a PIN to check, or one that the reader chose."""
WITH_READER = frozenset(kind for kind in ANSWERS if "patron_identifier" in kind.layout.names)
"""What has a reader's card (AA)."""

BX: dict[Supported, type[Message]] = {
    Supported.PATRON_STATUS: m.PatronStatusRequest,
    Supported.CHECKOUT: m.Checkout,
    Supported.CHECKIN: m.Checkin,
    Supported.BLOCK_PATRON: m.BlockPatron,
    Supported.STATUS: m.ScStatus,
    Supported.LOGIN: m.Login,
    Supported.PATRON_INFORMATION: m.PatronInformation,
    Supported.END_SESSION: m.EndPatronSession,
    Supported.FEE_PAID: m.FeePaid,
    Supported.ITEM_INFORMATION: m.ItemInformation,
    Supported.ITEM_STATUS_UPDATE: m.ItemStatusUpdate,
    Supported.PATRON_ENABLE: m.PatronEnable,
    Supported.HOLD: m.Hold,
    Supported.RENEW: m.Renew,
    Supported.RENEW_ALL: m.RenewAll,
}
"""What each place of BX stands for; 97 is answered always."""
SUPPORTED = frozenset({Supported.RESEND, *(place for place, kind in BX.items() if kind in UNDERSTOOD)})

TIMEOUT_DS = 30
"""Tenths of a second that a terminal should wait: a kiosk's offline rule begins at 3 s as well."""
RETRIES = 3
MAX_PLACES = 256
"""Branches that ask for their 98 in one second."""
HOME_ZONE = "Asia/Shanghai"
"""Civil time in a 98 before anybody has said where the terminal stands."""

NOT_SIGNED_IN = "终端未登录"
"""For the staff at the machine; no reader meets it."""

learn(*m.ANSWERED_BY.values())


Count = Callable[[Cursor, Terminal, Message, Message], None]
"""(cursor, terminal, request, response): counts what was done, in its transaction."""


def perform(
    cursor: Cursor, terminal: Terminal, visit: Visit, request: Request, count: Count | None = None
) -> Message:
    """Do what a terminal asks, once, and count it. The caller commits before anybody is told."""
    request = allowed(request, terminal)
    message = request.message
    answer = ANSWERS[type(message)]
    if type(message) not in CHANGING:
        return answer(cursor, visit, message)
    about = repeats.subject(message, visit.id_key)
    repeats.take_turn(cursor, about)
    digest = repeats.digest(request) if visit.pin is not False else None
    kept = repeats.kept_answer(cursor, visit.desk, about, digest) if digest else None
    if kept is not None:
        return msgspec.json.decode(kept, type=m.ANSWERED_BY[type(message)])
    response = answer(cursor, visit, message)
    if count is not None and not visit.old_news:
        count(cursor, terminal, message, response)
    if was_done(response):
        repeats.keep_answer(cursor, visit.desk, about, digest, msgspec.json.encode(response))
    return response


def allowed(request: Request, terminal: Terminal) -> Request:
    """The request as this terminal may make it: without no block where it has no right to that."""
    message = request.message
    if terminal.no_block or not getattr(message, "no_block", False):
        return request
    return replace(request, message=message.but(no_block=False))


def pin_of(message: Message) -> str:
    """The PIN that is to be checked; empty where nothing depends on one. Some terminals fill it up with blanks."""
    if type(message) in WITH_PIN:
        return message.patron_password.strip()  # type: ignore[attr-defined,no-any-return]  # of each of them
    changes = isinstance(message, m.Register) and message.operation == RegisterOperation.CHANGE_PASSWORD
    return message.patron_password.strip() if changes else ""  # type: ignore[attr-defined]  # of 81


def new_pin_of(message: Message) -> str:
    """The PIN that the reader chose; empty for none."""
    if isinstance(message, m.ChangePin):
        return message.new_password.strip()
    if not isinstance(message, m.Register):
        return ""
    changes = message.operation == RegisterOperation.CHANGE_PASSWORD
    return (message.new_password if changes else message.patron_password).strip()


_DONE: dict[type[Message], str] = {
    m.FeePaidResponse: "payment_accepted",
    m.ItemStatusUpdateResponse: "item_properties_ok",
}
"""The flag of an answer, where it is not `ok`; an answer without a flag was done unless it names a fault."""


def was_done(response: Any) -> bool:
    """Whether an answer says that what was asked for is so now."""
    flag = getattr(response, _DONE.get(type(response), "ok"), None)
    return response.fault is None if flag is None else bool(flag)


def status(desk: Desk, library: str, terminal: Terminal | None = None) -> m.AcsStatus:
    """98. A renewal is a checkout of what is the reader's already; offline loans are the account's to tell."""
    at = terminal.place if terminal else ""
    return _status(moment(desk), desk.branch, at, library, offline_ok=terminal is None or terminal.no_block)


@lru_cache(MAX_PLACES)
def _status(now: datetime, branch: str, place: str, library: str, *, offline_ok: bool) -> m.AcsStatus:
    """The same for all terminals of a branch for a second."""
    return m.AcsStatus(
        online_status=True,
        checkin_ok=True,
        checkout_ok=True,
        acs_renewal_policy=True,
        status_update_ok=Supported.ITEM_STATUS_UPDATE in SUPPORTED,
        offline_ok=offline_ok,
        timeout_period=TIMEOUT_DS,
        retries_allowed=RETRIES,
        date_time_sync=now,
        institution_id=branch,
        library_name=library,
        supported_messages=SUPPORTED,
        terminal_location=place,
    )


def nowhere(now_ms: int) -> Desk:
    """The desk of who has not said where it stands."""
    return Desk("", "", HOME_ZONE, now_ms)


# ---------------------------------------------------------------- without an account
_NO: dict[str, object] = {
    "ok": False,
    "desensitize": False,
    "resensitize": False,
    "end_session": False,
    "payment_accepted": False,
    "item_properties_ok": False,
    "patron_status": patron_answers.NO_SERVICE,
}
"""What says no, by the name of the field."""
_ECHOED = ("patron_identifier", "item_identifier")


def not_signed_in(request: Message, desk: Desk) -> Message:
    """The answer that says no and nothing else."""
    return refusal(request, desk, (NOT_SIGNED_IN,))


def refusal(request: Message, desk: Desk, words: tuple[str, ...], fault: int | None = None) -> Message:
    """The answer that says no, and why.

    Raises:
        KeyError: no request.
    """
    kind: Any = m.ANSWERED_BY[type(request)]
    said = {
        **_NO,
        **{name: getattr(request, name) for name in _ECHOED if hasattr(request, name)},
        "transaction_date": moment(desk),
        "screen_message": words,
        "fault": fault,
    }
    answer: Message = kind(**{name: value for name, value in said.items() if name in kind.layout.names})
    return answer
