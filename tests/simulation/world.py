"""Everything together for one seed: rooms, readers, central, the library system, and days of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.simulation import broker, library
from tests.simulation.audit import Auditor, PromiseBroken
from tests.simulation.broker import Broker
from tests.simulation.central import PUBLIC, Central
from tests.simulation.kiosk import Machine
from tests.simulation.library import Library
from tests.simulation.pad import STILL, Tag
from tests.simulation.people import Book, Person, Room, Visit
from tests.simulation.program import Surroundings
from tests.simulation.promises import inferred
from tests.simulation.timeline import DAY, HOUR, MINUTE, SECOND, Script, Timeline

VISITS_A_DAY = 44
"""In each room; some find the machine without power."""
FAULTS_A_DAY = 3
"""For each kiosk."""
ORDERS_A_DAY = 8
BOOKS = 40
PEOPLE = 12
"""For each room."""
CALM_MS = 25 * MINUTE
"""Long enough for the last reader to leave, the longest resend, and every owed answer."""


class Fault(NamedTuple):
    """Something that goes wrong, `weight` times as often as one of weight 1."""

    weight: int
    script: Callable[[World], Script]

    @property
    def name(self) -> str:
        return self.script.__name__.replace("_", " ")


class World:
    """See the module's head."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        faults: Sequence[Fault],
        *,
        quiet: Sequence[Callable[[World], None]] = (),
        kiosks: int = 3,
        faults_a_day: int = FAULTS_A_DAY,
    ) -> None:
        self.seed = seed
        self.folder = folder
        self._quiet = quiet
        self._faults = faults
        self._faults_a_day = faults_a_day
        self._harm: list[Script] = []
        """Faults under way."""
        self.chance = Random(seed)
        self.timeline = Timeline()
        self.figures: Counter[str] = Counter()
        self.calm = False
        """No new visits, no new faults."""
        self.quiet_since_ms = 0
        """Wall time since which nothing can go wrong."""
        self.broker = Broker(self.timeline, self.chance)
        self.library = Library(self.timeline, self.chance)
        self.central = Central(self.timeline, self.chance, self.broker, folder)
        self.auditor = Auditor(self)
        around = Surroundings(self.timeline, self.chance, self.broker, self.library, PUBLIC)
        self.machines = [
            Machine(f"kiosk-{n}", folder / f"kiosk-{n}", around, self.auditor, room=n != kiosks)
            for n in range(1, kiosks + 1)
        ]
        self.rooms = [Room(machine) for machine in self.machines]
        self.people: list[Person] = []
        self.books: list[Book] = []
        self._furnish()

    def run(self, days: int) -> None:
        """Live through `days`, with an audit at each quiet point; at times central loses its disk there.

        Raises:
            PromiseBroken: one of the promises does not hold.
        """
        self.open()
        while self.timeline.now_ms < days * DAY:
            self.live_until(min(self.timeline.now_ms + int(self.chance.uniform(3, 9) * HOUR), days * DAY))
            if self.chance.random() < 0.3:
                self.lose_central_in_the_quiet()
            if self._quiet and self.chance.random() < 0.4:
                self.harm_in_the_quiet()
        self._sum_up(days)

    def open(self) -> None:
        """Power for everything; readers, staff and misfortunes begin."""
        self.central.enrol({machine.name: machine.room for machine in self.machines})
        self.central.start()
        for machine in self.machines:
            machine.power_on()
        for room in self.rooms:
            self.timeline.play(self._arrivals(room))
        self.timeline.play(self._misfortunes())
        self.timeline.play(self._staff())

    def _sum_up(self, days: int) -> None:
        self.figures["kiosk-days"] += days * len(self.machines)
        self.figures.update(inferred(self))
        for deed in self.library.deeds:
            self.count(f"{deed.kind}s")
        self.figures["orders"] += len(self.central.orders)
        self.figures["messages lost"] += self.broker.lost
        self.figures["messages doubled"] += self.broker.doubled
        self.figures["events"] += self.timeline.events

    def close(self) -> None:
        self.central.close()
        for machine in self.machines:
            if machine.run is not None:
                machine.run.journal.close()

    def count(self, what: str) -> None:
        self.figures[what] += 1

    # ------------------------------------------------------------ days
    def live_until(self, end_ms: int) -> None:
        """Some hours of life, then quiet, then the audit."""
        self.calm = False
        self.broker.weather, self.library.mood = broker.USUAL, library.USUAL
        self.timeline.run(end_ms - CALM_MS)
        self.calm = True
        self.heal()
        self.timeline.run(end_ms - CALM_MS // 2)
        self._settle()
        self.timeline.run(end_ms)
        self.auditor.audit()

    def lose_central_in_the_quiet(self) -> None:
        """Nobody has anything new to tell, and yet it gets back what it lacks."""
        self.central.kill("its disk is lost in the quiet")
        if self.central.restore():
            self.count("restores of central")
        self.central.start()
        self.timeline.run(self.timeline.now_ms + CALM_MS)
        self.auditor.audit()

    def harm_in_the_quiet(self) -> None:
        """Something that must be harmed alone, so that what comes of it is known."""
        harm = self.chance.choice(self._quiet)
        self.timeline.note("fate", harm.__name__.replace("_", " "))
        self.count("faults")
        harm(self)
        self.auditor.audit()

    def _settle(self) -> None:
        """Half of the quiet is over: lines are perfect, and staff try each door."""
        self.broker.weather, self.library.mood = broker.CLEAR, library.PATIENT
        self.quiet_since_ms = self.timeline.wall_ms - 1
        for machine in self.machines:
            if machine.room and self.central.order(machine.name, "door.release") is None:
                raise PromiseBroken(f"{machine.name}: central does not hold it for ready")

    def _moments(self, a_day: int) -> Script:
        """Waits for so many moments of each day, spread at random, none of them in the quiet."""
        for day in count():
            for at in sorted(self.chance.uniform(0, DAY - CALM_MS) for _ in range(a_day)):
                yield max(day * DAY + at - self.timeline.now_ms, 0)

    def _arrivals(self, room: Room) -> Script:
        for wait_ms in self._moments(VISITS_A_DAY):
            yield wait_ms
            while self.calm:
                yield MINUTE
            idle = [person for person in self.people if not person.busy]
            self.count("visits")
            hurry = self.chance.random() < 0.08
            visit = Visit(self.timeline, self.chance, room, self.chance.choice(idle), hurry)
            self.timeline.play(visit.script())

    def _misfortunes(self) -> Script:
        if not self._faults:
            return
        for wait_ms in self._moments(self._faults_a_day * len(self.machines)):
            yield wait_ms
            while self.calm:
                yield MINUTE
            (fault,) = self.chance.choices(self._faults, [fault.weight for fault in self._faults])
            self.timeline.note("fate", fault.name)
            self.count("faults")
            self.count(f"fault: {fault.name}")
            self._harm.append(fault.script(self))
            self.timeline.play(self._harm[-1])

    def _staff(self) -> Script:
        while True:
            yield self.chance.expovariate(ORDERS_A_DAY * len(self.machines) / DAY)
            machine = self.chance.choice(self.machines)
            verb = "kiosk.restart" if self.chance.random() < 0.2 else "door.release"
            if not self.calm and (machine.room or verb == "kiosk.restart"):
                self.central.order(machine.name, verb)

    # ------------------------------------------------------------ mending
    def heal(self) -> None:
        """Everything that a fault may have broken is whole, and none goes on; lines stay as they are."""
        for script in self._harm:
            script.close()
        self._harm.clear()
        self.broker.up = True
        self.broker.unreachable.clear()
        self.library_up(up=True)
        self.central.plug.chances = None
        self.central.start()
        for machine in self.machines:
            self._mend(machine)

    def _mend(self, machine: Machine) -> None:
        machine.disk.plug.chances = None
        machine.disk.plug.tears = False
        machine.set_clock(0, trusted=True)
        machine.echo = 0.0
        machine.deafen(0.0)
        machine.plate.air = STILL
        if machine.lock.fire:
            machine.lock.burn(fire=False)
        for device in sorted(machine.unplugged):
            machine.plug(device)
        machine.reach_library(reachable=True)
        self.mend_disk(machine)
        machine.power_on()

    def mend_disk(self, machine: Machine) -> None:
        """A technician makes room, or lets it be written; a kiosk that broke on it is started again."""
        if not machine.disk.writable:
            machine.disk.full = machine.disk.readonly = False
            if machine.run is not None:
                machine.fall("a technician starts it again")
                self.timeline.after(3 * SECOND, lambda: machine.power_on(reboot=False))

    def library_up(self, *, up: bool) -> None:
        was, self.library.up = self.library.up, up
        for machine in self.machines:
            if was and not up:
                machine.hang_up()
            elif up and not was:
                machine.look_again()

    # ------------------------------------------------------------ the beginning
    def _furnish(self) -> None:
        """Books on shelves, some of them in readers' bags; one in ten is a set of two; some are reserved."""
        self.people = [Person(f"R{n:05d}") for n in range(PEOPLE * len(self.rooms))]
        self.library.cards = {person.card for person in self.people[1:]}
        self.library.blocked = {person.card for person in self.people[1:4]}
        for at, room in enumerate(self.rooms):
            for n in range(BOOKS):
                room.shelf.append(self._book(at * BOOKS + n))
        for person in self.people[4:]:
            room = max(self.rooms, key=lambda room: len(room.shelf) + self.chance.random())
            for book in self.chance.sample(room.shelf, 2):
                room.shelf.remove(book)
                person.books.append(book)
                self.library.loans.lend(book.item, person.card, self.timeline.wall_ms)
                for tag in book.tags:
                    tag.secured = False

    def _book(self, number: int) -> Book:
        item, parts = f"B{number:07d}", 2 if self.chance.random() < 0.1 else 1
        self.library.titles[item] = f"书 {number}"
        if self.chance.random() < 0.03:
            self.library.reserved.add(item)
        tags = tuple(Tag(f"E004{number:08X}{part:04X}", item, parts, part) for part in range(1, parts + 1))
        book = Book(item, tags)
        self.books.append(book)
        return book
