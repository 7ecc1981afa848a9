"""The door unit: lock, contacts, buttons and counters, with a power of its own.

What it does in its own wiring it does here: fire and exit cut the lock's power, a release ends by itself,
and a controller that does not beat any more leaves the lock without power. It counts whether anybody
listens or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import Gone, Misbehaved, Misuse
from drivers.events import Crossed, DeviceBack, DeviceLost, DoorAnswered, DoorSensed
from tests.simulation.host import Host
from tests.simulation.timeline import SECOND, Timeline

EXIT_MS = 5 * SECOND
"""The exit button holds for so long."""
BEAT_MS = 5 * SECOND
"""Without a heartbeat for so long the lock loses its power."""

Sensed = tuple[bool, bool, bool, bool, int]
"""The fields of a `DoorSensed` after its device."""


class Lock:
    """The unit itself, and the leaf that it watches, whatever becomes of the kiosk."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.listener: Callable[[], None] = lambda: None
        """The driver of the kiosk's present run."""
        self.open = False
        self.fire = False
        """Latched until it is reset by hand."""
        self.openings = 0
        self.entered = 0
        self.left = 0
        self.released_until_ms = 0
        self.exit_until_ms = 0
        self.beats_until_ms = 0

    @property
    def exit_pressed(self) -> bool:
        return self.timeline.now_ms < self.exit_until_ms

    @property
    def released(self) -> bool:
        now_ms = self.timeline.now_ms
        return (
            self.fire or self.exit_pressed or now_ms < self.released_until_ms or now_ms >= self.beats_until_ms
        )

    def sensed(self) -> Sensed:
        """What a poll finds."""
        return self.open, self.released, self.exit_pressed, self.fire, self.openings

    # ------------------------------------------------------------ people
    def push(self, *, anyhow: bool = False) -> bool:
        """Open the leaf if the lock lets it, or `anyhow`: with a crowbar. True where it is open now."""
        if not self.open and (anyhow or self.released):
            self.open = True
            self.openings = (self.openings + 1) % 2**32
            self.listener()
        return self.open

    def shut(self) -> None:
        self.open = False
        self.listener()

    def pass_by(self, *, inwards: bool) -> None:
        """Somebody crosses the counter."""
        if inwards:
            self.entered = (self.entered + 1) % 2**32
        else:
            self.left = (self.left + 1) % 2**32
        self.listener()

    def press_exit(self) -> None:
        self.exit_until_ms = self.timeline.now_ms + EXIT_MS
        self._change_now_and_in(EXIT_MS)

    def burn(self, *, fire: bool) -> None:
        self.fire = fire
        self.listener()

    # ------------------------------------------------------------ the controller
    def release(self, limit_ms: int) -> None:
        self.released_until_ms = self.timeline.now_ms + limit_ms
        self._change_now_and_in(limit_ms)

    def secure(self) -> None:
        self.released_until_ms = self.timeline.now_ms
        self.listener()

    def lose_controller(self) -> None:
        """No heartbeat any more."""
        self.beats_until_ms = self.timeline.now_ms + BEAT_MS

    def _change_now_and_in(self, wait_ms: int) -> None:
        self.listener()
        self.timeline.after(wait_ms, lambda: self.listener())  # noqa: PLW0108 - whoever listens by then


@dataclass(slots=True, eq=False)
class Unit:
    """The driver of the unit, for one run of a kiosk's program."""

    host: Host
    lock: Lock
    connected: bool = True
    started: bool = False
    deaf: float = 0.0
    """Probability that a command is not taken."""
    _told: Sensed | None = None
    _counted: tuple[int, int] | None = None
    _looking: bool = False

    def start(self) -> None:
        self.started = True
        self.lock.listener = self.changed
        if self.connected:
            self._connect()
        else:
            self.host.post(DeviceLost("door", Gone("door: no such line")))

    def unplug(self) -> None:
        if self.connected:
            self.connected = False
            self.lock.lose_controller()
            self.host.post(DeviceLost("door", Gone("door: no answer")))

    def plug(self) -> None:
        if not self.connected:
            self.connected = True
            self._connect()

    # ------------------------------------------------------------ the driver
    def release(self, limit_ms: int) -> None:
        """The verb of `drivers.device.Door`."""
        self.host.later(self.host.chance.uniform(2, 20), lambda: self._release(limit_ms))

    def secure(self) -> None:
        """The verb of `drivers.device.Door`."""
        self.host.later(self.host.chance.uniform(2, 20), self._secure)

    def changed(self) -> None:
        """Something moved: the next poll tells all of it at once."""
        if not self._looking:
            self._looking = True
            self.host.later(self.host.chance.uniform(10, 110), self._look)

    def _release(self, limit_ms: int) -> None:
        if not self.connected:
            self.host.post(DoorAnswered("door", "release", Gone("door is not there")))
        elif self.host.chance.random() < self.deaf:
            self.host.post(DoorAnswered("door", "release", Misbehaved("exception 4")))
        else:
            self.lock.release(limit_ms)
            self.host.post(DoorAnswered("door", "release"))

    def _secure(self) -> None:
        refused = self.lock.fire or self.lock.exit_pressed
        if not self.connected:
            self.host.post(DoorAnswered("door", "secure", Gone("door is not there")))
        elif refused:
            self.host.post(DoorAnswered("door", "secure", Misuse("fire or exit holds the door released")))
        else:
            self.lock.secure()
            self.host.post(DoorAnswered("door", "secure"))

    def _connect(self) -> None:
        self.lock.beats_until_ms = 2**63
        self._told = self._counted = None
        self.host.post(DeviceBack("door", "Modbus door unit, firmware 1.0"))
        self._look()

    def _look(self) -> None:
        self._looking = False
        if not self.connected:
            return
        sensed, counted = self.lock.sensed(), (self.lock.entered, self.lock.left)
        if sensed != self._told:
            self._told = sensed
            self.host.post(DoorSensed("door", *sensed))
        if counted != self._counted:
            self._counted = counted
            self.host.post(Crossed("door", *counted))
