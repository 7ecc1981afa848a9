"""Lending by staff: the ledger's verbs, each with the facts that count it in the same transaction.

What is told of a book that nobody knows is a mistyped number, and counts as nothing. A renewal that gives no day more,
such as a second press of the same button, is none: neither the ledger counts it nor a fact.
"""

from __future__ import annotations

from msgspec.structs import replace

from central.circulation.gateway.means import new_txn
from central.circulation.gateway.telling import short
from central.circulation.ledger import lending, renewals
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Lent, Refused, RenewedAll, Returned
from central.statements import Cursor
from central.web.services import services
from wire import facts
from wire.facts import Fact, clip


def lend(cursor: Cursor, at: Desk, card: str, barcode: str) -> Lent | Refused:
    """Lend an item, or lengthen the reader's own loan of it; what was just lent and is scanned again is lent."""
    done = lending.check_out(cursor, at, card, barcode)
    if isinstance(done, Refused) and done.fault == "already_yours":
        done = lending.check_out(cursor, at, card, barcode, renew=True)
        if isinstance(done, Lent) and not done.longer:
            return replace(done, renewed=False)
    if isinstance(done, Lent):
        _count(cursor, at, _kept(done, card))
    elif done.book:
        _count(cursor, at, facts.LoanRefused(new_txn(), clip(barcode), _named(card), done.number))
    return done


def take_back(cursor: Cursor, at: Desk, barcode: str) -> Returned | Refused:
    """Take an item back, whoever brings it. One that was not lent comes out of a crate, and is no return."""
    done = lending.check_in(cursor, at, barcode)
    if isinstance(done, Returned) and not done.was_lent:
        return done
    if isinstance(done, Returned):
        book = done.book
        mark = short(book.call_number)
        _count(cursor, at, facts.ReturnMade(new_txn(), clip(barcode), clip(book.title), mark, book.home))
    elif done.book:
        _count(cursor, at, facts.ReturnRefused(new_txn(), clip(barcode), done.number))
    return done


def renew(cursor: Cursor, at: Desk, card: str, barcode: str) -> Lent | Refused:
    """Lengthen one loan."""
    done = renewals.renew(cursor, at, card, barcode)
    if isinstance(done, Lent) and done.longer:
        _count(cursor, at, _kept(done, card))
    return done


def renew_all(cursor: Cursor, at: Desk, card: str) -> RenewedAll | Refused:
    """Lengthen every loan of a reader that may be."""
    done = renewals.renew_all(cursor, at, card)
    if isinstance(done, RenewedAll) and done.longer:
        name = _named(card)
        _count(cursor, at, *(facts.LoanRenewed(new_txn(), clip(barcode), name) for barcode in done.longer))
    return done


def _kept(done: Lent, card: str) -> Fact:
    """The reader has it, from now on or for longer."""
    kind = facts.LoanRenewed if done.renewed else facts.LoanMade
    book = done.book
    return kind(
        new_txn(),
        clip(book.barcode),
        _named(card),
        reader_type=done.reader_type,
        title=clip(book.title),
        call_number=short(book.call_number),
        due=done.due_on.isoformat(),
    )


def _count(cursor: Cursor, at: Desk, *done: Fact) -> None:
    services().desk_facts.record_all(cursor, at, done)


def _named(card: str) -> str:
    return services().desk_facts.pseudonym(card)
