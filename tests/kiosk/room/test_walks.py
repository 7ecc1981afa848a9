"""Anything at the door, in any order: cards, pushes, exit, fire, a unit that is lost, replaced or deaf.

The walk drives the real table against a unit that does what the hardware does. Two promises are looked
at after every step: nothing is secured while fire or exit is active or unknown, and time never stands still.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drivers.errors import Gone
from drivers.events import CardShown, Crossed, DeviceLost, DoorAnswered, DoorSensed, KeysEntered
from kiosk.central_events import ReleaseOrdered
from kiosk.effects import AnyEffect, AskReader, ReleaseDoor, SecureDoor
from kiosk.events import AnyEvent, IlsSilent, ReaderAnswered, Touched, Typed
from kiosk.room import counting, moves
from kiosk.room.state import Phase
from tests.kiosk.room.door import LI, Door
from tests.kiosk.ruling import lists
from wire import facts
from wire.admission import Admission
from wire.lists import Body

SAID = (Typed("door_pin", "1234"), Touched("companions", "1"), KeysEntered("door_scanner", "2#"))
"""What whoever stands outside may answer, asked or not."""


@dataclass
class Unit:
    """The box on the wall: it keeps the time of a release and cuts the lock's power by itself."""

    there: bool = True
    open: bool = False
    exit_pressed: bool = False
    fire: bool = False
    released_until_ms: int = 0
    openings: int = 10
    entered: int = 100
    left: int = 90

    def sensed(self, now_ms: int) -> DoorSensed:
        released = self.exit_pressed or self.fire or now_ms < self.released_until_ms
        return DoorSensed("door", self.open, released, self.exit_pressed, self.fire, self.openings)


class House(Door):
    def __init__(self) -> None:
        super().__init__(heard=False)
        self.unit = Unit()
        self.told: DoorSensed | None = None
        self.asked: deque[AskReader] = deque()
        self.commands: deque[ReleaseDoor | SecureDoor] = deque()
        self.orders = 0

    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        effects = super().happen(event)
        for effect in effects:
            if isinstance(effect, SecureDoor):
                assert event == self.told, "secured by anything but a snapshot in hand"
                assert isinstance(event, DoorSensed)
                assert True not in {event.fire, event.exit_pressed, event.open}
            if isinstance(effect, ReleaseDoor | SecureDoor):
                self.commands.append(effect)
            elif isinstance(effect, AskReader):
                self.asked.append(effect)
        return effects

    def look(self) -> None:
        """The driver polls: what has changed is told."""
        sensed = self.unit.sensed(self.now.mono_ms)
        if self.unit.there and sensed != self.told:
            self.told = sensed
            self.happen(sensed)

    def set_unit(self, *, there: bool) -> None:
        self.unit.there = there
        self.told = None
        if there:
            self.look()
            self.happen(Crossed("door", self.unit.entered, self.unit.left))
        else:
            self.happen(DeviceLost("door", Gone("unplugged")))

    def obey(self, *, ok: bool) -> None:
        """The unit answers the oldest command."""
        command, unit = self.commands.popleft(), self.unit
        verb = "release" if isinstance(command, ReleaseDoor) else "secure"
        ok = ok and unit.there
        if ok:
            release = isinstance(command, ReleaseDoor)
            unit.released_until_ms = self.now.mono_ms + command.limit_ms if release else 0
        self.happen(DoorAnswered("door", verb, None if ok else Gone("no answer")))
        self.look()


class Walk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.house.lists = lists(Body("room", 1, room=Admission(companions=2, pin="online")))
        self.house.set_unit(there=True)

    @rule()
    def show_a_card(self) -> None:
        self.house.happen(CardShown("door_scanner", LI.card, "card"))

    @precondition(lambda self: self.house.asked)
    @rule(mood=st.sampled_from(["ok", "ok", "refused", "silent", "twice"]))
    def answer(self, mood: str) -> None:
        ask = self.house.asked.popleft().ask
        answers: dict[str, list[Any]] = {
            "ok": [ReaderAnswered(ask, LI)],
            "refused": [ReaderAnswered(ask, None, 103)],
            "silent": [IlsSilent(ask)],
            "twice": [ReaderAnswered(ask, LI)] * 2,
        }
        releases = sum(
            len([e for e in self.house.happen(a) if isinstance(e, ReleaseDoor)]) for a in answers[mood]
        )
        assert releases <= 1

    @rule(event=st.sampled_from(SAID))
    def say_something(self, event: AnyEvent) -> None:
        effects = self.house.happen(event)
        assert len([effect for effect in effects if isinstance(effect, ReleaseDoor | AskReader)]) <= 1

    @rule(contact=st.sampled_from(["exit_pressed", "fire"]))
    def press_or_reset(self, contact: str) -> None:
        setattr(self.house.unit, contact, not getattr(self.house.unit, contact))
        self.house.look()

    @rule(force=st.booleans())
    def push_or_shut(self, force: bool) -> None:
        unit = self.house.unit
        if unit.open:
            unit.open = False
        elif force or unit.sensed(self.house.now.mono_ms).released:
            unit.open, unit.openings = True, unit.openings + 1
        self.house.look()

    @rule(came=st.integers(0, 2), went=st.integers(0, 2))
    def cross(self, came: int, went: int) -> None:
        unit = self.house.unit
        unit.entered, unit.left = unit.entered + came, unit.left + went
        if unit.there:
            self.house.happen(Crossed("door", unit.entered, unit.left))

    @rule()
    def lose_or_find_the_unit(self) -> None:
        self.house.set_unit(there=not self.house.unit.there)

    @rule()
    def order_a_release(self) -> None:
        self.house.orders += 1
        self.house.happen(ReleaseOrdered(self.house.orders, 5))

    @precondition(lambda self: self.house.commands)
    @rule(ok=st.booleans())
    def obey(self, ok: bool) -> None:
        self.house.obey(ok=ok)

    @rule(seconds=st.sampled_from([0, 1, 5, 8, 30, 60]))
    def wait(self, seconds: int) -> None:
        self.house.pass_s(seconds)
        self.house.look()

    @invariant()
    def promises_hold(self) -> None:
        house, room = self.house, self.house.room
        house.pass_s(0)
        due = moves.deadline_ms(house.room)
        assert due is None or due > house.now.mono_ms, "the loop would spin"
        assert (room.phase is Phase.UNKNOWN) is (room.contacts is None) is not house.unit.there
        assert (room.phase is Phase.ASKING) <= bool(room.card)
        assert (room.phase is Phase.QUESTIONED) <= (room.admission.question is not None and not room.card)
        assert counting.inside(room) >= 0

    def teardown(self) -> None:
        """With answers and time enough, each order has one answer, each visit is counted, and the door rests."""
        house, unit = self.house, self.house.unit
        unit.open = unit.exit_pressed = unit.fire = False
        house.set_unit(there=True)
        while house.asked or house.commands:
            house.happen(IlsSilent(house.asked.popleft().ask)) if house.asked else house.obey(ok=True)
        house.pass_s(100)
        house.look()
        assert house.room.phase is Phase.SECURED
        assert (house.room.card, house.room.releases, house.room.notice) == ("", (), None)
        told = house.facts()
        answered = [f.order for f in told if isinstance(f, facts.OrderDone | facts.OrderRefused)]
        assert sorted(answered) == list(range(1, house.orders + 1))
        opened = [f.openings for f in told if isinstance(f, facts.DoorOpened)]
        assert opened == list(range(11, unit.openings + 1))
        visits = [f for f in told if isinstance(f, facts.VisitEntered) and not f.check]
        assert sum(f.persons for f in visits) == unit.entered - 100
        assert sum(f.persons for f in told if isinstance(f, facts.VisitLeft)) == unit.left - 90


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
