"""Another PIN: the old one, the new one twice. Pure functions of (errand, event, surroundings).

    OLD --typed--> NEW --typed--> AGAIN --the same--> ASKING --> changed: the account says so
     ^              ^                |                  |------> too weak: NEW
     |              +--- another ----+                  |------> wrong: OLD, or PAUSED
     +-------------- the pause is over ---------------- PAUSED

The library system says whether the old one is right. Five wrong ones bring a pause that doubles with each further
one; it is the reader's, and goes on where the card is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.errand_effects import AskPinChange
from kiosk.errand_events import PinChanged
from kiosk.errands import asking
from kiosk.errands.state import Entry, Errand, Panel, Pin, Told, Tries
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import TYPED_CHARACTERS, Ticked, Touched, Typed
from wire.faults import number

PIN_WRONG = number("pin_wrong")
PIN_WEAK = number("pin_weak")
FREE_TRIES = 5
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 3_600_000
MAX_REMEMBERED = 100
"""Readers whose wrong PINs are counted; the oldest is forgotten. Nobody brings as many cards."""


def open_pin(errand: Errand, _event: Touched, around: Surroundings) -> Stepped:
    """Ask for the old one, unless it was wrong too often."""
    return _anew(replace(errand, panel=Panel.PIN, told=None, sure=""), around), ()


def _anew(errand: Errand, around: Surroundings, fault: int | None = None) -> Errand:
    until_ms = _tries(errand).until_ms
    if until_ms > around.mono_ms:
        return replace(errand, pin=Pin(Entry.PAUSED, until_ms=until_ms))
    return replace(errand, pin=Pin(fault=fault))


def typed(errand: Errand, event: Typed, around: Surroundings) -> Stepped:
    """One of the three lines."""
    pin, text = errand.pin, event.text.strip()
    if pin is None or event.purpose != "pin" or not 0 < len(text) <= TYPED_CHARACTERS:
        return errand, ()
    if pin.entry is Entry.OLD:
        return replace(errand, pin=Pin(Entry.NEW, old=text)), ()
    if pin.entry is Entry.NEW:
        return replace(errand, pin=Pin(Entry.AGAIN, old=pin.old, new=text)), ()
    if pin.entry is not Entry.AGAIN:
        return errand, ()
    if text != pin.new:
        return replace(errand, pin=Pin(Entry.NEW, old=pin.old, differs=True)), ()
    return _ask(errand, pin, around)


def _ask(errand: Errand, pin: Pin, around: Surroundings) -> Stepped:
    reader = errand.reader
    assert reader is not None, "only a reader has a PIN"
    errand, txn = asking.begin(errand, reader, "pin", around)
    asked = AskPinChange(txn, reader.card, pin.old, pin.new)
    return replace(errand, pin=Pin(Entry.ASKING, old=pin.old, txn=txn)), (asked,)


def changed(errand: Errand, event: PinChanged, around: Surroundings) -> Stepped:
    """Changed; too weak; or wrong, which is counted whether the reader still stands there or not."""
    doing = errand.under_way.get(event.txn)
    errand, effects = asking.told(errand, event, around)
    if doing is None:
        return errand, effects
    errand = _counted(errand, doing.reader, event.fault, around)
    pin = errand.pin
    if pin is None or pin.txn != event.txn:
        return errand, effects
    if event.fault is None:
        return replace(errand, panel=Panel.ACCOUNT, pin=None, told=Told("pin")), effects
    if event.fault == PIN_WEAK:
        return replace(errand, pin=Pin(Entry.NEW, old=pin.old, fault=PIN_WEAK)), effects
    return _anew(errand, around, event.fault), effects


def resume(errand: Errand, _event: Ticked, around: Surroundings) -> Stepped:
    """The pause is over."""
    pin = errand.pin
    if pin is None or pin.entry is not Entry.PAUSED or around.mono_ms < pin.until_ms:
        return errand, ()
    return _anew(errand, around), ()


# ---------------------------------------------------------------- wrong ones
def pause_ms(wrong: int) -> int:
    """How long nobody may try after so many wrong ones."""
    if wrong < FREE_TRIES:
        return 0
    return min(FIRST_PAUSE_MS << min(wrong - FREE_TRIES, 10), LONGEST_PAUSE_MS)


def _tries(errand: Errand) -> Tries:
    return errand.tries.get(errand.reader.pseudonym, Tries()) if errand.reader else Tries()


def _counted(errand: Errand, who: str, fault: int | None, around: Surroundings) -> Errand:
    tries = dict[str, Tries](errand.tries)
    wrong = tries.pop(who, Tries()).wrong + 1
    if fault == PIN_WRONG:
        tries[who] = Tries(wrong, around.mono_ms + pause_ms(wrong))
    elif fault is not None:
        return errand
    return replace(errand, tries=_latest(tries))


def _latest(tries: Mapping[str, Tries]) -> Mapping[str, Tries]:
    return dict(list(tries.items())[-MAX_REMEMBERED:])
