"""One run of a kiosk's program: the real loop, core, journal and uplink, on devices and lines of the simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import TYPE_CHECKING, Protocol, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from drivers.errors import Gone
from drivers.events import CardShown, Crossed, DeviceBack, DeviceLost, DoorSensed, TagGone, TagSeen
from kiosk import config, reporting, start
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules
from kiosk.effects import AnyEffect
from kiosk.errands.paying import PayStep
from kiosk.events import AnyEvent, StopAsked, Ticked
from kiosk.hands import Hands
from kiosk.ils_terms import Terms
from kiosk.loop import LONGEST_WAIT_MS, Loop, Windows
from kiosk.room import counting
from kiosk.room.settings import Room as RoomSettings
from kiosk.secrets import pseudonym
from tests.simulation.broker import Broker
from tests.simulation.disk import KEY, Plug, PowerCut
from tests.simulation.library import Library
from tests.simulation.lists import SETTINGS, Desk, keeper
from tests.simulation.pad import Pad
from tests.simulation.pins import service_hands
from tests.simulation.rules import REGISTRATION, STAFF
from tests.simulation.terminal import Terminal
from tests.simulation.timeline import SECOND, Timeline
from tests.simulation.unit import Unit
from tests.simulation.uplink import NOWHERE, HandDriven
from wire.condition import Condition
from wire.sip2.dialect import load

if TYPE_CHECKING:  # a machine makes its runs
    from tests.simulation.kiosk import Machine

ECHOED = frozenset({TagSeen, TagGone, CardShown, DoorSensed, Crossed, DeviceBack, DeviceLost})
"""What a driver may say twice. Answers it gives once."""
IN_VAIN = 0.01
"""So many of the ticks that no deadline asks for are lived through."""
TERMS = Terms("", "", load("shuwu"), cache(partial(pseudonym, KEY)))
RULES = Rules(
    config.Desk(offers=frozenset(get_args(config.Offer))),
    RoomSettings(),
    config.Offline(),
    TERMS.pseudonym,
    registration=REGISTRATION,
    staff=frozenset(map(TERMS.pseudonym, STAFF)),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all kiosks of a world share."""

    timeline: Timeline
    chance: Random
    broker: Broker
    library: Library
    lists: Desk
    public_key: Ed25519PublicKey
    """Central's."""


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


@dataclass(frozen=True)
class TremblingHands(Hands):
    """The kiosk's own hands; the power may go before or after each effect."""

    run: Run | None = None

    def do(self, effect: AnyEffect) -> None:
        assert self.run is not None
        name = type(effect).__name__
        self.run.plug.chance("before", name)
        self.run.machine.watch.acting(self.run, effect)
        Hands.do(self, effect)
        self.run.plug.chance("after", name)


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
        """When the loop is to tick; None: when something happens."""
        self._timer_at: int | None = None
        """When the timer that is set goes off."""
        self.journal = machine.disk.mount(machine.clock)
        self.terminals = self._converse()
        plugged = machine.devices - machine.unplugged
        self.pad = Pad(self, machine.plate, connected="pad" in plugged)
        self.unit = Unit(self, machine.lock, connected="door" in plugged, deaf=machine.deaf)
        self.identity = Condition(
            0, "boot", version="simulated", boot=machine.clock.boot, journal=self.journal.id
        )
        self._told: Condition | None = None
        self._shown: Kiosk | None = None
        self.uplink = HandDriven(
            NOWHERE,
            machine.name,
            self.journal,
            around.public_key,
            machine.clock,
            self.post,
            jitter=self.chance.random,
        )
        self.uplink.attach(self, around.broker)
        self.untold = start.untold(self.journal)
        self.loop = self._loop()

    def start(self) -> None:
        """As `kiosk.daemon` does it: the facts of the start, the lines, then the devices."""
        start.record(self.journal, self.untold, self.machine.clock, "simulated")
        self.lists.begin()
        self.uplink.open()
        for terminal in self.terminals.values():
            terminal.start()
        for device in sorted(self.machine.devices):
            self.later(self.chance.uniform(20, 900), partial(self.begin, device))

    @property
    def counts_anew(self) -> bool:
        """Nothing is remembered of the door unit's counters."""
        room = self.loop.kiosk.room
        return room is not None and room.openings is None

    # ------------------------------------------------------------ the host of devices and lines
    def post(self, event: AnyEvent) -> None:
        turn = partial(self.turn, event)
        self.later(0, turn)
        if type(event) in ECHOED and self.chance.random() < self.machine.echo:
            self.later(0, turn)

    def later(self, wait_ms: float, act: Callable[[], None]) -> None:
        self.timeline.after(wait_ms, partial(self._guarded, act))

    def _guarded(self, act: Callable[[], None]) -> None:
        if not self.alive:
            return
        try:
            act()
        except PowerCut as cut:
            self.machine.fall(str(cut))

    # ------------------------------------------------------------ the loop
    def turn(self, event: AnyEvent) -> None:
        self.timeline.note(self.machine.name, type(event).__name__)
        self.machine.watch.turning(self, event)
        self.loop.turn(event)
        self.machine.watch.turned(self, event)
        if self.loop.ended is not None:
            self.machine.stop()
            return
        self._tick_later()

    def ask_to_stop(self) -> None:
        self.post(StopAsked("asked"))

    def _tick_later(self) -> None:
        """The loop ticks at each deadline. It also ticks after two quiet seconds, which changes nothing: few
        of those ticks are lived through, to see that they do not.
        """
        now = self.machine.clock.now()
        due = self.loop.due_ms(now)
        wait_ms = LONGEST_WAIT_MS if self.chance.random() < IN_VAIN else None
        if due is not None:
            left_ms = max(due - now.mono_ms, 1)
            wait_ms = left_ms if wait_ms is None else min(wait_ms, left_ms)
        if wait_ms is None:
            self._tick_at = None
            return
        self._tick_at = self.timeline.now_ms + wait_ms
        self._set_timer(self._tick_at)

    def _set_timer(self, at: int) -> None:
        """One that goes off in time; one that goes off too early is set again."""
        if self._timer_at is None or at < self._timer_at:
            self._timer_at = at
            self.later(at - self.timeline.now_ms, partial(self._go_off, at))

    def _go_off(self, at: int) -> None:
        if at != self._timer_at:
            return
        self._timer_at = None
        if self._tick_at is None:
            return
        if self._tick_at > at:
            self._set_timer(self._tick_at)
        else:
            self.turn(Ticked())

    def _show(self, kiosk: Kiosk, _now: Now) -> None:
        shown, self._shown = self._shown, kiosk
        if shown is None or kiosk.station is not shown.station or _inside(kiosk) != _inside(shown):
            condition = reporting.condition(kiosk, self.identity)
            if condition != self._told:
                self._told = condition
                self.uplink.tell(condition)
        if shown is None or kiosk.session is not shown.session or kiosk.registering is not shown.registering:
            self.machine.watch.shown(self, kiosk)

    def _written(self) -> None:
        paying = self.loop.kiosk.errand.paying
        self.uplink.kick(soon=paying is not None and paying.step is PayStep.ASKING)

    # ------------------------------------------------------------ making
    def _loop(self) -> Loop:
        machine = self.machine
        settings = config.Config(
            device=machine.name,
            state=Path(),
            ils=config.Ils(host="127.0.0.1", port=6001, user="u", password_file=Path("p")),
            central=SETTINGS,
            desk=RULES.desk,
            registration=RULES.registration,
            room=RULES.room if machine.room else None,
        )
        run = f"{self.chance.getrandbits(32):08x}"
        state = start.restore(
            settings,
            self.journal,
            self.untold,
            machine.fittings,
            run,
            machine.clock.now(),
            machine.clock.boot,
        )
        assert state.lists is not None
        self.lists = keeper(self, machine.around.lists, machine.disk, machine.name, state.lists)
        windows = Windows(self._show, self._written, lambda: None)
        return Loop(SimpleQueue(), state, RULES, self.journal, self._hands(), machine.clock, windows)

    def _hands(self) -> TremblingHands:
        desk, door, unit = self.terminals["desk"], self.terminals.get("door"), self.unit
        unit_ = unit if self.machine.room else None
        verbs = (desk, door, self.pad, unit_, self.lists)
        return TremblingHands(*verbs, service=service_hands(self), run=self)  # type: ignore[arg-type]  # the same verbs

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


def _inside(kiosk: Kiosk) -> int | None:
    return counting.known(kiosk.room) if kiosk.room else None
