"""What a reader does besides laying books down, as a table. Read `kiosk.session.table` first, then this.

An errand is what the screen shows of the reader's own affairs. It is stepped right after the session, which it sees
and never changes, and **it lives only while its reader is IDENTIFIED**: when the session leaves that phase (done,
silence, another card, a fault) the errand is gone in the same step, and nothing of the reader survives in it.

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
- A renewal is on disk as asked before the ILS is asked, and every one ends in one outcome.
- Five wrong PINs bring a pause that grows with each further one, across sessions.

Every panel × event is a row here or stands in `IGNORED` with its reason; what a touch does stands in `TOUCHES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from drivers.events import TagSeen
from kiosk.errand_events import AccountAnswered, CopyAnswered
from kiosk.errands import moves_account as account
from kiosk.errands.state import Errand, Panel
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import Action, AnyEvent, Touched
from kiosk.session.state import Phase

Move = Callable[[Errand, Any, Surroundings], Stepped]

TOUCHES: Mapping[Panel, Mapping[Action, Move]] = {
    Panel.NOBODY: {},
    Panel.BOOKS: {
        "account": account.open_account,
    },
    Panel.ACCOUNT: {
        "account": account.open_account,
        "books": account.back,
    },
    Panel.PIN: {
        "account": account.open_account,
        "books": account.back,
    },
}
"""What each button does; a touch that stands in no row is the session's, or came too late to mean anything."""


def touched(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """As `TOUCHES` has it."""
    move = TOUCHES[errand.panel].get(event.action)
    return move(errand, event, around) if move else (errand, ())


TABLE: Mapping[Panel, Mapping[type[AnyEvent], Move]] = {
    Panel.NOBODY: {
        Touched: touched,
    },
    Panel.BOOKS: {
        Touched: touched,
        AccountAnswered: account.see,
        CopyAnswered: account.fill_in,
    },
    Panel.ACCOUNT: {
        Touched: touched,
        TagSeen: account.make_way,
        AccountAnswered: account.see,
        CopyAnswered: account.fill_in,
    },
    Panel.PIN: {
        Touched: touched,
        TagSeen: account.make_way,
        AccountAnswered: account.see,
        CopyAnswered: account.fill_in,
    },
}

IGNORED: Mapping[Panel, Mapping[type[AnyEvent], str]] = {
    Panel.NOBODY: {
        TagSeen: "the books are the session's matter, and its page is shown",
        AccountAnswered: "whoever asked for it has gone",
        CopyAnswered: "whoever asked for it has gone",
    },
    Panel.BOOKS: {
        TagSeen: "the books are the session's matter, and its page is shown",
    },
    Panel.ACCOUNT: {},
    Panel.PIN: {},
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns an errand; other events never reach this table."""


def step(errand: Errand, event: AnyEvent, around: Surroundings) -> Stepped:
    """The errand after `event`, and what is to be done.

    An event that does not concern it, or is ignored on this panel, changes nothing but who is signed in.
    """
    errand = follow(errand, around)
    move = TABLE[errand.panel].get(type(event))
    return move(errand, event, around) if move else (errand, ())


def follow(errand: Errand, around: Surroundings) -> Errand:
    """A reader who came begins at the books; of one who went nothing is left."""
    session = around.session
    reader = session.reader if session.phase is Phase.IDENTIFIED else None
    if reader is errand.reader:
        return errand
    if reader is None:
        return errand.emptied()
    return replace(errand.emptied(), panel=Panel.BOOKS, reader=reader)


def deadline_ms(_errand: Errand) -> int | None:
    """When time itself will next change the errand (monotonic); None: never."""
    return None
