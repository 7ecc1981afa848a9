"""What must be true of a simulated room at every event, and at the end of its year.

At every event:

- Secure is asked only from a snapshot just heard, and only while the way out really is quiet and the door shut.
- A release has an end, and is asked only where the unit is heard; who is granted entry gets exactly one.
- Nobody is granted entry outside of hours, by a calendar of the audit's own; who is refused is told why.
- Nobody is less than not there; a room that is armed counts nobody.
- A fault is raised once, and cleared only where it stands; what stands is what the facts say.
- Each opening of the door is told once, in order.
- Light burns while the room knows that somebody is inside.

At the end: visits by the counter are the persons who came through its beams; visits by cards are the cards that were
granted and whose door opened; no question is left without an answer.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drivers.events import Crossed, DoorSensed
from kiosk.effects import AskItem, AskReader, Record, ReleaseDoor, SecureDoor
from kiosk.events import AnyEvent, IlsSilent, ItemAnswered, ReaderAnswered
from kiosk.room.state import Phase
from kiosk.whole import Effects, Kiosk
from tests.year import seasons
from wire import facts
from wire.faults import catalogue, number

if TYPE_CHECKING:
    from tests.year.world import World

OPENED_WITHIN_MS = 10_000
CATALOGUE = catalogue()
NOT_ARMED = number("not_armed")


class Audit:
    def __init__(self, world: World) -> None:
        self._world = world
        self.came = self.went = 0
        """Persons who really came and went."""
        self.beams_came = self.beams_went = 0
        """Of them, those whom the counter saw."""
        self.told: Counter[str] = Counter()
        """Persons and facts, by what was told of them."""
        self.refused: Counter[int] = Counter()
        self.raised: Counter[int] = Counter()
        self.standing: set[tuple[int, str]] = set()
        self.nights = 0
        """In which the room was armed."""
        self.by_card = 0
        """Persons for whom a card was granted and whose door opened in time."""
        self._grants: dict[str, tuple[int, int]] = {}
        self._openings = world.unit.openings
        self._asked: set[int] = set()

    # ------------------------------------------------------------ what is true
    @property
    def inside(self) -> int:
        return self.came - self.went

    def crossed(self, came: int, went: int) -> None:
        self.came, self.went = self.came + came, self.went + went

    def beamed(self, came: int, went: int) -> None:
        self.beams_came, self.beams_went = self.beams_came + came, self.beams_went + went

    def started(self) -> None:
        """A kiosk that starts knows of no fault, and of nobody who was let in."""
        self.standing.clear()
        self._grants.clear()
        self._asked.clear()

    # ------------------------------------------------------------ every event
    def stepped(self, before: Kiosk, event: AnyEvent, after: Kiosk, effects: Effects) -> None:
        room = after.room
        assert room is not None
        assert before.room is not None
        for effect in effects:
            if isinstance(effect, SecureDoor):
                self._secured(before, event)
            elif isinstance(effect, ReleaseDoor):
                assert before.room.phase is not Phase.UNKNOWN, "released without seeing the door"
                assert 0 < effect.limit_ms <= 600_000
            elif isinstance(effect, AskReader | AskItem):
                self._asked.add(effect.ask)
            elif isinstance(effect, Record):
                self._record(effect.fact, before, effects)
        if isinstance(event, ReaderAnswered | ItemAnswered | IlsSilent):
            self._asked.discard(event.ask)
        assert room.counting.inside >= 0
        assert self.standing == after.station.troubles.keys(), "what stands is not what was told"
        if isinstance(event, Crossed) and room.counting.inside and "lights" in after.station.identities:
            assert room.environment.asked["lamp"], "somebody stands in the dark"

    def _secured(self, before: Kiosk, event: AnyEvent) -> None:
        unit, now_ms = self._world.unit, self._world.now.mono_ms
        assert isinstance(event, DoorSensed), "secured by anything but a snapshot"
        assert before.room is not None
        assert before.room.contacts is not None, "secured a door that was not seen before"
        assert not unit.fire, "secured a way out"
        assert not unit.pressed(now_ms), "secured a way out"
        assert not unit.open, "secured an open door"
        assert unit.reachable

    def _record(self, fact: facts.Fact, before: Kiosk, effects: Effects) -> None:
        kind = facts.kind_of(fact)
        self.told[kind] += 1
        judge = getattr(self, "_" + kind.replace(".", "_"), None)
        if judge:
            judge(fact, before, effects)

    # ------------------------------------------------------------ each fact
    def _entry_granted(self, fact: facts.EntryGranted, before: Kiosk, effects: Effects) -> None:
        assert sum(isinstance(effect, ReleaseDoor) for effect in effects) == 1
        self.told[f"granted by {fact.decided_by}"] += 1
        if fact.role != "reader":
            return
        assert seasons.admits(self._world.true_ms), "admitted outside of hours"
        room = before.room
        assert room is not None
        self._grants[fact.reader] = (self._world.now.mono_ms, 1 + fact.companions)
        if room.contacts and room.contacts.open:
            self._came_in()

    def _door_opened(self, fact: facts.DoorOpened, _before: Kiosk, _effects: Effects) -> None:
        self._openings += 1
        assert fact.openings == self._openings, "an opening was told twice, or never"
        if not fact.recovered:
            self._came_in()

    def _came_in(self) -> None:
        now_ms = self._world.now.mono_ms
        in_time = [persons for at, persons in self._grants.values() if now_ms < at + OPENED_WITHIN_MS]
        self.by_card += sum(in_time)
        self._grants.clear()

    def _entry_refused(self, fact: facts.EntryRefused, _before: Kiosk, effects: Effects) -> None:
        assert fact.fault in CATALOGUE
        assert not any(isinstance(effect, ReleaseDoor) for effect in effects)
        self.refused[fact.fault] += 1

    def _visit_entered(self, fact: facts.VisitEntered, _before: Kiosk, _effects: Effects) -> None:
        self.told[f"visits by {fact.method}"] += fact.persons
        assert fact.check is (fact.method == "card")

    def _entry_apart(self, fact: facts.EntryApart, _before: Kiosk, _effects: Effects) -> None:
        self.told[f"apart by {fact.method}"] += fact.persons

    def _visit_left(self, fact: facts.VisitLeft, _before: Kiosk, _effects: Effects) -> None:
        self.told[f"left by {fact.method}"] += fact.persons

    def _room_armed(self, _fact: facts.RoomArmed, _before: Kiosk, _effects: Effects) -> None:
        assert not seasons.is_open(self._world.true_ms), "armed while it is open"
        assert self._world.kiosk.room
        assert not self._world.kiosk.room.counting.inside, "armed, and somebody is counted"

    def night(self) -> None:
        """Hours after closing: the room is armed and counts nobody, or staff have been told why not."""
        room, armed = self._world.kiosk.room, False
        if room is not None and self._world.on and not seasons.is_open(self._world.true_ms):
            armed = room.arming.armed
            told = any(fault == NOT_ARMED for fault, _ in self.standing)
            assert armed or told or room.arming.attended, "not armed, and nobody was told"
        self.nights += armed

    def _fault_raised(self, fact: facts.FaultRaised, _before: Kiosk, _effects: Effects) -> None:
        key = (fact.fault, fact.device)
        assert key not in self.standing, f"raised twice: {key}"
        self.standing.add(key)
        self.raised[fact.fault] += 1

    def _fault_cleared(self, fact: facts.FaultCleared, _before: Kiosk, _effects: Effects) -> None:
        assert (fact.fault, fact.device) in self.standing, f"cleared, and never raised: {fact}"
        self.standing.discard((fact.fault, fact.device))

    # ------------------------------------------------------------ the end
    def finish(self) -> None:
        """The year is over, everybody has gone home, and all that was wrong is mended."""
        assert self.inside == 0
        counted = self.told["visits by counter"] + self.told["apart by counter"]
        assert counted == self.beams_came, f"{counted} told, {self.beams_came} came through the beams"
        left = self.told["left by counter"]
        assert left == self.beams_went, f"{left} told, {self.beams_went} went through the beams"
        by_card = self.told["visits by card"]
        assert by_card == self.by_card, f"{by_card} told, {self.by_card} came by a card"
        assert not self._asked, "a question without an answer"
        assert not self.standing, f"still wrong: {sorted(self.standing)}"
