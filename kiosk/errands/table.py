"""What a reader does besides laying books down, as a table. Read `kiosk.session.table` first, then this.

An errand is what the screen shows of the reader's own affairs. It is stepped right after the session, which it sees
and never changes, and **it lives only while its reader is IDENTIFIED**: when the session leaves that phase (done,
silence, another card, a fault) the errand is gone in the same step, and nothing of the reader is seen again.

                 card shown and known                touched: account
    +--------+ ---------------------> +---------+ <------------------> +-----------+   touched: pin    +-------+
    | NOBODY |                        |  BOOKS  |   touched: books,    |  ACCOUNT  | <---------------> |  PIN  |
    +--------+ <--------------------- +---------+   a book laid down   +-----------+  changed, or back +-------+
      a wish,    the session has left
      kept       IDENTIFIED

Whoever is not signed in may wish for a title that the catalogue has found: the wish is kept until a card is shown,
which places it, or until nothing has happened for as long as ends a session.

- What is owed in money or books never stands here: it is the journal's, and outlives any errand.
- The ILS is asked anew whenever the account is opened; nothing that it told is kept beyond the errand.
- A yes of the ILS is a fact, whoever stands there by then; an answer that was lost is in no fact.
- Five wrong PINs bring a pause that grows with each further one, across sessions.

Every panel × event is a row here or stands in `IGNORED` with its reason; what a touch does stands in `TOUCHES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from drivers.events import TagSeen
from kiosk.clock import earliest
from kiosk.errand_events import (
    AccountAnswered,
    AllRenewed,
    CopyAnswered,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
)
from kiosk.errands import asking
from kiosk.errands import moves_account as account
from kiosk.errands import moves_holds as holds
from kiosk.errands import moves_payment as payment
from kiosk.errands import moves_pin as pins
from kiosk.errands import moves_renewals as renewals
from kiosk.errands.offers import NEEDS, offered
from kiosk.errands.state import Entry, Errand, Panel
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import Action, AnyEvent, IlsSilent, Ticked, Touched, Typed
from kiosk.payment_events import CodeOffered, MoneyCame, PaymentAnswered
from kiosk.session.state import Phase, Session

Move = Callable[[Errand, Any, Surroundings], Stepped]

TOUCHES: Mapping[Panel, Mapping[Action, Move]] = {
    Panel.NOBODY: {
        "hold": holds.wish,
        "dismiss": holds.forget_wish,
    },
    Panel.BOOKS: {
        "account": account.open_account,
        "fees": payment.open_fees,
        "hold": holds.place,
    },
    Panel.ACCOUNT: {
        "account": account.open_account,
        "books": account.back,
        "renew": renewals.renew,
        "renew_all": renewals.renew_all,
        "hold": holds.place,
        "cancel_hold": holds.cancel,
        "pin": pins.open_pin,
        "fees": payment.open_fees,
    },
    Panel.FEES: {
        "account": payment.leave,
        "books": payment.leave,
        "fees": payment.open_fees,
        "pay": payment.pay,
    },
    Panel.PAYING: {
        "account": payment.leave,
        "books": payment.leave,
        "fees": payment.open_fees,
    },
    Panel.PIN: {
        "account": account.open_account,
        "books": account.back,
    },
}
"""What each button does; a touch that stands in no row is the session's, or came too late to mean anything."""


def touched(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """As `TOUCHES` has it, where it is offered here."""
    move = TOUCHES[errand.panel].get(event.action)
    asked = NEEDS.keys() & {event.action}
    if move is None or not asked <= offered(around.desk.offers, around.takes):
        return errand, ()
    return move(errand, event, around)


ANSWERS: Mapping[type[AnyEvent], Move] = {
    AccountAnswered: account.see,
    CopyAnswered: account.fill_in,
    RenewalAnswered: renewals.renewed,
    AllRenewed: renewals.all_renewed,
    HoldAnswered: holds.answered,
    PinChanged: pins.changed,
}
"""Taken on every panel of a reader: what was asked for on one is not lost by looking at another."""

TABLE: Mapping[Panel, Mapping[type[AnyEvent], Move]] = {
    Panel.NOBODY: {
        Touched: touched,
        Ticked: holds.let_wish_lapse,
        CopyAnswered: holds.name_wish,
        RenewalAnswered: asking.told,
        AllRenewed: asking.told,
        HoldAnswered: asking.told,
        PinChanged: pins.changed,
    },
    Panel.BOOKS: {
        Touched: touched,
        **ANSWERS,
    },
    Panel.ACCOUNT: {
        Touched: touched,
        TagSeen: account.make_way,
        **ANSWERS,
    },
    Panel.FEES: {
        Touched: touched,
        TagSeen: account.make_way,
        **ANSWERS,
    },
    Panel.PAYING: {
        Touched: touched,
        Ticked: payment.tick,
        CodeOffered: payment.offer,
        MoneyCame: payment.paid,
        PaymentAnswered: payment.booked,
        IlsSilent: payment.silent,
        **ANSWERS,
    },
    Panel.PIN: {
        Touched: touched,
        Typed: pins.typed,
        Ticked: pins.resume,
        TagSeen: account.make_way,
        **ANSWERS,
    },
}

NOT_PAYING: Mapping[type[AnyEvent], str] = {
    CodeOffered: "whoever wanted to pay has turned away: central is told",
    MoneyCame: "money that nobody waits for is `kiosk.payments`' matter",
    PaymentAnswered: "money that nobody waits for is `kiosk.payments`' matter",
    IlsSilent: "nothing that was asked here is answered so",
}
"""On every panel but PAYING."""

IGNORED: Mapping[Panel, Mapping[type[AnyEvent], str]] = {
    Panel.NOBODY: {
        Typed: "what registers a reader has a table of its own",
        TagSeen: "the books are the session's matter, and its page is shown",
        AccountAnswered: "whoever asked for it has gone",
        **NOT_PAYING,
    },
    Panel.BOOKS: {
        **NOT_PAYING,
        Typed: "there is nothing to type into",
        Ticked: "nothing here ends by itself",
        TagSeen: "the books are the session's matter, and its page is shown",
    },
    Panel.ACCOUNT: {
        **NOT_PAYING,
        Typed: "there is nothing to type into",
        Ticked: "nothing here ends by itself",
    },
    Panel.FEES: {
        Typed: "there is nothing to type into",
        Ticked: "nothing here ends by itself",
        **NOT_PAYING,
    },
    Panel.PAYING: {
        Typed: "there is nothing to type into",
        TagSeen: "the code stays on the screen; the book is dealt with meanwhile",
    },
    Panel.PIN: {
        **NOT_PAYING,
    },
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns an errand; other events never reach this table."""


def concerns(errand: Errand, event: AnyEvent, session: Session) -> bool:
    """Whether an event can change anything after which the session is so: all others leave an errand as it is."""
    if type(event) in TABLE[errand.panel] or errand.wish is not None or errand.paying is not None:
        return True
    reader = session.reader
    if reader is not None and session.phase is not Phase.IDENTIFIED:
        reader = None
    return reader is not errand.reader


def step(errand: Errand, event: AnyEvent, around: Surroundings) -> Stepped:
    """The errand after `event`, and what is to be done.

    An event that does not concern it, or is ignored on this panel, changes nothing but who is signed in.
    """
    errand, effects = follow(errand, around)
    move = TABLE[errand.panel].get(type(event))
    if move is None:
        return errand, effects
    errand, more = move(errand, event, around)
    return errand, effects + more


def follow(errand: Errand, around: Surroundings) -> Stepped:
    """A reader who came begins at the books, or has what was wished for; of one who went nothing is left."""
    session = around.session
    reader = session.reader if session.phase is Phase.IDENTIFIED else None
    wish = errand.wish
    if reader is errand.reader:
        lost = wish is not None and session.phase not in holds.OPEN_TO_WISHES
        return (replace(errand, wish=None) if lost else errand), ()
    if reader is None:
        return errand.emptied(), ()
    if errand.reader and reader.card == errand.reader.card:  # the same, who may borrow now
        return replace(errand, reader=reader), ()
    errand = replace(errand.emptied(), panel=Panel.BOOKS, reader=reader)
    return holds.grant(errand, wish, around) if wish else (errand, ())


def deadline_ms(errand: Errand) -> int | None:
    """When time itself will next change the errand (monotonic); None: never."""
    wish, pin = errand.wish, errand.pin
    paused_ms = pin.until_ms if pin and pin.entry is Entry.PAUSED else None
    return earliest(wish.until_ms if wish else None, payment.deadline_ms(errand), paused_ms)
