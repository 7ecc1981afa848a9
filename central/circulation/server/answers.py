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
from dataclasses import replace
from typing import Any

import msgspec

from central.circulation.ledger.desk import Desk
from central.circulation.server import item_answers, patron_answers, repeats
from central.circulation.server.terminals import Terminal
from central.circulation.server.wording import moment
from central.statements import Cursor
from wire.learn import learn
from wire.sip2 import messages as m
from wire.sip2.codes import Supported
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

Answer = Callable[[Cursor, Desk, Any, bool | None], Message]
"""(cursor, desk, request, pin) → response. `pin` says whether the PIN fits, None where none was sent."""

ANSWERS: dict[type[Message], Answer] = {
    m.PatronStatusRequest: patron_answers.patron_status,
    m.PatronInformation: patron_answers.patron_information,
    m.EndPatronSession: patron_answers.end_session,
    m.Checkout: item_answers.checkout,
    m.Checkin: item_answers.checkin,
    m.ItemInformation: item_answers.item_information,
}

UNDERSTOOD = frozenset({m.Login, m.ScStatus, *ANSWERS})
"""What a terminal may ask; anything else is ignored, as an unknown command is."""
CHANGING = tuple(repeats.SUBJECTS)
"""What needs a transaction that writes."""
WITH_PIN = (m.PatronStatusRequest, m.PatronInformation, m.Checkout)
"""What acts on a PIN (AD); 35 carries one too, and ends a session that does not exist here."""

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
HOME_ZONE = "Asia/Shanghai"
"""Civil time in a 98 before anybody has said where the terminal stands."""

NOT_SIGNED_IN = "终端未登录"
"""For the staff at the machine; no reader meets it."""

learn(*m.ANSWERED_BY.values())


def perform(cursor: Cursor, terminal: Terminal, desk: Desk, request: Request, pin: bool | None) -> Message:
    """Do what a terminal asks, once. The caller commits before anybody is told."""
    message = request.message
    if not terminal.no_block and getattr(message, "no_block", False):
        message = replace(message, no_block=False)  # type: ignore[call-arg]  # of 09, 11, 29
    answer = ANSWERS[type(message)]
    if not isinstance(message, CHANGING):
        return answer(cursor, desk, message, pin)
    about = repeats.subject(message)
    repeats.take_turn(cursor, about)
    digest = repeats.digest(request) if pin is not False else None
    kept = repeats.kept_answer(cursor, desk, about, digest) if digest else None
    if kept is not None:
        return msgspec.json.decode(kept, type=m.ANSWERED_BY[type(message)])
    response = answer(cursor, desk, message, pin)
    if _was_done(response):
        repeats.keep_answer(cursor, desk, about, digest, msgspec.json.encode(response))
    return response


_DONE: dict[type[Message], str] = {
    m.FeePaidResponse: "payment_accepted",
    m.ItemStatusUpdateResponse: "item_properties_ok",
}
"""The flag of an answer, where it is not `ok`; an answer without a flag was done unless it names a fault."""


def _was_done(response: Any) -> bool:
    flag = getattr(response, _DONE.get(type(response), "ok"), None)
    return response.fault is None if flag is None else bool(flag)


def status(desk: Desk, library: str, terminal: Terminal | None = None) -> m.AcsStatus:
    """98. A renewal is a checkout of what is the reader's already; offline loans are the account's to tell."""
    return m.AcsStatus(
        online_status=True,
        checkin_ok=True,
        checkout_ok=True,
        acs_renewal_policy=True,
        status_update_ok=Supported.ITEM_STATUS_UPDATE in SUPPORTED,
        offline_ok=terminal is None or terminal.no_block,
        timeout_period=TIMEOUT_DS,
        retries_allowed=RETRIES,
        date_time_sync=moment(desk),
        institution_id=desk.branch,
        library_name=library,
        supported_messages=SUPPORTED,
        terminal_location=terminal.place if terminal else "",
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
    "screen_message": (NOT_SIGNED_IN,),
}
"""What says no, by the name of the field."""
_ECHOED = ("patron_identifier", "item_identifier")


def not_signed_in(request: Message, desk: Desk) -> Message:
    """The answer that says no and nothing else.

    Raises:
        KeyError: no request.
    """
    kind: Any = m.ANSWERED_BY[type(request)]
    names = kind.layout.names
    said: dict[str, Any] = {name: value for name, value in _NO.items() if name in names}
    said |= {name: getattr(request, name) for name in _ECHOED if name in names and hasattr(request, name)}
    answer: Message = kind(transaction_date=moment(desk), **said)
    return answer
