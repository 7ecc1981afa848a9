"""The session at the desk, as a table. Read this first.

A reader may begin with the card or with the books. Without a card a book that is on loan is
returned, one that is in stock waits. With a card every book is lent as it is laid down. Nobody
taps anything. A session ends by `done`, by another card, or by silence, whatever lies on the pad.

                        CardShown                 ReaderAnswered: known
        +--------+ ------------------> +-------------+ ------------> +------------+
        |  IDLE  |                     | IDENTIFYING |               | IDENTIFIED |
        +--------+ <------------------ +-------------+               +------------+
          |    ^         refused         ^                                 | done, idle,
  TagSeen |    | lifted, idle            | CardShown                       | another card
          v    |                         |                                 v
        +--------+ ----------------------+                            +--------+
        |  OPEN  |                                                    | ENDING | --> IDLE, or IDENTIFYING
        +--------+                                                    +--------+     when the last answer is in
        any  -- ServingChanged(False) -->  OUT_OF_ORDER  -- ServingChanged(True) -->  where it was

Where the ILS is silent the kiosk decides by its own rule (`kiosk.rule`, `offline`), and the ILS is told later.

Money, books and names depend on four promises of this table:
- an intent is recorded before the ILS is asked, and every intent ends in one outcome;
- a tag is cleared only after its loan was made or granted, and secured only after its return was made or taken;
- a loan is never undone by a check-in because its tag could not be written;
- what the last reader left on the pad belongs to nobody until it has been lifted once.

Every phase × event is a row here or stands in `IGNORED` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.events import (
    CardShown,
    CardTaken,
    DeviceBack,
    PadSettled,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from kiosk.events import (
    AnyEvent,
    IlsSilent,
    ItemAnswered,
    LoanAnswered,
    ReaderAnswered,
    ReturnAnswered,
    ServingChanged,
    ShownInVain,
    StopAsked,
    Ticked,
    Touched,
    Typed,
)
from kiosk.payment_events import PaymentAnswered
from kiosk.session import books, moves, pile
from kiosk.session.state import Phase, Session
from kiosk.session.surroundings import Stepped, Surroundings

Move = Callable[[Session, Any, Surroundings], Stepped]

TABLE: Mapping[Phase, Mapping[type[AnyEvent], Move]] = {
    Phase.IDLE: {
        CardShown: moves.identify,
        ShownInVain: moves.shown_in_vain,
        TagSeen: pile.lay,
        TagGone: pile.lift,
        Touched: moves.dismiss,
        Ticked: moves.tick,
        ServingChanged: moves.suspend,
    },
    Phase.OPEN: {
        CardShown: moves.identify,
        ShownInVain: moves.shown_in_vain,
        TagSeen: pile.lay,
        TagGone: pile.lift,
        ItemAnswered: books.examine,
        ReturnAnswered: books.take_back,
        IlsSilent: books.silent,
        TagWritten: books.written,
        TagSensed: books.sensed,
        Touched: moves.touch,
        Ticked: moves.tick,
        ServingChanged: moves.suspend,
        StopAsked: moves.stop,
    },
    Phase.IDENTIFYING: {
        CardTaken: moves.never_mind,
        CardShown: moves.beside,
        ReaderAnswered: moves.welcome,
        TagSeen: pile.lay,
        TagGone: pile.lift,
        ItemAnswered: books.examine,
        ReturnAnswered: books.take_back,
        IlsSilent: moves.unanswered,
        TagWritten: books.written,
        TagSensed: books.sensed,
        ServingChanged: moves.suspend,
        StopAsked: moves.stop,
    },
    Phase.IDENTIFIED: {
        CardTaken: moves.card_taken,
        CardShown: moves.second_card,
        ShownInVain: moves.shown_in_vain,
        TagSeen: pile.lay,
        TagGone: pile.lift,
        ItemAnswered: books.examine,
        LoanAnswered: books.hand_over,
        ReturnAnswered: books.take_back,
        IlsSilent: books.silent,
        PaymentAnswered: moves.unbar,
        TagWritten: books.written,
        TagSensed: books.sensed,
        Touched: moves.touch,
        Typed: moves.typed,
        Ticked: moves.tick,
        ServingChanged: moves.suspend,
        StopAsked: moves.stop,
    },
    Phase.ENDING: {
        CardShown: moves.queue_card,
        CardTaken: moves.not_queued,
        TagSeen: pile.set_aside,
        TagGone: pile.lift,
        ItemAnswered: books.forget,
        LoanAnswered: books.hand_over,
        ReturnAnswered: books.take_back,
        IlsSilent: books.silent,
        TagWritten: books.written,
        TagSensed: books.sensed,
        Ticked: moves.tick,
        ServingChanged: moves.suspend,
        StopAsked: moves.stop,
    },
    Phase.OUT_OF_ORDER: {
        ReaderAnswered: moves.turn_away,
        TagSeen: pile.set_aside,
        TagGone: pile.lift,
        ItemAnswered: books.forget,
        LoanAnswered: books.hand_over,
        ReturnAnswered: books.take_back,
        IlsSilent: moves.unanswered,
        TagWritten: books.written,
        TagSensed: books.sensed,
        DeviceBack: moves.pad_back,
        PadSettled: moves.pad_settled,
        Ticked: moves.tick,
        ServingChanged: moves.resume,
        StopAsked: moves.stop,
    },
}

NOT_THERE = "whose money it was is not at the desk: `kiosk.payments` has the answer"

IGNORED: Mapping[Phase, Mapping[type[AnyEvent], str]] = {
    Phase.IDLE: {
        CardTaken: "nobody is signed in by it",
        PaymentAnswered: NOT_THERE,
        Typed: "only a reader who is signed in types anything that the desk hears of",
        ReaderAnswered: "asked only in IDENTIFYING, which waits for the answer",
        ItemAnswered: "its book was lifted, or its session is over",
        LoanAnswered: "no session ends before its loans are answered; a replay is `kiosk.owed`'s matter",
        ReturnAnswered: "a replay is `kiosk.owed`'s matter",
        IlsSilent: "nothing of the desk is being asked",
        TagWritten: "no session ends while a tag is being written; another's is `kiosk.repairs`' matter",
        TagSensed: "no session ends while a tag is being asked",
        DeviceBack: "the pad is lost before it comes back, and finds the desk out of order",
        PadSettled: "the desk has not waited for it any longer",
        StopAsked: "nobody stands there, nothing is open",
    },
    Phase.OPEN: {
        CardTaken: "nobody is signed in by it: it was refused",
        PaymentAnswered: NOT_THERE,
        Typed: "only a reader who is signed in types anything that the desk hears of",
        ReaderAnswered: "asked only in IDENTIFYING, which waits for the answer",
        LoanAnswered: "no session ends before its loans are answered",
        DeviceBack: "the pad is lost before it comes back, and finds the desk out of order",
        PadSettled: "the desk has not waited for it any longer",
    },
    Phase.IDENTIFYING: {
        PaymentAnswered: NOT_THERE,
        ShownInVain: "the card that was shown before is being asked about",
        LoanAnswered: "no session ends before its loans are answered",
        Touched: "there is nothing to touch yet",
        Typed: "there is nothing to type into yet",
        Ticked: "the answer about the card comes, or the silence about it",
        DeviceBack: "the pad is lost before it comes back, and finds the desk out of order",
        PadSettled: "the desk has not waited for it any longer",
    },
    Phase.IDENTIFIED: {
        ReaderAnswered: "asked only in IDENTIFYING, which waits for the answer",
        DeviceBack: "the pad is lost before it comes back, and finds the desk out of order",
        PadSettled: "the desk has not waited for it any longer",
    },
    Phase.ENDING: {
        PaymentAnswered: NOT_THERE,
        ShownInVain: "the screen belongs to the reader who is leaving",
        ReaderAnswered: "asked only in IDENTIFYING, which waits for the answer",
        Touched: "the session is ending already",
        Typed: "the session is ending already",
        DeviceBack: "the pad is lost before it comes back, and finds the desk out of order",
        PadSettled: "the desk has not waited for it any longer",
    },
    Phase.OUT_OF_ORDER: {
        CardTaken: "the screen says that the machine is out of order",
        PaymentAnswered: "nothing is lent while the machine is out of order",
        CardShown: "the screen says that the machine is out of order",
        ShownInVain: "the screen says that the machine is out of order",
        Touched: "there is nothing to touch",
        Typed: "there is nothing to type into",
    },
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns the desk; other events never reach this table."""


def hears(session: Session, event: AnyEvent) -> bool:
    """Whether there is a row for an event; all others change nothing."""
    return type(event) in TABLE[session.phase]


def closing(session: Session, event: AnyEvent, around: Surroundings) -> Session:
    """The session as `event` leaves it, before it is concluded: of one that closes in `step`, its last look."""
    move = TABLE[session.phase].get(type(event))
    return move(session, event, around)[0] if move else session


def step(session: Session, event: AnyEvent, around: Surroundings) -> Stepped:
    """The session after `event`, and what is to be done.

    An event that does not concern the desk, or is ignored in this phase, changes nothing.
    """
    move = TABLE[session.phase].get(type(event))
    if move is None:
        return session, ()
    return moves.conclude(*move(session, event, around), around)
