"""What goes on in the room beside its door: counting, closing, alarms, lights. Pure.

Each part is a module with a state of its own in `Room`, and is stepped after all tables with the whole kiosk in
view: what the door's table, the desk and the station have just made of the event stands in `told`. A part sees what
the parts before it in `PARTS` have done.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from kiosk.clock import earliest
from kiosk.effects import kinds
from kiosk.events import AnyEvent
from kiosk.room import (
    arming,
    closing,
    corrections,
    counting,
    drilling,
    environment,
    gate,
    night,
    signalling,
    speaking,
    stirring,
    tailing,
    watching,
)
from kiosk.room.surroundings import Effects, Stepped, Surroundings

if TYPE_CHECKING:
    from kiosk.core import Kiosk


class Part(Protocol):
    """One part of the room. Modules fit it."""

    def attend(
        self, came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings
    ) -> Stepped:
        """The room after `event`, and what is to be done besides `told`.

        Args:
            came: the kiosk as it was.
            kiosk: the same after its tables and the parts before this one; `kiosk.room` is there.
            event: what happened.
            told: all that was decided so far in this step, faults as their facts.
            around: time, settings, what the kiosk judges by.
        """


class Timed(Protocol):
    """A part that time itself changes, and that reckons when."""

    def deadline_ms(self, kiosk: Kiosk, around: Surroundings) -> int | None:
        """When it next will (monotonic); None: never."""


class Lasting(Protocol):
    """A part that outlives a run of the program."""

    def recall(self, kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
        """The kiosk with what the journal has kept of this part."""


PARTS: tuple[tuple[Part, frozenset[type] | None], ...] = (
    (counting, counting.HEARS),
    (stirring, None),
    (closing, None),
    (arming, None),
    (corrections, None),
    (night, None),
    (environment, None),
    (gate, gate.HEARS),
    (drilling, drilling.HEARS),
    (tailing, tailing.HEARS),
    (watching, None),
    (signalling, signalling.HEARS),
    (speaking, speaking.HEARS),
)
"""In the order in which they are stepped, each with the kinds of events and of what was told that it hears.

None: it is stepped at every event, for it looks at the time, or at what others have become.
"""
TIMED: tuple[Timed, ...] = (
    closing,
    arming,
    corrections,
    night,
    drilling,
    watching,
)
"""Parts that reckon when."""
MOMENTS = attrgetter("gate.until_ms", "tailing.over_ms", "environment.look_at_ms", "environment.log_at_ms")
"""When the others will (monotonic), as it stands in their state. What is left of `PARTS` acts on events alone; boards
end lights and sirens themselves."""
LASTING: tuple[Lasting, ...] = (counting, closing, arming, gate, drilling)
"""What is left of `PARTS` is found out anew at a start."""


def attend(
    came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings, first: int = 0
) -> tuple[Kiosk, Effects]:
    """The kiosk after all parts from the `first` on; what they decided, in order. `kiosk.room` is there."""
    for place in _concerned(kinds(event, *told), first):
        part, _ = PARTS[place]
        room, more = part.attend(came, kiosk, event, told, around)
        if room is not kiosk.room:
            kiosk = replace(kiosk, room=room)
        if more:  # it may concern parts behind this one that the event does not
            kiosk, rest = attend(came, kiosk, event, told + more, around, place + 1)
            return kiosk, more + rest
    return kiosk, ()


@lru_cache(maxsize=256)
def _concerned(happened: frozenset[type], first: int) -> tuple[int, ...]:
    """Places in `PARTS`, from the `first` on, of the parts that are stepped when all this has happened."""
    return tuple(
        place
        for place, (_, hears) in enumerate(PARTS)
        if place >= first and (hears is None or not happened.isdisjoint(hears))
    )


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """When time itself will next change any of them (monotonic); None: never."""
    return earliest(*MOMENTS(kiosk.room), *[part.deadline_ms(kiosk, around) for part in TIMED])


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """The kiosk with what the journal has kept of all parts. `kiosk.room` is there."""
    for part in LASTING:
        kiosk = part.recall(kiosk, remembered)
    return kiosk
