"""Everything together for one seed: rooms, readers, central, the library system, and days of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.simulation import broker, library
from tests.simulation.audit import Auditor, PromiseBroken
from tests.simulation.broker import Broker
from tests.simulation.central import Central
from tests.simulation.duty import Duty
from tests.simulation.fate import CALM_MS, Fate, misfortunes, moments
from tests.simulation.furniture import furnish
from tests.simulation.kiosk import Machine
from tests.simulation.library import Library
from tests.simulation.lists import PUBLIC
from tests.simulation.newcomers import Joining, Newcomer
from tests.simulation.pad import STILL
from tests.simulation.people import MANY, NONE, USUAL, Book, Person, Room, Visit
from tests.simulation.program import Surroundings
from tests.simulation.promises import inferred
from tests.simulation.rules import ASKED, STAFF
from tests.simulation.timeline import DAY, HOUR, MINUTE, SECOND, Script, Timeline
from wire.lists import NAMES

NOTHING = Fate()
VISITS_A_DAY = 40
"""In each room, before some find its door shut."""
AT_LEAST = {"visits": 40, "loans or returns": 60, "faults": 2}
"""Of each kiosk on each day; as long as there are too few of the first two, readers come late."""
DUE = ("visits", "loans or returns")
"""What readers are there for."""
AHEAD = 0.05
"""The part of a day's loans or returns by which they may be ahead of its visits."""
UNDER_WAY = 10
"""Minutes that a batch may take in perfect weather."""
LATECOMERS = 200
"""For one day of one kiosk: it serves nobody any more."""
ORDERS_A_DAY = 2
BACKUPS_A_DAY = 4
LISTS_A_DAY = 5
JOIN_A_DAY = 1.5
"""Of each kiosk: so many try to become a reader there."""
IN_THE_QUIET = 0.2
"""So probable is it at each quiet point that central loses its disk, and that something else goes wrong."""


class World:
    """See the module's head."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        fate: Fate = NOTHING,
        *,
        kiosks: int = 3,
    ) -> None:
        self.seed = seed
        self.folder = folder
        self.fate = fate
        self.under_way: list[Script] = []
        """Faults that may go on."""
        self.chance = Random(seed)
        self.timeline = Timeline()
        self.figures: Counter[str] = Counter()
        self.today: Counter[tuple[str, str]] = Counter()
        """What each kiosk has had of AT_LEAST since the last day ended."""
        self.calm = False
        """No new visits, no new faults."""
        self.quiet_since_ms = 0
        """Wall time since which nothing can go wrong."""
        self.broker = Broker(self.timeline, self.chance)
        self.library = Library(self.timeline, self.chance)
        self.central = Central(self.timeline, self.chance, self.broker, folder)
        self.auditor = Auditor(self)
        around = Surroundings(
            self.timeline, self.chance, self.broker, self.library, self.central.lists, PUBLIC
        )
        self.machines = [
            Machine(f"kiosk-{n}", folder / f"kiosk-{n}", around, self.auditor, room=n != kiosks)
            for n in range(1, kiosks + 1)
        ]
        self.rooms = [Room(machine) for machine in self.machines]
        self.people: list[Person] = []
        self.hopeful: list[Newcomer] = []
        """Whom no page has told yet that they are readers."""
        self.numbers = 0
        """Of identity cards that were seen."""
        self.staff = [Person(card) for card in STAFF]
        self.books: list[Book] = []
        furnish(self)

    def run(self, days: int) -> None:
        """Live through `days`, each with two quiet points and an audit at each.

        Raises:
            PromiseBroken: one of the promises does not hold.
        """
        self.open()
        for day in range(1, days + 1):
            self.live_until(day * DAY - int(self.chance.uniform(8, 16) * HOUR))
            self._trouble_the_quiet()
            self.live_until(day * DAY, late=self._fill_the_day)
            self._end_the_day()
            self._trouble_the_quiet()
        self._sum_up(days)

    def open(self) -> None:
        """Power for everything; readers, staff and misfortunes begin."""
        self.central.enrol({machine.name: machine.room for machine in self.machines})
        self.central.start()
        for machine in self.machines:
            machine.power_on()
        for room in self.rooms:
            self.timeline.play(self._arrivals(room))
            self.timeline.play(self._joining(room))
            self.timeline.play(self._duties(room))
        for script in misfortunes(self):
            self.timeline.play(script)
        self.timeline.play(self._staff())
        self.timeline.play(self._backups())
        self.timeline.play(self._lists())

    def _sum_up(self, days: int) -> None:
        self.figures["kiosk-days"] += days * len(self.machines)
        self.figures.update(inferred(self))
        for deed in self.library.deeds:
            self.count(f"{deed.kind}s")
        self.figures.update(self.library.figures)
        self.figures["payments"] += len(self.central.till.shop.money)
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
    def live_until(self, end_ms: int, late: Callable[[], None] = lambda: None) -> None:
        """Some hours of life, then what comes `late`, quiet, and the audit."""
        self.calm = False
        self.broker.weather, self.library.mood = broker.USUAL, library.USUAL
        self.broker.leisure_ms = broker.BUSY_MS
        self.central.lists.calm = self.central.till.shop.calm = False
        self.timeline.run(end_ms - CALM_MS)
        self.calm = True
        self.broker.leisure_ms = broker.CALM_MS
        self.heal()
        late()
        self.pass_ms(CALM_MS // 2)
        self._settle()
        self.pass_ms(CALM_MS // 2)
        self.deliver()
        self.auditor.audit()

    def deliver(self) -> None:
        """A list that expires in the quiet makes a fact; as long as facts are made or taken there is time, and no more."""
        runs = [machine.run for machine in self.machines if machine.run is not None]
        marks, left = [(0, 0)], 0
        while any(run.journal.waiting for run in runs):
            before, marks = marks, [(run.journal.head, run.journal.watermark) for run in runs]
            left = UNDER_WAY if marks != before else left - 1
            if not left:
                return
            self.pass_ms(MINUTE)

    def pass_ms(self, wait_ms: int = CALM_MS) -> None:
        """Let time pass."""
        self.timeline.run(self.timeline.now_ms + wait_ms)

    def _trouble_the_quiet(self) -> None:
        if self.fate.quiet and self.chance.random() < IN_THE_QUIET:
            self.lose_central_in_the_quiet()
        if self.fate.quiet and self.chance.random() < IN_THE_QUIET:
            self.harm_in_the_quiet()

    def lose_central_in_the_quiet(self, will_ms: int | None = None) -> None:
        """Nobody has anything new to tell, and yet it gets back what it lacks."""
        self.central.kill("its disk is lost in the quiet", will_ms)
        if self.central.restore():
            self.count("restores of central")
        self.central.start()
        self.pass_ms()
        self.deliver()
        self.auditor.audit()

    def harm_in_the_quiet(self) -> None:
        """Something that must be harmed alone, so that what comes of it is known."""
        harm = self.chance.choice(self.fate.quiet)
        self.timeline.note("fate", harm.__name__.replace("_", " "))
        self.count("faults")
        harm(self)
        self.deliver()
        self.auditor.audit()

    def _settle(self) -> None:
        """Half of the quiet is over: lines are perfect, and staff try each door."""
        self.broker.weather, self.library.mood = broker.CLEAR, library.PATIENT
        self.central.lists.calm = self.central.till.shop.calm = True
        self.central.till.reconcile()
        self.quiet_since_ms = self.timeline.wall_ms - 1
        for machine in self.machines:
            if machine.room and self.central.order(machine.name, "door.release") is None:
                raise PromiseBroken(f"{machine.name}: central does not hold it for ready")

    def _fill_the_day(self) -> None:
        """Readers come to each kiosk that has not had its day's due, no more at a time than it lacks."""
        for _ in range(LATECOMERS):
            lacking = [(room, lacks) for room in self.rooms if (lacks := self._lacks(room.machine, *DUE))]
            if not lacking:
                return
            for room, lacks in lacking:
                if room.guests < max(lacks.values()):
                    self.timeline.play(self._visit(room))
            self.pass_ms(3 * MINUTE)
        raise PromiseBroken(f"nobody is served: {[(room.machine.name, lacks) for room, lacks in lacking]}")

    def _end_the_day(self) -> None:
        for machine in self.machines:
            lacking = self._lacks(machine, *AT_LEAST) if self.fate.own else {}
            assert not lacking, f"{machine.name} had too few {lacking}: {self.today}"
        self.today.clear()

    def _lacks(self, machine: Machine, *names: str) -> dict[str, int]:
        """How many more of each it must have today, where it must."""
        left = {name: AT_LEAST[name] - self.today[machine.name, name] for name in names}
        return {name: count for name, count in left.items() if count > 0}

    def _wishes(self, machine: Machine) -> Sequence[int]:
        """Many, where fewer books were lent and given back today than by so many visits must be; none, where it was more."""
        visits, deeds = (self.today[machine.name, name] / AT_LEAST[name] for name in DUE)
        if deeds < visits:
            return MANY
        return NONE if deeds > visits + AHEAD else USUAL

    def happens(self, machine: Machine, what: str) -> None:
        """Count something that each kiosk must have of each day."""
        self.count(what)
        self.today[machine.name, what] += 1

    def _arrivals(self, room: Room) -> Script:
        for wait_ms in moments(self, VISITS_A_DAY):
            yield wait_ms
            while self.calm:
                yield MINUTE
            self.timeline.play(self._visit(room))

    def _visit(self, room: Room) -> Script:
        person = self.chance.choice([person for person in self.people if not person.busy])
        visit = Visit(
            self.timeline,
            self.chance,
            room,
            person,
            hurry=self.chance.random() < 0.08,
            wishes=self._wishes(room.machine),
            pay=self.central.till.pay,
        )
        room.guests += 1
        came_in = yield from visit.script()
        room.guests -= 1
        if came_in:
            self.happens(room.machine, "visits")

    def _joining(self, room: Room) -> Script:
        """Some come for the first time; who was told nothing, or no, comes again, and one in ten has forgotten."""
        chance = self.chance
        while True:
            yield chance.expovariate(JOIN_A_DAY / DAY)
            if self.calm:
                continue
            self.numbers += 1
            newcomer = Newcomer.make(self.numbers, chance.choice(self.people).card)
            if self.hopeful and chance.random() < 0.5:
                newcomer = self.hopeful.pop(chance.randrange(len(self.hopeful)))
            self.count("attempts to register")
            attempt = Joining(self.timeline, chance, room, Person(newcomer.card.number), newcomer=newcomer)
            if (yield from attempt.script()) and chance.random() < 0.9:
                self.people.append(attempt.person)
            else:
                self.hopeful.append(newcomer)

    def _duties(self, room: Room) -> Script:
        while True:
            yield self.chance.expovariate(self.fate.duties_a_day / DAY)
            free = [person for person in self.staff if not person.busy]
            if free and not self.calm:
                self.count("duties of staff")
                person = self.chance.choice(free)
                duty = Duty(self.timeline, self.chance, room, person, calm=lambda: self.calm)
                yield from duty.script()

    def _staff(self) -> Script:
        while True:
            yield self.chance.expovariate(ORDERS_A_DAY * len(self.machines) / DAY)
            machine = self.chance.choice(self.machines)
            verb = "kiosk.restart" if self.chance.random() < 0.2 else "door.release"
            if not self.calm and (machine.room or verb == "kiosk.restart"):
                self.central.order(machine.name, verb)

    def _backups(self) -> Script:
        while True:
            yield self.chance.expovariate(BACKUPS_A_DAY / DAY)
            self.central.back_up()

    def _lists(self) -> Script:
        """Staff write down who gets nothing, what is kept, who may come in, and when."""
        chance = self.chance
        while True:
            yield chance.expovariate(LISTS_A_DAY / DAY)
            name = chance.choice((*NAMES, "room"))
            many = len(self.library.cards) // 2 if name == "allow" else 3
            readers = chance.sample(sorted(self.library.cards), 0 if name == "hold" else many)
            items = chance.sample(sorted(self.library.titles), 0 if name == "allow" else 5)
            if self.central.up and not self.calm:
                self.count("lists")
                self.timeline.note("staff", f"a new list: {name}")
                self.central.lists.change(name, readers, items, chance.choice(ASKED))
                self.central.announce(name)

    # ------------------------------------------------------------ mending
    def heal(self) -> None:
        """Everything that a fault may have broken is whole, and none goes on; lines stay as they are."""
        for script in self.under_way:
            script.close()
        self.under_way.clear()
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
