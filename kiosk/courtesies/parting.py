"""A reader who goes: the slip that they want, the goodbye, the face that they touch. Pure.

    Touched(scan)   the slip's code is shown until another touch, or the session's end
    Touched(print)  ends the session as `done` does; at its close the slip goes to the printer
    closed by hand  the goodbye, for `goodbye_s` or until anybody begins anything

The session never waits for the paper. A slip that the printer cannot print is said on the goodbye; whether it comes
out later is the printer's own rule (`keep_s`): printed whole when there is paper again in time, else dropped.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from drivers.events import Printed
from kiosk.clock import Now
from kiosk.courtesies.state import Courtesies, Parting
from kiosk.courtesy_effects import Book, Print
from kiosk.effects import AnyEffect, Record
from kiosk.events import AnyEvent, Ticked, Touched
from kiosk.receipt import receipt
from kiosk.session.state import Phase, Session
from wire import facts

SERVED = frozenset({Phase.OPEN, Phase.IDENTIFIED})
"""Phases in which a slip may be asked for."""
THANKS_MS = 1500
"""The goodbye goes so soon after a face was touched."""
FACES = {"1": 1, "2": 2, "3": 3}

Stepped = tuple[Courtesies, tuple[AnyEffect, ...]]


class Leaving(Struct, frozen=True):
    """What this moment needs to know of the desk."""

    before: Session
    after: Session
    last: Session | None
    """The session as it was when it closed in this step; None: none closed."""
    renewed: tuple[Book, ...]
    """What the reader has renewed beside it."""
    paid_fen: int
    """What this event brings in for them."""
    printable: bool
    """A printer is there and has paper."""
    language: str
    goodbye_ms: int


def step(held: Courtesies, event: AnyEvent, now: Now, at: Leaving) -> Stepped:
    """The parting after `event`."""
    parting, effects = _touched(held.parting, event, now, at)
    if at.paid_fen:
        parting = replace(parting, paid_fen=parting.paid_fen + at.paid_fen)
    if at.last is not None:
        parting, more = _closed(parting, at.last, now, at)
        effects += more
    elif parting.until_ms is not None and at.after.phase is not Phase.IDLE:
        parting = Parting()
    elif isinstance(event, Printed) and event.job == parting.job and parting.job:
        parting = replace(parting, slip="failed" if event.error else "printed")
    elif isinstance(event, Ticked) and parting.until_ms is not None and now.mono_ms >= parting.until_ms:
        parting = Parting()
    return (held if parting is held.parting else replace(held, parting=parting)), effects


def _touched(
    parting: Parting, event: AnyEvent, now: Now, at: Leaving
) -> tuple[Parting, tuple[AnyEffect, ...]]:
    match event:
        case Touched(action="scan") if at.before.phase in SERVED:
            return replace(parting, scans=True), ()
        case Touched(action="print") if at.before.phase in SERVED and at.printable:
            return replace(parting, scans=False, prints=True, renewed=at.renewed), ()
        case Touched(action="face", about=face) if _asks(parting) and face in FACES:
            judged = replace(parting, judged=True, until_ms=now.mono_ms + THANKS_MS)
            return judged, (Record(facts.SurveyAnswered(FACES[face])),)
        case Touched(action="dismiss") if parting.until_ms is not None:
            return Parting(), ()
        case Touched() if parting.scans:
            return replace(parting, scans=False), ()
    return parting, ()


def _asks(parting: Parting) -> bool:
    return parting.until_ms is not None and not parting.judged


def _closed(parting: Parting, last: Session, now: Now, at: Leaving) -> tuple[Parting, tuple[AnyEffect, ...]]:
    """The session is over; of it the slip alone is left, and that goes to the printer now."""
    done = receipt(last, now.wall_ms, parting.renewed, parting.paid_fen)
    prints = parting.prints and not done.empty
    job = last.run + f"{last.ask % 2**32:08x}" if prints else ""
    effects = (Print(job, done, at.language),) if prints else ()
    if last.why != "done" or at.after.phase is not Phase.IDLE:
        return Parting(), effects
    return Parting(until_ms=now.mono_ms + at.goodbye_ms, job=job, slip="printing" if prints else ""), effects
