"""A room to play with: the real table and the counting, a clock moved by hand, everything that they asked for."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from drivers.errors import Gone
from drivers.events import CardShown, DoorAnswered, DoorSensed
from kiosk.clock import Now
from kiosk.effects import AnyEffect, AskReader, Record
from kiosk.events import AnyEvent, Reader, Ticked
from kiosk.fittings import DOOR, Fitting, Fittings
from kiosk.knowledge import Lists
from kiosk.room import corrections, counting, table
from kiosk.room.counting_state import Counting
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.room.surroundings import Surroundings
from kiosk.station import Station
from kiosk.whole import Kiosk
from tests.kiosk.ruling import rule
from wire import facts

LI = Reader("R0001", "a" * 32, "李明", "adult")
WANG = Reader("R0002", "b" * 32, "王芳", "child")
SHUT = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=10)


INSIDE_TEN = Counting(100, 90, "door", 10, known=True, by_counter=10)
UNIT = Fittings({"door": Fitting("door", DOOR), "door_scanner": Fitting("card", DOOR)})


class Door:
    """A room to play with: the real table, the counting, and a clock moved by hand."""

    def __init__(self, *, heard: bool = True) -> None:
        self.now = Now(1_790_000_000_000, 1_000_000)
        self.rules = RoomSettings()
        self.room = Room(openings=10, counting=INSIDE_TEN)
        self.fittings = UNIT
        self.effects: list[AnyEffect] = []
        self.known: tuple[Reader, ...] = ()
        """Readers whom the ILS has called good."""
        self.lists = Lists()
        self.ils_up = True
        if heard:
            self.sense()
            self.effects.clear()

    def happen(self, event: AnyEvent, *told: AnyEffect) -> list[AnyEffect]:
        """What follows from an event; `told` is what other parts of the kiosk have made of it."""
        judged = rule(self.now, known=self.known, lists=self.lists, ils_up=self.ils_up)
        around = Surroundings(self.now, self.rules, judged)
        came = Kiosk(Station(self.fittings), room=self.room)
        self.room, effects = table.step(self.room, event, around)
        kiosk = Kiosk(Station(self.fittings), room=self.room)
        for part in (counting, corrections):
            room, more = part.attend(came, kiosk, event, (*effects, *told), around)
            kiosk, effects = structs.replace(kiosk, room=room), effects + more
        assert kiosk.room is not None
        self.room = kiosk.room
        self.effects += effects
        return list(effects)

    def sense(self, **changes: bool | int) -> list[AnyEffect]:
        return self.happen(replace(SHUT, **changes))

    def pass_s(self, seconds: float) -> None:
        ms = int(seconds * 1000)
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms + ms)
        self.happen(Ticked())

    def card(self, number: str = LI.card) -> int:
        (asked,) = self.happen(CardShown("door_scanner", number, "card"))
        assert asked == AskReader(self.room.ask, number, "door")
        return self.room.ask

    def answer(self, verb: str, error: Gone | None = None) -> list[facts.Fact]:
        """The facts that follow when the unit answers a command."""
        effects = self.happen(DoorAnswered("door", verb, error))
        return [effect.fact for effect in effects if isinstance(effect, Record)]

    def facts(self) -> list[facts.Fact]:
        return [effect.fact for effect in self.effects if isinstance(effect, Record)]
