"""A code that was scanned at the desk: a reader's card, or a book whose tag cannot be read. Pure, as `moves`.

    IDLE, OPEN    the ILS is asked for a reader first; a card that it does not know may be a book:
                  on loan, it comes back; in stock, it waits for a card
    IDENTIFIED    the ILS is asked for a book first, which is lent; what is no book is another reader's card

Such a book is a line without tags. Nothing can be written: a fact says that its tag is not as it should be, so that
staff and the gate know, and it is mended when the tag is next read on a pad.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import CardShown
from kiosk.effects import AskItem, Record
from kiosk.session.state import Line, Notice, Phase, Session, Step
from kiosk.session.surroundings import Stepped, Surroundings
from wire import facts
from wire.faults import number

SCANNED = frozenset({"barcode", "qr"})
"""Media whose number may be a book's."""
CARD_UNKNOWN = number("card_unknown")
ITEM_UNKNOWN = number("item_unknown")
AGAIN = frozenset({Step.REFUSED, Step.OWED, Step.SECURED})
"""Scanned once more, a book at one of these steps is dealt with anew."""


def look_up(session: Session, shown: CardShown) -> Stepped:
    """Is it a book? One that lies there by its tag, or was dealt with, is not asked about again."""
    known = session.find(lambda line: line.item == shown.number)
    if known is not None:
        if known.tags or known.step not in AGAIN:
            return session, ()
        session = session.drop(known)
    session = replace(session, ask=session.ask + 2)
    line = Line(shown.number, 1, (), Step.CHECKING, ask=session.ask, code=shown)
    return session.keep(line), (AskItem(session.ask, line.item),)


def no_book(session: Session, line: Line, fault: int, around: Surroundings) -> Stepped:
    """What was scanned is no book of the ILS, or it does not say: then it was meant as a card.

    Another reader's card ends the session for theirs; where nobody is signed in, the ILS does not know it.
    """
    session = session.drop(line)
    if session.phase is Phase.IDENTIFIED:
        return replace(session, phase=Phase.ENDING, why="done", next_card=line.code), ()
    told = CARD_UNKNOWN if fault == ITEM_UNKNOWN else fault
    until = around.mono_ms + int(around.desk.notice_s * 1000)
    return replace(session, notice=Notice(told, until)), (Record(facts.ReaderRefused(told)),)
