"""A fire or evacuation drill: begun and ended by an order, over after two hours. A part of the room. Pure.

It changes nothing at the door. What happens meanwhile is told as ever; central knows by `drill.begun` and
`drill.ended` what was a drill.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from kiosk.central_events import DrillOrdered
from kiosk.effects import Record, Remember
from kiosk.events import AnyEvent, Ticked
from kiosk.room.alarm_state import Drilling
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.alarm_facts import DrillEnd
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

ORDER_NOT_POSSIBLE: Final = number("order_not_possible")
LONGEST_MS: Final = 7_200_000
"""A drill that nobody has ended is over then."""
DRILL: Final = "room.drill"
"""Name under which a drill is remembered."""
VERB: Final = "room.drill"
HEARS: Final[frozenset[type]] = frozenset({DrillOrdered, Ticked})


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, _told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if isinstance(event, DrillOrdered):
        return _ordered(room, event, around)
    drilling = room.drilling
    over = drilling.drill is not None and around.rule.memory.time_ms(around.now) >= drilling.until_ms
    return _end(room, "time") if over and isinstance(event, Ticked) else (room, ())


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    drilling = kiosk.room.drilling
    if drilling.drill is None:
        return None
    return around.now.mono_ms + drilling.until_ms - around.rule.memory.time_ms(around.now)


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Lasting.recall`: a drill goes on after a restart."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    try:
        drilling = msgspec.json.decode(remembered(DRILL) or "{}", type=Drilling)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return kiosk
    return replace(kiosk, room=replace(kiosk.room, drilling=drilling)) if drilling.drill else kiosk


def _ordered(room: Room, event: DrillOrdered, around: Surroundings) -> Stepped:
    done = Record(facts.OrderDone(event.number, VERB))
    if event.drill == "end":
        if room.drilling.drill is None:
            return room, (done,)
        room, effects = _end(room, "order")
        return room, (*effects, done)
    if not event.drill or room.drilling.drill is not None:
        return room, (Record(facts.OrderRefused(event.number, VERB, ORDER_NOT_POSSIBLE)),)
    drilling = Drilling(event.drill, around.rule.memory.time_ms(around.now) + LONGEST_MS)
    kept = Remember(DRILL, msgspec.json.encode(drilling).decode())
    return replace(room, drilling=drilling), (Record(facts.DrillBegun(event.drill)), kept, done)


def _end(room: Room, why: DrillEnd) -> Stepped:
    assert room.drilling.drill is not None, "the caller looked"
    ended = Record(facts.DrillEnded(room.drilling.drill, why))
    return replace(room, drilling=Drilling()), (ended, Remember(DRILL, None))
