"""A machine in a room: what outlives its power, and one run of its program.

`Machine` is the thing: disk, clock, door unit, what lies on the pad. `Run` is the real program from its
start to its end: journal, loop, core, uplink, and the devices and lines as this run knows them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Protocol

import msgspec

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    Crossed,
    DeviceBack,
    DeviceLost,
    DoorSensed,
    TagGone,
    TagSeen,
)
from kiosk import config, core, reporting, start
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules
from kiosk.effects import AnyEffect
from kiosk.events import AnyEvent, StopAsked, Ticked
from kiosk.hands import Hands
from kiosk.ils_questions import Terms
from kiosk.journal import JournalFailed
from kiosk.loop import LONGEST_WAIT_MS, Loop, Windows
from kiosk.secrets import pseudonym
from tests.simulation.broker import Broker
from tests.simulation.disk import KEY, Disk, Plug, PowerCut
from tests.simulation.library import Library
from tests.simulation.pad import Pad, Plate
from tests.simulation.terminal import Terminal
from tests.simulation.timeline import SECOND, KioskClock, Timeline
from tests.simulation.unit import Lock, Unit
from tests.simulation.uplink import NOWHERE, HandDriven
from wire.condition import Condition
from wire.sip2.dialect import load

DESK = frozenset({"pad", "scanner"})
ROOM = DESK | {"door", "door_scanner"}
ECHOED = (TagSeen, TagGone, CardShown, DoorSensed, Crossed, DeviceBack, DeviceLost)
"""What a driver may say twice. Answers it gives once."""
TERMS = Terms("", "", load("shuwu"), partial(pseudonym, KEY))
RULES = Rules(config.Desk(), config.Room())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all kiosks of a world share."""

    timeline: Timeline
    chance: Random
    broker: Broker
    library: Library
    public_key: object
    """Central's, as `wire.signing` wants it."""


class Watch(Protocol):
    """Who looks on while a kiosk runs."""

    def turning(self, run: Run, event: AnyEvent) -> None:
        """Before the loop takes an event."""

    def turned(self, run: Run, event: AnyEvent) -> None:
        """After it; not called where the power went."""

    def acting(self, run: Run, effect: AnyEffect) -> None:
        """Before an effect is carried out."""

    def shown(self, run: Run, kiosk: Kiosk) -> None:
        """What the screen shows from now on."""


class Machine:
    """See the module's head. `run` is None without power."""

    def __init__(self, name: str, folder: Path, around: Surroundings, watch: Watch, *, room: bool) -> None:
        self.name = name
        self.around = around
        self.watch = watch
        self.room = room
        self.disk = Disk(folder, around.chance)
        self.clock = KioskClock(around.timeline, self._boot_id())
        self.lock = Lock(around.timeline)
        self.plate = Plate()
        self.unplugged: set[str] = set()
        """Devices whose cable is out."""
        self.deaf = 0.0
        self.echo = 0.0
        """Probability that a driver says something twice."""
        self.ils_reachable = True
        self.desk_taken = False
        self.run: Run | None = None

    @property
    def devices(self) -> frozenset[str]:
        return ROOM if self.room else DESK

    def power_on(self, *, reboot: bool = True) -> None:
        """Start the program; where its disk does not let it, the supervisor tries again."""
        if self.run is not None:
            return
        if reboot:
            self.clock.reboot(self._boot_id())
        run: Run | None = None
        try:
            run = Run(self)
            self.run = run
            run.start()
        except JournalFailed:
            self._end(run)
            self.around.timeline.after(10 * SECOND, lambda: self.power_on(reboot=False))
        except PowerCut as cut:
            self.fall(str(cut))

    def fall(self, why: str) -> None:
        """The program is no more, between two instants; what the disk has is what is left."""
        self.around.timeline.note(self.name, f"falls: {why}")
        self._end(self.run)
        self.around.broker.drop(
            self.name, tell_will=True, will_ms=self.around.chance.choice([0, 5, 60]) * SECOND
        )

    def stop(self) -> None:
        """A clean end was asked for and reached."""
        run = self.run
        if run is not None:
            self.around.timeline.note(self.name, "stops")
            run.uplink.farewell(msgspec.structs.replace(run.identity, state="gone", why="stopped"))
            self._end(run)
            self.around.timeline.after(5 * SECOND, lambda: self.power_on(reboot=False))

    # ------------------------------------------------------------ cables
    def unplug(self, device: str) -> None:
        """A device's cable comes out."""
        self.unplugged.add(device)
        if self.run is not None:
            self.run.unplug(device)

    def plug(self, device: str) -> None:
        if device in self.unplugged:
            self.unplugged.discard(device)
            if self.run is not None:
                self.run.begin(device)

    def deafen(self, deaf: float) -> None:
        """Let the door unit refuse this part of the commands."""
        self.deaf = deaf
        if self.run is not None:
            self.run.unit.deaf = deaf

    def reach_library(self, *, reachable: bool) -> None:
        """Cut the line to the library system, or mend it: what is sent meanwhile goes nowhere."""
        self.ils_reachable = reachable
        for terminal in self._terminals():
            terminal.reachable = reachable

    def hang_up(self) -> None:
        """The library system closes its lines."""
        for terminal in self._terminals():
            terminal.hang_up()

    def _terminals(self) -> list[Terminal]:
        return list(self.run.terminals.values()) if self.run else []

    def _end(self, run: Run | None) -> None:
        if run is not None:
            run.alive = False
            run.journal.close()
        self.run = None
        self.lock.lose_controller()

    def _boot_id(self) -> str:
        return f"{self.around.chance.getrandbits(64):016x}"


class TremblingHands(Hands):
    """The kiosk's own hands; the power may go before or after each effect."""

    __slots__ = ("run",)

    def __init__(self, run: Run) -> None:
        desk, door = run.terminals["desk"], run.terminals.get("door")
        super().__init__(desk, door, run.pad, run.unit if run.machine.room else None)  # type: ignore[arg-type] - the same verbs
        object.__setattr__(self, "run", run)

    def do(self, effect: AnyEffect) -> None:
        run: Run = self.run
        run.plug.chance(f"before {type(effect).__name__}")
        run.machine.watch.acting(run, effect)
        Hands.do(self, effect)
        run.plug.chance(f"after {type(effect).__name__}")


class Run:
    """One run of the program, a `Host` for its devices and lines."""

    def __init__(self, machine: Machine) -> None:
        around = machine.around
        self.machine = machine
        self.timeline = around.timeline
        self.chance = around.chance
        self.plug: Plug = machine.disk.plug
        self.alive = True
        self._tick_at: int | None = None
        self.journal = machine.disk.mount()
        self.terminals = self._converse()
        plugged = machine.devices - machine.unplugged
        self.pad = Pad(self, machine.plate, connected="pad" in plugged)
        self.unit = Unit(self, machine.lock, connected="door" in plugged, deaf=machine.deaf)
        self.identity = Condition(
            0, "boot", version="simulated", boot=machine.clock.boot, journal=self.journal.id
        )
        self._told: Condition | None = None
        self.uplink = HandDriven(
            NOWHERE,
            machine.name,
            self.journal,
            around.public_key,  # type: ignore[arg-type] - typed by its maker
            machine.clock,
            self.post,
            jitter=self.chance.random,
        )
        self.uplink.attach(self, around.broker)
        self.loop = self._loop()

    def start(self) -> None:
        """As `kiosk.daemon` does it: the facts of the start, the lines, then the devices."""
        start.record(self.journal, self.machine.clock, "simulated")
        self.uplink.open()
        for terminal in self.terminals.values():
            terminal.start()
        for device in sorted(self.machine.devices):
            self.later(self.chance.uniform(20, 900), partial(self.begin, device))

    # ------------------------------------------------------------ the host of devices and lines
    def post(self, event: AnyEvent) -> None:
        again = isinstance(event, ECHOED) and self.chance.random() < self.machine.echo
        for _ in range(1 + again):
            self.later(0, lambda: self.turn(event))

    def later(self, wait_ms: float, act: Callable[[], None]) -> None:
        self.timeline.after(wait_ms, lambda: self._guarded(act))

    def _guarded(self, act: Callable[[], None]) -> None:
        if not self.alive:
            return
        try:
            act()
        except PowerCut as cut:
            self.machine.fall(str(cut))

    # ------------------------------------------------------------ the loop
    def turn(self, event: AnyEvent) -> None:
        before = self.loop.kiosk
        self.timeline.note(self.machine.name, type(event).__name__)
        self.machine.watch.turning(self, event)
        self.loop.turn(event)
        self.machine.watch.turned(self, event)
        if self.loop.ended is not None:
            self.machine.stop()
            return
        self._tick_later(idle=isinstance(event, Ticked) and self.loop.kiosk == before)

    def ask_to_stop(self) -> None:
        self.post(StopAsked("asked"))

    def _tick_later(self, *, idle: bool) -> None:
        """The loop ticks at each deadline, and after two quiet seconds; where such a tick changed nothing,
        the next ones would not either.
        """
        now = self.machine.clock.now()
        due = core.deadline_ms(self.loop.kiosk, now, RULES)
        wait_ms = None if idle else LONGEST_WAIT_MS
        if due is not None:
            left_ms = max(due - now.mono_ms, 1)
            wait_ms = left_ms if wait_ms is None else min(wait_ms, left_ms)
        if wait_ms is None:
            self._tick_at = None
            return
        at = self._tick_at = self.timeline.now_ms + wait_ms
        self.later(wait_ms, lambda: self._tick(at))

    def _tick(self, at: int) -> None:
        if at == self._tick_at:
            self.turn(Ticked())

    def _show(self, kiosk: Kiosk, _now: Now) -> None:
        condition = reporting.condition(kiosk, self.identity)
        if condition != self._told:
            self._told = condition
            self.uplink.tell(condition)
        self.machine.watch.shown(self, kiosk)

    # ------------------------------------------------------------ making
    def _loop(self) -> Loop:
        machine = self.machine
        settings = config.Config(
            device=machine.name,
            state=Path(),
            ils=config.Ils(host="127.0.0.1", port=6001, user="u", password_file=Path("p")),
            central=config.Central(public_key=""),
            desk=RULES.desk,
            room=RULES.room if machine.room else None,
        )
        run = f"{self.chance.getrandbits(32):08x}"
        state = start.restore(settings, self.journal, machine.devices, run)
        windows = Windows(self._show, self.uplink.kick, lambda: None)
        return Loop(SimpleQueue(), state, RULES, self.journal, TremblingHands(self), machine.clock, windows)

    def _converse(self) -> dict[str, Terminal]:
        machine, library = self.machine, self.machine.around.library
        made = {"desk": Terminal(self, library, TERMS, 3 * SECOND, tells=True)}
        if machine.room:
            made["door"] = Terminal(self, library, TERMS, 2 * SECOND, tells=False)
        for terminal in made.values():
            terminal.reachable = machine.ils_reachable
        return made

    def begin(self, device: str) -> None:
        """The driver of a device begins, or its cable is in again."""
        if device == "pad":
            self.pad.plug() if self.pad.started else self.pad.start()
        elif device == "door":
            self.unit.plug() if self.unit.started else self.unit.start()
        elif device in self.machine.unplugged:
            self.post(DeviceLost(device, Gone(f"{device}: no such line")))
        else:
            self.post(DeviceBack(device, "scanner"))

    def unplug(self, device: str) -> None:
        if device == "pad":
            self.pad.unplug()
        elif device == "door":
            self.unit.unplug()
        else:
            self.post(DeviceLost(device, Gone(f"{device}: the line is gone")))
