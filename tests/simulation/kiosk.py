"""A machine in a room, with everything that outlives its power: disk, clock, door unit, what lies on the pad."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kiosk.events import Ticked
from kiosk.fittings import Fitting, Fittings
from kiosk.journal import JournalFailed
from tests.kiosk.fitted import DESK, ROOM, without
from tests.simulation.disk import Disk, Image, PowerCut
from tests.simulation.pad import Plate
from tests.simulation.program import Run, Surroundings, Watch
from tests.simulation.terminal import Terminal
from tests.simulation.timeline import SECOND, KioskClock
from tests.simulation.unit import Lock

CLOSE_MS = 2 * SECOND
ID_READER = {"id_card": Fitting("card")}
"""Tells all that an identity card says: whoever has no other card registers."""
STAFFED = Fittings({**DESK.by_name, **ID_READER})
ROOM_24H = Fittings({**without(ROOM, "gate").by_name, **ID_READER})


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
        self.damaged = False
        """Its journal has been: what only that page knew, nobody knows any more."""
        self.looked = False
        """How far the door unit had counted once stood on this disk."""
        self.forgot = False
        """It does not stand there: a damaged page took it along, or the power went before the first look."""
        self.ever_wrong = False
        """Its wall clock has been, by more than CLOSE_MS."""
        self.desk_taken = False
        self.image: Image | None = None
        """Of its disk, made in the quiet."""
        self.run: Run | None = None

    @property
    def fittings(self) -> Fittings:
        return ROOM_24H if self.room else STAFFED

    @property
    def devices(self) -> frozenset[str]:
        return frozenset(self.fittings.by_name)

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
            nobody_knows = self.damaged or not self.looked
            self.forgot = self.forgot or (nobody_knows and self.lock.openings > 0 and run.counts_anew)
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

    def set_clock(self, error_ms: int, *, trusted: bool) -> None:
        """Let the wall clock be so wrong; a loop that turns every two seconds sees it."""
        self.clock.error_ms, self.clock.trusted = error_ms, trusted
        self.ever_wrong = self.ever_wrong or abs(error_ms) > CLOSE_MS
        if self.run is not None:
            self.run.post(Ticked())

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
            if reachable:
                terminal.look_again()

    def look_again(self) -> None:
        """The library system is back."""
        for terminal in self._terminals():
            terminal.look_again()

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
