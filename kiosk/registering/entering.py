"""The question itself: somebody is to be made a reader, once, and what became of it is found out before it is asked again.

Pure. What is owed outlives the registration, and the kiosk: `kiosk.owed` goes on asking until the ILS can tell.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.events import IlsSilent, Settled, Verdict
from kiosk.register_effects import Application, AskRegistration
from kiosk.register_events import RegistrationAnswered
from kiosk.registering.state import Phase, Registering, Slip
from kiosk.registering.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

ID_CARD_TAKEN = number("id_card_taken")
PIN_WEAK = number("pin_weak")
REGISTER_NOT_NOW = number("register_not_now")
UNSURE_MS = 30_000
"""Longest wait of a reader for what became of it: an ILS that fell silent has 10 s to end what it began, then it
is asked again as soon as its line is back."""
TRIES = 2
"""Registrations that one reader waits for."""
KNOWN_MS = 4_000
"""How long is said that they are a reader already, before they are signed in."""
FIRST_ASK = 0x8000_0000
"""The session's own questions are numbered from 2."""


# ---------------------------------------------------------------- asked
def numbered(now: Registering) -> Registering:
    """With a name for the next question, which no other has in this run."""
    asks = now.asks + 1
    return replace(now, asks=asks, txn=f"{now.run}{FIRST_ASK + asks:08x}")


def enter(now: Registering, around: Surroundings) -> Stepped:
    """The intent, then the question."""
    bearer = now.bearer
    assert bearer is not None, "who registers"
    now = replace(numbered(now), phase=Phase.ENTERING, slip=None, end_at_ms=None, tries=now.tries + 1)
    asked = facts.RegisterAsked(now.txn, around.rule.named(bearer.number))
    application = Application(
        bearer.number,
        bearer.name,
        bearer.sex,
        bearer.born,
        now.phone,
        now.pin,
        around.type_of(bearer.born),
        around.settings.version,
        now.guardian_card,
    )
    return now, (Record(asked, card=bearer.number), AskRegistration(now.txn, application))


# ---------------------------------------------------------------- answered
def entered(now: Registering, event: RegistrationAnswered, around: Surroundings) -> Stepped:
    """Yes, or no and why: a PIN that the ILS does not take is chosen anew."""
    bearer = now.bearer
    assert bearer is not None, "who registers"
    if event.txn != now.txn:
        return now, ()
    if event.fault is None:
        registered = facts.ReaderRegistered(now.txn, "id_card", facts.clip(around.type_of(bearer.born), 64))
        return _done(now, around), (Record(registered),)
    refused: Effects = (
        Record(facts.RegisterRefused(now.txn, around.rule.named(bearer.number), event.fault)),
    )
    if event.fault == ID_CARD_TAKEN:
        return known(now, around), refused
    if event.fault == PIN_WEAK:
        end_ms = around.idle_end_ms()
        return replace(now, phase=Phase.PIN, slip=Slip.WEAK, pin="", txn="", end_at_ms=end_ms), refused
    return failed(now, event.fault, around)[0], refused


def unanswered(now: Registering, event: IlsSilent, around: Surroundings) -> Stepped:
    """Whether there is a reader now, nobody knows: it is owed from here on, whether anybody waits or not."""
    bearer = now.bearer
    assert bearer is not None, "who registers"
    if event.txn != now.txn:
        return now, ()
    owed = facts.RegisterOwed(now.txn, around.rule.named(bearer.number))
    unsure = replace(now, phase=Phase.UNSURE, end_at_ms=around.mono_ms + UNSURE_MS)
    return unsure, (Record(owed, card=bearer.number),)


def settled(now: Registering, event: Settled, around: Surroundings) -> Stepped:
    """The ILS knows the identity card, or it does not: then it is asked once more."""
    if event.txn != now.txn or event.verdict in {Verdict.UNCLEAR, Verdict.SILENT}:
        return now, ()
    if event.verdict is Verdict.DONE:
        return _done(now, around), ()
    if now.tries < TRIES and around.possible():
        return enter(now, around)
    return failed(now, REGISTER_NOT_NOW, around)


def known(now: Registering, around: Surroundings) -> Registering:
    """They were a reader before."""
    return replace(_done(now, around), phase=Phase.KNOWN, end_at_ms=around.mono_ms + KNOWN_MS)


def _done(now: Registering, around: Surroundings) -> Registering:
    """All but whose card it is, is forgotten."""
    left = replace(emptied(now), device=now.device, bearer=now.bearer)
    return replace(left, phase=Phase.DONE, end_at_ms=around.idle_end_ms())


# ---------------------------------------------------------------- ended
def failed(now: Registering, fault: int, around: Surroundings) -> Stepped:
    """Say why; nothing of anybody is kept for that."""
    return replace(emptied(now), phase=Phase.FAILED, fault=fault, end_at_ms=around.idle_end_ms()), ()


def emptied(now: Registering) -> Registering:
    """For the next one: nothing of the last."""
    return Registering(run=now.run, asks=now.asks)
