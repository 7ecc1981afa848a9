"""A call for help: from the touch that makes it to its end by either side. Pure.

    Touched(help)  →  called  ──  HelpSaid, Touched(answer): both go on  ──  Touched(end_help)   reader
                                                                        ├─  HelpClosed           staff
                                                                        ├─  nothing for `IDLE_MS`  idle
                                                                        └─  StopAsked            stopped

While it lasts the fault `help_called` stands: that is the alarm at central, which rises when central hears of it and
falls with the call, however late. Facts tell what was asked and answered; what the duty desk says comes as orders.
Nothing is typed, and no person stands in a fact.
"""

from __future__ import annotations

from typing import cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock import Now
from kiosk.courtesies.state import Call, Courtesies, Said
from kiosk.courtesy_events import HelpClosed, HelpSaid
from kiosk.effects import AnyEffect, ClearFault, Place, RaiseFault, Record
from kiosk.events import AnyEvent, StopAsked, Ticked, Touched
from wire import facts
from wire.faults import number
from wire.help_facts import Answer, End
from wire.orders import Order

HELP_CALLED = number("help_called")
IDLE_MS = 180_000
"""Three minutes without a word from either side: nobody stands there any more."""
LAST_LOOK_MS = 10_000
"""How long the duty desk's last line stays after it has ended the call."""
MAX_SAID = 6
"""Lines that are kept: what fits on the smallest screen."""
ANSWERS: frozenset[str] = frozenset(get_args(Answer))

Stepped = tuple[Courtesies, tuple[AnyEffect, ...]]


class Scene(Struct, frozen=True):
    """What the screen shows where somebody calls: all that the duty desk is told of it."""

    scene: str
    fault: int | None = None
    books: int = 0
    stuck: int = 0


def step(
    held: Courtesies, event: AnyEvent, now: Now, scenes: dict[Place, Scene], *, closed: bool, serves: bool
) -> Stepped:
    """The call after `event`.

    Args:
        held: what goes on.
        event: what happened.
        now: the time.
        scenes: what each screen of the kiosk shows.
        closed: this event has ended a session at the desk.
        serves: somebody is at the desk after it.
    """
    call = held.call
    if call is None or call.over:
        match event:
            case Touched(action="help", about=about):
                return _begin(held, about, now, scenes)
    if call is None:
        return held, ()
    if closed and call.place == "desk":
        call = replace(call, orphaned=True)
        held = replace(held, call=call)
    if why := _over(call, event, now, serves=serves):
        return _end(held, call, why)
    match event:
        case Touched(action="answer", about=about) if not call.over and about in ANSWERS:
            return _answer(held, call, cast("Answer", about), now)
        case HelpSaid(call=number, text=text) if not call.over and number == call.number:
            return _keep(held, call, Said(text), now), ()
        case HelpClosed(call=number) if not call.over and number == call.number:
            over = replace(call, over=True, end_at_ms=now.mono_ms + LAST_LOOK_MS)
            return replace(held, call=over), _told_end(call, "staff")
    return held, ()


def _over(call: Call, event: AnyEvent, now: Now, *, serves: bool) -> End | None:
    """Why this event ends the call at the screen; None: it does not."""
    if call.orphaned and serves:
        return "reader"
    match event:
        case Touched(action="end_help"):
            return "reader"
        case StopAsked():
            return "stopped"
        case Ticked() if now.mono_ms >= call.end_at_ms:
            return "idle"
    return None


def told(held: Courtesies, order: Order) -> HelpSaid | HelpClosed | None:
    """What an order of the duty desk is to the call that goes on; None where it is for none, or for another."""
    call = held.call
    if call is None or call.over or order.call != call.number:
        return None
    if order.verb == "help.say" and order.text:
        return HelpSaid(order.call, order.text)
    return HelpClosed(order.call) if order.verb == "help.end" else None


def _begin(held: Courtesies, about: str, now: Now, scenes: dict[Place, Scene]) -> Stepped:
    place: Place = "door" if about == "door" and "door" in scenes else "desk"
    seen = scenes.get(place) or next(iter(scenes.values()))
    number = max(held.calls + 1, now.wall_ms // 1000 % 2**32)
    called = facts.HelpCalled(number, place, seen.scene, seen.fault, seen.books, seen.stuck)
    call = Call(number, place, now.mono_ms + IDLE_MS)
    wish = RaiseFault(HELP_CALLED, place, f"{number}")
    return replace(held, call=call, calls=number), (Record(called), wish)


def _answer(held: Courtesies, call: Call, answer: Answer, now: Now) -> Stepped:
    answered = Record(facts.HelpAnswered(call.number, answer))
    return _keep(held, call, Said(answer=answer), now), (answered,)


def _keep(held: Courtesies, call: Call, said: Said, now: Now) -> Courtesies:
    lines = (*call.said, said)[-MAX_SAID:]
    return replace(held, call=replace(call, said=lines, end_at_ms=now.mono_ms + IDLE_MS))


def _end(held: Courtesies, call: Call, why: End) -> Stepped:
    """The conversation is gone from the screen."""
    return replace(held, call=None), (() if call.over else _told_end(call, why))


def _told_end(call: Call, why: End) -> tuple[AnyEffect, ...]:
    return Record(facts.HelpEnded(call.number, why)), ClearFault(HELP_CALLED, call.place)
