"""SIP2 at the ledger: what each request does.

`ANSWERS` is the whole of it, message type → function. A function runs in the caller's transaction and
returns the answer. AF is the catalogue's line for the reader, YF the catalogue's number, AO the branch
of the terminal; AA and AB come back as they were sent.

`perform` runs one request in the caller's transaction. What changes something is executed once however
often it arrives: on one connection the conversation sees to it, across connections the answer that was
stored with the transaction (`central.circulation.server.terminals`).

A terminal that has not signed in gets no silence, which it could not tell from a dead line, and no word
of the ledger: `not_signed_in` says no in the form of the answer that it waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from central.circulation.ledger import lending
from central.circulation.ledger.desk import Desk
from central.circulation.server import item_answers, patron_answers, terminals
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
CHANGING = (m.Checkout, m.Checkin)
"""What needs a transaction that writes."""
WITH_PIN = (m.PatronStatusRequest, m.PatronInformation, m.Checkout)
"""What acts on a PIN (AD); 35 carries one too, and ends a session that does not exist here."""

SUPPORTED = frozenset(
    {
        Supported.PATRON_STATUS,
        Supported.CHECKOUT,
        Supported.CHECKIN,
        Supported.STATUS,
        Supported.RESEND,
        Supported.LOGIN,
        Supported.PATRON_INFORMATION,
        Supported.END_SESSION,
        Supported.ITEM_INFORMATION,
    }
)
"""BX. The renewal of a loan is a checkout with the renewal policy Y."""

TIMEOUT_DS = 30
"""Tenths of a second that a terminal should wait: a kiosk's offline rule begins at 3 s as well."""
RETRIES = 3

NOT_SIGNED_IN = "终端未登录"
"""For the staff at the machine; no reader meets it."""

learn(*m.ANSWERED_BY.values())


def perform(cursor: Cursor, desk: Desk, request: Request, pin: bool | None) -> Message:
    """Do what a terminal asks, once. The caller commits before anybody is told."""
    message = request.message
    if not isinstance(message, CHANGING):
        return ANSWERS[type(message)](cursor, desk, message, pin)
    barcode = message.item_identifier.strip()
    lending.lock_copy(cursor, barcode)
    digest = _digest(request) if pin is not False else None
    kept = terminals.kept_answer(cursor, desk, barcode, digest) if digest else None
    if kept is not None:
        return msgspec.json.decode(kept, type=m.ANSWERED_BY[type(message)])
    response = ANSWERS[type(message)](cursor, desk, message, pin)
    if isinstance(response, m.CheckoutResponse | m.CheckinResponse) and response.ok:
        terminals.keep_answer(cursor, desk, barcode, digest, msgspec.json.encode(response))
    return response


def _digest(request: Request) -> str | None:
    """What a repeated request is recognised by; None where it cannot be told from a new one."""
    if request.sequence is None or request.checksum != "good":
        return None
    return terminals.digest(request.message, request.sequence)


def status(desk: Desk, library: str, place: str) -> m.AcsStatus:
    """98. Offline loans are taken (`no_block`); a renewal is a checkout of what is the reader's already."""
    return m.AcsStatus(
        online_status=True,
        checkin_ok=True,
        checkout_ok=True,
        acs_renewal_policy=True,
        offline_ok=True,
        timeout_period=TIMEOUT_DS,
        retries_allowed=RETRIES,
        date_time_sync=moment(desk),
        institution_id=desk.branch,
        library_name=library,
        supported_messages=SUPPORTED,
        terminal_location=place,
    )


def not_signed_in(request: Message, desk: Desk) -> Message:
    """The answer that says no and nothing else.

    Raises:
        KeyError: a message that needs no account.
    """
    return _REFUSALS[type(request)](request, moment(desk))


_REFUSALS: dict[type[Message], Callable[[Any, datetime], Message]] = {
    m.PatronStatusRequest: lambda r, now: m.PatronStatusResponse(
        patron_status=patron_answers.NO_SERVICE,
        transaction_date=now,
        patron_identifier=r.patron_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
    m.PatronInformation: lambda r, now: m.PatronInformationResponse(
        patron_status=patron_answers.NO_SERVICE,
        transaction_date=now,
        patron_identifier=r.patron_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
    m.EndPatronSession: lambda r, now: m.EndSessionResponse(
        end_session=False,
        transaction_date=now,
        patron_identifier=r.patron_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
    m.Checkout: lambda r, now: m.CheckoutResponse(
        ok=False,
        desensitize=False,
        transaction_date=now,
        patron_identifier=r.patron_identifier,
        item_identifier=r.item_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
    m.Checkin: lambda r, now: m.CheckinResponse(
        ok=False,
        resensitize=False,
        transaction_date=now,
        item_identifier=r.item_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
    m.ItemInformation: lambda r, now: m.ItemInformationResponse(
        transaction_date=now,
        item_identifier=r.item_identifier,
        screen_message=(NOT_SIGNED_IN,),
    ),
}
