"""The door of the simulated year: lock, contacts, timers and totals, in the hardware's own words.

lock powered  =  not fire  and  not exit  and  no release running  and  heartbeat alive
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.events import Crossed, DoorSensed

EXIT_MS = 5_000
HEARTBEAT_MS = 5_000
WRAP = 2**32


@dataclass
class Unit:
    """What is true at the door, whoever watches it. All times are monotonic milliseconds."""

    open: bool = False
    fire: bool = False
    exit_until_ms: int = 0
    release_until_ms: int = 0
    dead_since_ms: int | None = None
    """The kiosk has no power since then."""
    openings: int = 10
    entered: int = 100
    left: int = 100
    reachable: bool = True
    """Its cable is in."""

    def pressed(self, now_ms: int) -> bool:
        return now_ms < self.exit_until_ms

    def is_free(self, now_ms: int) -> bool:
        """The lock has no power."""
        dead = self.dead_since_ms is not None and now_ms - self.dead_since_ms >= HEARTBEAT_MS
        return self.fire or self.pressed(now_ms) or now_ms < self.release_until_ms or dead

    def swing(self) -> None:
        """The leaf opens, by a push or by force."""
        if not self.open:
            self.open, self.openings = True, self.openings + 1

    def cross(self, came: int = 0, went: int = 0) -> None:
        self.entered, self.left = (self.entered + came) % WRAP, (self.left + went) % WRAP

    def sensed(self, now_ms: int) -> DoorSensed:
        return DoorSensed(
            "door",
            open=self.open,
            released=self.is_free(now_ms),
            exit_pressed=self.pressed(now_ms),
            fire=self.fire,
            openings=self.openings,
        )

    def crossed(self) -> Crossed:
        return Crossed("counter", self.entered, self.left)
