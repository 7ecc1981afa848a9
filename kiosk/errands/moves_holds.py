"""Holds: wished for before a card is shown, placed, cancelled. Pure functions of (errand, event, surroundings).

    NOBODY   touched: hold --> a wish, kept until a card is shown or until silence would end a session
             card shown and known --> placed
    signed in   touched: hold --> placed            touched: cancel_hold, twice --> cancelled

After each answer the account is asked for anew: the ILS says what is kept, and for how long.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.errand_effects import AskCopy, AskHold
from kiosk.errand_events import CopyAnswered, HoldAnswered
from kiosk.errands import asking
from kiosk.errands.moves_account import ask_account
from kiosk.errands.state import Errand, Panel, Told, Wish
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import Ticked, Touched
from kiosk.session.state import Phase

OPEN_TO_WISHES = frozenset({Phase.IDLE, Phase.OPEN, Phase.IDENTIFYING})


# ---------------------------------------------------------------- nobody is signed in
def wish(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """Somebody who looked a title up wants it. The ILS is asked what it is called."""
    if not event.about or around.session.phase not in OPEN_TO_WISHES:
        return errand, ()
    ask = errand.ask + 2
    wanted = Wish(event.about, around.idle_end_ms())
    return replace(errand, wish=wanted, ask=ask, copy_ask=ask), (AskCopy(ask, event.about),)


def name_wish(errand: Errand, event: CopyAnswered, _around: Surroundings) -> Stepped:
    """The wish has a title."""
    if errand.wish is None or event.ask != errand.copy_ask:
        return errand, ()
    return replace(errand, wish=replace(errand.wish, title=event.title), copy_ask=0), ()


def forget_wish(errand: Errand, _event: Touched, _around: Surroundings) -> Stepped:
    """It is not wanted any more."""
    return replace(errand, wish=None), ()


def let_wish_lapse(errand: Errand, _event: Ticked, around: Surroundings) -> Stepped:
    """Whoever wished has gone."""
    if errand.wish is None or around.mono_ms < errand.wish.until_ms:
        return errand, ()
    return replace(errand, wish=None), ()


# ---------------------------------------------------------------- signed in
def grant(errand: Errand, wanted: Wish, around: Surroundings) -> Stepped:
    """The card was shown: the wish is placed, and the account shows it."""
    return _ask(replace(errand, panel=Panel.ACCOUNT), wanted.item, wanted.title, around)


def place(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """Keep a copy of this title."""
    if not event.about:
        return errand, ()
    return _ask(replace(errand, panel=Panel.ACCOUNT, pin=None), event.about, "", around)


def cancel(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """Not before a second touch: a place in a queue is lost by it."""
    hold = errand.kept(event.about)
    if hold is None or errand.hold:
        return errand, ()
    if errand.sure != hold.item:
        return replace(errand, sure=hold.item, told=None), ()
    return _ask(errand, hold.item, hold.title, around, cancel=True)


def _ask(errand: Errand, item: str, title: str, around: Surroundings, *, cancel: bool = False) -> Stepped:
    reader = errand.reader
    if reader is None or errand.hold:
        return errand, ()
    errand, txn = asking.begin(errand, reader, "cancel_hold" if cancel else "hold", around, item, title)
    return replace(errand, hold=txn, sure="", told=None), (AskHold(txn, reader.card, item, cancel),)


def answered(errand: Errand, event: HoldAnswered, around: Surroundings) -> Stepped:
    """Placed, cancelled, or why not."""
    doing = errand.under_way.get(event.txn)
    errand, effects = asking.told(errand, event, around)
    if doing is None or event.txn != errand.hold:
        return errand, effects
    told = Told(
        "cancel_hold" if doing.kind == "cancel_hold" else "hold",
        event.title or doing.title,
        event.fault,
        event.ready,
        event.position,
        event.place,
    )
    errand, more = ask_account(replace(errand, hold="", told=told), around)
    return errand, effects + more
