"""What is on the reader's card: asked for, told, filled in. Pure functions of (errand, event, surroundings).

The ILS lists numbers; each book is then asked about by itself, one at a time, so that a book that is laid down
meanwhile never waits for more than one answer.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import TagSeen
from kiosk.errand_effects import AskAccount, AskCopy
from kiosk.errand_events import Account, AccountAnswered, Charge, CopyAnswered, Hold
from kiosk.errands.state import Errand, Panel
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import Touched

MAX_LOOKED_UP = 60
"""Books of one account that are asked about; nobody reads more, and each costs a round trip."""


def open_account(errand: Errand, _event: Touched, around: Surroundings) -> Stepped:
    """Show the account; ask for it anew, for it may have changed since."""
    return ask_account(replace(errand, panel=Panel.ACCOUNT, told=None, sure="", pin=None), around)


def ask_account(errand: Errand, _around: Surroundings) -> Stepped:
    """The account as the ILS has it now. What is shown meanwhile stays."""
    assert errand.reader is not None, "only a reader has an account"
    if errand.account_ask:
        return errand, ()
    ask = errand.ask + 2
    asked = AskAccount(ask, errand.reader.card)
    return replace(errand, ask=ask, account_ask=ask, fault=None), (asked,)


def see(errand: Errand, event: AccountAnswered, around: Surroundings) -> Stepped:
    """The account is there, or why it is not."""
    if event.ask != errand.account_ask:
        return errand, ()
    errand = replace(errand, account_ask=0)
    if event.account is None:
        return replace(errand, fault=event.fault, account=None, unread=()), ()
    account = _as_known(event.account, errand.account)
    errand = replace(errand, account=account, fault=None, unread=_unread(account))
    return read_next(errand, around) if not errand.copy_ask else (errand, ())


def _as_known(account: Account, before: Account | None) -> Account:
    """Titles that were told already need no second question; due dates are asked for anew."""
    titles = {one.item: one.title for one in before.charges} if before else {}
    charges = (replace(one, title=one.title or titles.get(one.item, "")) for one in account.charges)
    return replace(account, charges=tuple(charges))


def _unread(account: Account) -> tuple[str, ...]:
    charges = (one.item for one in account.charges if not (one.title and one.due))
    holds = (one.item for one in account.holds if one.item and not one.title)
    return tuple(dict.fromkeys((*charges, *holds)))[:MAX_LOOKED_UP]


def read_next(errand: Errand, _around: Surroundings) -> Stepped:
    """Ask about the next book of which only the number is known."""
    if not errand.unread:
        return replace(errand, copy_ask=0), ()
    ask = errand.ask + 2
    asked = AskCopy(ask, errand.unread[0])
    return replace(errand, ask=ask, copy_ask=ask, unread=errand.unread[1:]), (asked,)


def fill_in(errand: Errand, event: CopyAnswered, around: Surroundings) -> Stepped:
    """One book of the account is known now; the next one is asked about."""
    if event.ask != errand.copy_ask:
        return errand, ()
    if errand.account is not None:
        charges = tuple(_told(one, event) for one in errand.account.charges)
        holds = tuple(_kept(one, event) for one in errand.account.holds)
        errand = replace(errand, account=replace(errand.account, charges=charges, holds=holds))
    return read_next(errand, around)


def _told(charge: Charge, event: CopyAnswered) -> Charge:
    if charge.item != event.item:
        return charge
    return replace(charge, title=event.title or charge.title, due=event.due or charge.due)


def _kept(hold: Hold, event: CopyAnswered) -> Hold:
    if hold.item != event.item:
        return hold
    return replace(
        hold,
        title=hold.title or event.title,
        place=hold.place or event.place,
        until=hold.until or event.pickup_by,
    )


def back(errand: Errand, _event: Touched, _around: Surroundings) -> Stepped:
    """To the books."""
    return replace(errand, panel=Panel.BOOKS, told=None, sure="", pin=None), ()


def make_way(errand: Errand, event: TagSeen, around: Surroundings) -> Stepped:
    """A book was laid down: the reader wants to see what becomes of it."""
    if event.uid in around.session.stale:
        return errand, ()
    return replace(errand, panel=Panel.BOOKS, told=None, sure="", pin=None), ()
