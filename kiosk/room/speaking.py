"""What the room itself says to whoever is inside, in each of its languages in turn. A part of the room. Pure.

What is said follows from the facts of a step, and from alarms, which are said first and cut off what is being said.
Nothing waits twice, however often a contact chatters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import Spoken
from kiosk.courtesy_effects import Say
from kiosk.effects import of_kinds
from kiosk.events import AnyEvent
from kiosk.room import signalling
from kiosk.room.closing_state import Speaking
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk

CLOSING = {15: "closing_15", 10: "closing_10", 5: "closing_5"}
CLOSED = "room_closed"
REMINDER = "stay_reminder"
SAID = frozenset({facts.RoomClosing, facts.RoomClosed, facts.StayReminded})
HEARS = signalling.HEARS | SAID | {Spoken}
"""Alarms, what is told of the hours, and a voice that ends or is lost."""
Said = tuple[tuple[str, str], ...]
"""Prompt and language, as of `closing_state.Speaking`."""


def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    before = said = room.speaking.said
    if isinstance(event, Spoken) and said and event.prompt == said[0][0]:
        said = said[1:]
    alarms = room.signalling.prompts if came.room and room.signalling is not came.room.signalling else ()
    said = _new(alarms, said, around) + said
    said += _new(_prompts(told), said, around)
    if said and not voiced(kiosk):
        said = ()
    if said == before:
        return room, ()
    begun = (Say(said[0][0], "desk", said[0][1]),) if said and said[:1] != before[:1] else ()
    return replace(room, speaking=Speaking(said)), begun


def voiced(kiosk: Kiosk) -> bool:
    """Whether a voice answers inside the room."""
    fittings = kiosk.station.fittings
    there = fittings.names("voice") & kiosk.station.identities.keys()
    return any(not fittings.is_outside(name) for name in there)


def _new(prompts: Iterable[str], said: Said, around: Surroundings) -> Said:
    """Prompts in each language, but for what waits already."""
    spoken = [(prompt, language) for prompt in prompts for language in around.rules.closing.languages]
    return tuple(one for one in spoken if one not in said)


def _prompts(told: Effects) -> Iterator[str]:
    for fact in of_kinds(told, SAID):
        match fact:
            case facts.RoomClosing(minutes=minutes):
                yield CLOSING[minutes]
            case facts.RoomClosed(why=why) if why != "self_test":
                yield CLOSED
            case facts.StayReminded():
                yield REMINDER
