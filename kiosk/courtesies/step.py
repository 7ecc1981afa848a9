"""What goes on beside the session, stepped with the whole kiosk in view. Pure.

`attend` comes after the tables of session, door and errand: it sees the kiosk before and after them. `speak` comes
last, when it is settled how whoever stands there wants to be served.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from drivers.events import Printed
from kiosk.clock import Now, earliest
from kiosk.courtesies import calls, parting, prompts
from kiosk.courtesies.calls import Scene
from kiosk.courtesies.prompts import GATE_ALARM, STUCK, Voice
from kiosk.courtesies.state import Courtesies
from kiosk.courtesy_events import HelpClosed, HelpSaid
from kiosk.effects import AnyEffect, Place
from kiosk.events import AnyEvent, Focused, StopAsked, Ticked, Touched
from kiosk.payment_events import MoneyCame
from kiosk.receipt import renewed
from kiosk.session.state import Phase, Session
from kiosk.station import Station
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk, Rules

EVENTS = frozenset({Touched, Printed, MoneyCame, HelpSaid, HelpClosed, Ticked, StopAsked})
"""All that matters here where the session stays as it is."""
NO_PAPER = frozenset(number(name) for name in ("paper_out", "printer_open"))
PLACES: tuple[Place, ...] = ("desk", "door")

Effects = tuple[AnyEffect, ...]


def has_closed(before: Session, after: Session) -> bool:
    """A session with anything in it is over: nothing of it is left but what still lies on the pad."""
    if after.reader or after.lines or not (before.reader or before.lines):
        return False
    return before.phase is not Phase.IDLE and before is not after


def attend(
    came: Kiosk, kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules, last: Session | None
) -> tuple[Courtesies, Effects]:
    """Slips, the goodbye and the call for help after `event`.

    Args:
        came: the kiosk as it was.
        kiosk: the same after its tables.
        event: what happened.
        now: the time.
        rules: the configuration.
        last: the session that has closed in this step, as it was when it did; None: none has.
    """
    held = kiosk.courtesies
    told = type(event) in EVENTS and type(event) is not Ticked
    if last is None and not told and deadline_ms(held) is None:
        return held, ()
    effects: Effects = ()
    action = event.action if isinstance(event, Touched) else ""
    if came.session and kiosk.session:
        leaving = parting.Leaving(
            came.session,
            kiosk.session,
            last,
            renewed(came.errand) if action == "print" else (),
            _paid_fen(came, event),
            action == "print" and prints(kiosk.station),
            came.eases.desk.language,
            int(rules.desk.goodbye_s * 1000) * came.eases.desk.pace,
        )
        held, effects = parting.step(held, event, now, leaving)
    scenes = _scenes(kiosk) if action == "help" else {}
    held, more = calls.step(held, event, now, scenes, closed=last is not None, serves=_serves(kiosk))
    return held, effects + more


def _serves(kiosk: Kiosk) -> bool:
    """Somebody has begun something at the desk."""
    if kiosk.registering and kiosk.registering.has_desk:
        return True
    return kiosk.session is not None and kiosk.session.phase not in {Phase.IDLE, Phase.OUT_OF_ORDER}


def speak(came: Kiosk, kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> tuple[Courtesies, Effects]:
    """What is said of what is newly the case, where there is a voice."""
    held = kiosk.courtesies
    voices = _voices(came, kiosk, rules)
    if isinstance(event, Focused):
        return held, prompts.name(event, voices)
    touched = isinstance(event, Touched) and kiosk.session is not None and kiosk.session.phase is Phase.IDLE
    alarmed = (
        trouble.since_ms for (fault, _), trouble in kiosk.station.troubles.items() if fault == GATE_ALARM
    )
    warn_ms = int(rules.desk.warn_s * 1000)
    seen = prompts.Seen(now, held, kiosk.session, kiosk.room, max(alarmed, default=0), warn_ms, touched)
    return prompts.step(held, seen, voices)


def deadline_ms(held: Courtesies) -> int | None:
    """When time itself will next end something here (monotonic); None: never."""
    until_ms, call = held.parting.until_ms, held.call
    return earliest(until_ms, call.end_at_ms) if call else until_ms


def prints(station: Station) -> bool:
    """A printer answers, is shut, and has paper."""
    printers = station.fittings.names("printer") & station.identities.keys()
    hindered = {device for fault, device in station.troubles if fault in NO_PAPER}
    return bool(printers - hindered)


def _paid_fen(came: Kiosk, event: AnyEvent) -> int:
    """Money for a payment of the reader who stands there."""
    paying = came.errand.paying
    if not isinstance(event, MoneyCame) or paying is None or paying.txn != event.txn:
        return 0
    return event.amount_fen


def _scenes(kiosk: Kiosk) -> dict[Place, Scene]:
    """What each screen shows: the phase, what is told to be wrong, how many books lie there."""
    found: dict[Place, Scene] = {}
    if session := kiosk.session:
        stuck = [line for line in session.lines if line.step in STUCK]
        fault = (
            session.notice.fault if session.notice else next((line.fault for line in reversed(stuck)), None)
        )
        found["desk"] = Scene(session.phase.value, fault, len(session.lines), len(stuck))
    if room := kiosk.room:
        found["door"] = Scene(room.phase.value, room.notice.fault if room.notice else None)
    return found


def _voices(came: Kiosk, kiosk: Kiosk, rules: Rules) -> Mapping[Place, tuple[Voice, str]]:
    """Where there is a voice: how much it says, and in which language whoever stands there is served."""
    fittings = kiosk.station.fittings
    at = {fittings.by_name[name].place for name in fittings.names("voice")}
    return {
        place: (
            "guide" if "voice" in kiosk.eases.at(place).modes else rules.desk.voice,
            kiosk.eases.at(place).language or came.eases.at(place).language,
        )
        for place in PLACES
        if place in at
    }
