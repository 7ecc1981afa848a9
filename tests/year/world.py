"""A room, its kiosk and the time: whatever happens there goes through `kiosk.core.step`, one event at a time.

Whoever acts is a script: a generator that yields how many milliseconds it waits. Between two of their deeds the
kiosk gets every deadline that it named, and no other tick.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

from drivers.errors import Gone
from drivers.events import DeviceBack, DeviceLost, DoorAnswered, OutputSwitched, Spoken
from kiosk import config, core, start
from kiosk.central_events import ListsChanged, UplinkChanged, WatermarkMoved
from kiosk.clock import Now
from kiosk.core import Rules
from kiosk.courtesy_effects import Say
from kiosk.effects import AnyEffect, AskItem, AskReader, Record, ReleaseDoor, Remember, SecureDoor
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, Item, ItemAnswered, ReaderAnswered, Ticked
from kiosk.fittings import Fitting, Fittings
from kiosk.knowledge import Lists
from kiosk.room.closing_settings import Arming, Closing
from kiosk.room.counting_settings import Counting
from kiosk.room.environment_settings import Circuit, Daylight, Environment
from kiosk.room.settings import Room
from kiosk.room_effects import Switch
from tests.year import seasons
from tests.year.audit import Audit
from tests.year.kept import Kept
from tests.year.readers import Readers
from tests.year.unit import Unit

Script = Iterator[int]
LINE_MS = 15
"""From an order to the unit's answer."""
SILENT_MS = 2_000
FITTINGS = Fittings(
    {
        "door": Fitting("door", "door", required=True),
        "door_scanner": Fitting("card", "door"),
        "counter": Fitting("counter", "door"),
        "gate": Fitting("gate"),
        "air": Fitting("sensors"),
        "lights": Fitting("outputs"),
        "voice": Fitting("voice"),
    }
)
LAMP = Circuit("lights", "lamp")
ENVIRONMENT = Environment({"lamp": LAMP}, Daylight(latitude=39.9, longitude=116.4))
TOLERANCE = 2
"""Persons that the beams may have missed in a day, and the room is armed all the same."""
ROOM = Room(
    environment=ENVIRONMENT,
    counting=Counting(maximum=40),
    closing=Closing(languages=("zh-CN", "en")),
    arming=Arming(tolerance=TOLERANCE),
)
SPINS = 3
"""A deadline that does not move although it was kept so often: the loop would never rest."""


class World:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now = Now(seasons.FIRST_MS, 1_000_000)
        self.behind_ms = 0
        """How far the kiosk's own clock is wrong."""
        self.readers = Readers(self.chance)
        self.unit = Unit()
        self.kept = Kept()
        self.audit = Audit(self)
        self.rules = Rules(config.Desk(), ROOM, config.Offline(), self.readers.named)
        self.lists = Lists()
        self.ils = "up"
        """`up`, `mute` (it takes questions and says nothing), `away`."""
        self.passing = False
        """Somebody uses the door."""
        self.counter_blind = False
        """The beams miss the next person."""
        self.lamp = False
        self.events: Counter[str] = Counter()
        self._scripts: list[tuple[int, int, Script]] = []
        self._turn = count()
        self._due: tuple[int | None] | None = None
        self.on = False
        self.power_on()

    # ------------------------------------------------------------ time
    @property
    def true_ms(self) -> int:
        """Since 1970 UTC, as it really is."""
        return self.now.wall_ms - self.behind_ms

    def spawn(self, script: Script, after_ms: int = 0) -> None:
        heapq.heappush(self._scripts, (self.now.mono_ms + after_ms, next(self._turn), script))

    def run(self, ms: int) -> None:
        """Let time pass, with all that happens in it."""
        end_ms = self.now.mono_ms + ms
        while self._scripts and self._scripts[0][0] <= end_ms:
            at_ms, _, script = heapq.heappop(self._scripts)
            self._pass(at_ms)
            wait_ms = next(script, None)
            if wait_ms is not None:
                self.spawn(script, wait_ms)
        self._pass(end_ms)

    def _pass(self, until_ms: int) -> None:
        spins = 0
        while self.on:
            due_ms = self._deadline_ms()
            if due_ms is None or due_ms > until_ms:
                break
            spins = spins + 1 if due_ms <= self.now.mono_ms else 0
            assert spins < SPINS, "a deadline that is kept stays: the loop would never rest"
            self._set(max(due_ms, self.now.mono_ms))
            self.happen(Ticked())
        self._set(until_ms)

    def _deadline_ms(self) -> int | None:
        """What the kiosk said when something last happened: between two events nothing moves it."""
        if self._due is None:
            self._due = (core.deadline_ms(self.kiosk, self.now, self.rules),)
        return self._due[0]

    def _set(self, mono_ms: int) -> None:
        self.now = Now(self.now.wall_ms + mono_ms - self.now.mono_ms, mono_ms)

    def turn_clock(self, ms: int) -> None:
        """The kiosk's own clock jumps."""
        self.behind_ms += ms
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms)
        self._due = None

    # ------------------------------------------------------------ the kiosk
    def power_on(self) -> None:
        """A start, as `kiosk.build` makes it; the devices answer one after the other."""
        self.on, self.unit.dead_since_ms = True, None
        folder = Path()
        settings = config.Config(
            "year", folder, config.Ils("", 1, "", folder), config.Central("", url="x"), room=ROOM
        )
        self.kiosk = start.restore(
            settings, self.kept, start.untold(self.kept), FITTINGS, "0" * 8, self.now, "0" * 16
        )
        self.audit.started()
        self._due = None
        if self.lists.by_name:
            self.happen(ListsChanged(self.lists))
        self.happen(UplinkChanged(broker=True, central=True))
        self.hear_central()
        self.happen(IlsChanged(up=self.ils == "up"))
        for name in FITTINGS.by_name:
            if name != "door" or self.unit.reachable:
                self.happen(DeviceBack(name, name))
        self.look()
        self.happen(self.unit.crossed())

    def power_off(self) -> None:
        self.on, self.unit.dead_since_ms = False, self.now.mono_ms

    def hear_central(self) -> None:
        self.happen(WatermarkMoved(1, self.true_ms - self.now.mono_ms))

    def publish(self, lists: Lists) -> None:
        self.lists = lists
        self.happen(ListsChanged(lists))

    def happen(self, event: AnyEvent) -> None:
        """One event, whole: nothing where the kiosk has no power."""
        if not self.on:
            return
        self.events[type(event).__name__] += 1
        before, self._due = self.kiosk, None
        self.kiosk, effects = core.step(before, event, self.now, self.rules)
        self.audit.stepped(before, event, self.kiosk, effects)
        for effect in effects:
            self._do(effect)

    # ------------------------------------------------------------ hands
    def _do(self, effect: AnyEffect) -> None:
        match effect:
            case Remember():
                self.kept.keep(effect)
            case ReleaseDoor() | SecureDoor():
                self.spawn(self._order(effect), LINE_MS)
            case AskReader() | AskItem():
                self.spawn(self._ask(effect), self.chance.randint(40, 400))
            case Switch():
                self.spawn(self._switch(effect), LINE_MS)
            case Say():
                self.spawn(self._say(effect), 4_000)
            case Record():
                pass
            case _:
                raise AssertionError(effect)

    def _order(self, effect: ReleaseDoor | SecureDoor) -> Script:
        unit, verb = self.unit, "release" if isinstance(effect, ReleaseDoor) else "secure"
        if not unit.reachable:
            self.happen(DoorAnswered("door", verb, Gone("no answer")))
            return
        limit_ms = effect.limit_ms if isinstance(effect, ReleaseDoor) else 0
        unit.release_until_ms = self.now.mono_ms + limit_ms
        self.happen(DoorAnswered("door", verb))
        self.look()
        if limit_ms:
            yield limit_ms
            self.look()

    def _ask(self, effect: AskReader | AskItem) -> Script:
        if self.ils == "up":
            if isinstance(effect, AskItem):
                on_loan = self.chance.random() < 1 / 2
                self.happen(ItemAnswered(effect.ask, Item(effect.item, "三体", on_loan)))
            else:
                reader, fault = self.readers.answer(effect.card)
                self.happen(ReaderAnswered(effect.ask, reader, fault, effect.card))
            return
        yield SILENT_MS if self.ils == "mute" else 0
        self.happen(IlsSilent(ask=effect.ask))

    def _switch(self, effect: Switch) -> Script:
        self.lamp = effect.on
        self.happen(OutputSwitched(effect.device, effect.output, effect.on))
        yield from ()

    def _say(self, effect: Say) -> Script:
        self.happen(Spoken("voice", effect.prompt))
        yield from ()

    # ------------------------------------------------------------ the door
    def look(self) -> None:
        """The driver looks: what has changed is told."""
        if not (self.on and self.unit.reachable):
            return
        room, sensed = self.kiosk.room, self.unit.sensed(self.now.mono_ms)
        seen = room.contacts if room else None
        told = (sensed.open, sensed.released, sensed.exit_pressed, sensed.fire)
        if seen is None or told != (seen.open, seen.released, seen.exit_pressed, seen.fire):
            self.happen(sensed)

    def pull_cable(self) -> None:
        self.unit.reachable = False
        self.happen(DeviceLost("door", Gone("unplugged")))

    def put_cable_in(self) -> None:
        self.unit.reachable = True
        self.happen(DeviceBack("door", "door"))
        self.look()

    def press_exit(self) -> None:
        self.unit.exit_until_ms = self.now.mono_ms + 5_000
        self.look()
        self.spawn(self._exit_lapses(), 5_000)

    def _exit_lapses(self) -> Script:
        self.look()
        yield from ()

    def cross(self, came: int = 0, went: int = 0) -> None:
        """Persons go through; the counter sees them, unless its beams miss one."""
        self.audit.crossed(came, went)
        if self.counter_blind:
            self.counter_blind, came, went = False, max(came - 1, 0), max(went - 1, 0)
        self.unit.cross(came, went)
        self.audit.beamed(came, went)
        self.happen(self.unit.crossed())
