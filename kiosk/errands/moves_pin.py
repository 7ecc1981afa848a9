"""Another PIN: the old one, the new one twice. Pure functions of (errand, event, surroundings).

    OLD --typed--> NEW --typed--> AGAIN --the same--> ASKING --> changed: the account says so
     ^              ^                |                  |------> too weak: NEW
     |              +--- another ----+                  |------> wrong: OLD, or PAUSED
     +-------------- the pause is over ---------------- PAUSED

The library system says whether the old one is right. Five wrong ones bring a pause that doubles with each further
one; it is the reader's, goes on where the card is shown again, and begins anew after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from kiosk.effects import Remember
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
TRIES = "pin:"
"""Head of the names under which wrong PINs are remembered, across restarts: how many."""
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
    errand, counted = _counted(errand, doing.reader, event.fault, around)
    effects += counted
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


def _counted(errand: Errand, who: str, fault: int | None, around: Surroundings) -> Stepped:
    """A wrong one is one more, a right one ends the counting; silence and a weak new one say nothing."""
    if fault not in {None, PIN_WRONG}:
        return errand, ()
    tries = dict[str, Tries](errand.tries)
    before = tries.pop(who, None)
    if fault is None and before is None:
        return errand, ()
    changes: dict[str, str | None] = {who: None}
    if fault is not None:
        wrong = before.wrong + 1 if before else 1
        tries[who] = Tries(wrong, around.mono_ms + pause_ms(wrong))
        changes[who] = str(wrong)
    for other in list(tries)[:-MAX_REMEMBERED]:
        del tries[other]
        changes[other] = None
    return replace(errand, tries=tries), tuple(Remember(TRIES + name, kept) for name, kept in changes.items())


def recall(kept: Mapping[str, str], mono_ms: int) -> Mapping[str, Tries]:
    """What the journal has kept: name → value, under TRIES. Each pause begins anew."""
    counts = {name.removeprefix(TRIES): int(wrong) for name, wrong in kept.items() if wrong.isdecimal()}
    return {who: Tries(wrong, mono_ms + pause_ms(wrong)) for who, wrong in counts.items()}
