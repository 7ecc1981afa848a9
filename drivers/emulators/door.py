"""A Modbus door unit with its wiring, as bytes.

    lock powered  =  not fire  and  not exit  and  no release running  and  heartbeat alive

That line is hardware: no register overrules it. The world's hooks (`push`, `press_exit`, `trip_fire`,
`cross`, …) may be called from any thread, with a line or without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from drivers.door.registers import Point, RegisterMap, words
from drivers.emulators.modbus_rtu import ILLEGAL_ADDRESS, Function, Refused, Slave
from drivers.line.line import Line

FIRMWARE = 0x0102
SERIAL = 0x1A2B3C4D
WRAP = 1 << 32
NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class EmulatedDoorSettings:
    unit: int = 1
    baud: int = 115200
    registers: RegisterMap = field(default_factory=RegisterMap)
    serial: int | None = SERIAL
    """None: it was made without one."""
    exit_hold_s: float = 5.0
    """How long the exit button's own timer keeps the lock without power."""
    heartbeat_limit_s: float = 5.0
    """Silence of the controller after which the lock loses its power."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the unit has counted since it was made; each wraps at 2**32."""

    openings: int = 0
    entered: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """The door at one moment, as somebody in front of it sees it."""

    open: bool
    exit: bool
    fire: bool
    free: tuple[str, ...]
    """What takes the lock's power away, of `fire`, `exit`, `order`, `silence`; empty: it is locked."""
    totals: Totals

    @property
    def powered(self) -> bool:
        """The lock holds."""
        return not self.free


class Wiring:
    """Lock, contacts, timers and counters of one door. `now` is an argument; not thread-safe."""

    def __init__(self, settings: EmulatedDoorSettings, totals: Totals = Totals()) -> None:
        self._settings = settings
        self._open = False
        self._fire = False
        self._exit_until = NEVER
        self._release_until = NEVER
        self._beat_at = NEVER
        self._totals = totals

    def see(self, now: float) -> DoorSeen:
        leaving = now < self._exit_until
        reasons = {"fire": self._fire, "exit": leaving, **self._unpowered(now)}
        free = tuple(reason for reason, holds in reasons.items() if holds)
        return DoorSeen(self._open, leaving, self._fire, free, self._totals)

    def _unpowered(self, now: float) -> Mapping[str, bool]:
        """Whether a release or the controller's silence keeps power from the lock."""
        return {
            "order": now < self._release_until,
            "silence": now - self._beat_at > self._settings.heartbeat_limit_s,
        }

    def push(self, now: float) -> bool:
        """Push the leaf: it opens where the lock has no power. Whether it stands open."""
        if not self._open and not self.see(now).powered:
            self._swing()
        return self._open

    def force(self) -> None:
        """Break the leaf open, lock or no lock."""
        if not self._open:
            self._swing()

    def _swing(self) -> None:
        self._open = True
        self._count(openings=1)

    def close(self) -> None:
        """Let the leaf fall shut."""
        self._open = False

    def press_exit(self, now: float) -> None:
        self._exit_until = now + self._settings.exit_hold_s

    def set_fire(self, active: bool) -> None:
        """The fire contact; it stays latched until somebody resets it here."""
        self._fire = active

    def cross(self, entered: int = 0, left: int = 0) -> None:
        """Persons go through the counter's beams."""
        self._count(entered=entered, left=left)

    def _count(self, openings: int = 0, entered: int = 0, left: int = 0) -> None:
        was = self._totals
        self._totals = Totals(
            (was.openings + openings) % WRAP, (was.entered + entered) % WRAP, (was.left + left) % WRAP
        )

    def beat(self, now: float) -> None:
        """The controller lives."""
        self._beat_at = now

    def order(self, released: bool, limit_ms: int, now: float) -> None:
        """The controller's command. Fire and exit make the unit deaf to `secure`."""
        if released:
            self._release_until = now + limit_ms / 1000
        elif not self._fire and now >= self._exit_until:
            self._release_until = NEVER


class DoorWorld:
    """What a person does at a door, and sees of it; from any thread."""

    def __init__(self, wiring: Wiring, clock: Callable[[], float]) -> None:
        self._wiring = wiring
        self._clock = clock
        self._lock = RLock()

    def see(self) -> DoorSeen:
        with self._lock:
            return self._wiring.see(self._clock())

    def push(self) -> bool:
        """Push the leaf; whether it stands open."""
        with self._lock:
            return self._wiring.push(self._clock())

    def force(self) -> None:
        """Break the leaf open."""
        with self._lock:
            self._wiring.force()

    def close(self) -> None:
        """Let the leaf fall shut."""
        with self._lock:
            self._wiring.close()

    def press_exit(self) -> None:
        with self._lock:
            self._wiring.press_exit(self._clock())

    def trip_fire(self) -> None:
        with self._lock:
            self._wiring.set_fire(True)

    def reset_fire(self) -> None:
        with self._lock:
            self._wiring.set_fire(False)

    def cross(self, entered: int = 0, left: int = 0) -> None:
        """Persons go through the counter's beams."""
        with self._lock:
            self._wiring.cross(entered, left)


class EmulatedDoor(DoorWorld):
    """An `Emulator` for a plug. The unit has its own power: it counts and times on without a line."""

    def __init__(
        self,
        settings: EmulatedDoorSettings = EmulatedDoorSettings(),
        totals: Totals = Totals(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Wiring(settings, totals), clock)
        self._map = settings.registers
        self._serial = settings.serial
        self._holding = dict.fromkeys(_addresses(self._map), 0)
        self._slave = Slave(settings.unit, self, settings.baud)

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        self._slave.serve(line)

    # ------------------------------------------------------------ the controller's side
    def read(self, function: Function, first: int, count: int) -> Sequence[int]:
        """What the map's addresses hold; 0 in its gaps."""
        with self._lock:
            table = self._table(function, self._wiring.see(self._clock()))
        if first + count - 1 > max(table):
            raise Refused(ILLEGAL_ADDRESS)
        return [table.get(address, 0) for address in range(first, first + count)]

    def write(self, function: Function, first: int, values: Sequence[int]) -> None:
        """Take all the values, then act on the command and the heartbeat among them."""
        written = range(first, first + len(values))
        with self._lock:
            now = self._clock()
            if function == Function.SET_COILS:
                if written != range(self._map.release.address, self._map.release.address + 1):
                    raise Refused(ILLEGAL_ADDRESS)
                self._wiring.order(bool(values[0]), self._limit_ms(), now)
                return
            if not self._holding.keys() >= set(written):
                raise Refused(ILLEGAL_ADDRESS)
            self._holding.update(zip(written, values, strict=True))
            if self._map.command and self._map.command.address in written:
                self._wiring.order(bool(self._holding[self._map.command.address]), self._limit_ms(), now)
            if self._map.heartbeat.address in written:
                self._wiring.beat(now)

    def _table(self, function: Function, seen: DoorSeen) -> Mapping[int, int]:
        points = self._map
        match function:
            case Function.READ_COILS:
                return {points.release.address: int("order" in seen.free)}
            case Function.READ_INPUTS:
                contacts = {
                    points.open: seen.open,
                    points.bolted: seen.powered and not seen.open,
                    points.exit: seen.exit,
                    points.fire: seen.fire,
                    points.powered: seen.powered,
                }
                return {point.address: int(value != point.inverted) for point, value in contacts.items()}
            case Function.READ_HOLDING:
                return dict(self._holding)
            case Function.READ_REGISTERS:
                values = {
                    points.openings: seen.totals.openings,
                    points.entered: seen.totals.entered,
                    points.left: seen.totals.left,
                    points.firmware: FIRMWARE,
                }
                if points.serial and self._serial is not None:
                    values[points.serial] = self._serial
                return _registers(values)
        raise AssertionError(function)

    def _limit_ms(self) -> int:
        point = self._map.limit_ms
        high_first = [self._holding[point.address + i] for i in range(point.registers)]
        return int.from_bytes(b"".join(value.to_bytes(2, "big") for value in high_first), "big")


def _addresses(registers: RegisterMap) -> list[int]:
    """All holding registers of the map."""
    points = [registers.limit_ms, registers.heartbeat, *filter(None, [registers.command])]
    return [point.address + i for point in points for i in range(point.registers)]


def _registers(values: Mapping[Point, int]) -> dict[int, int]:
    return {
        point.address + i: word
        for point, value in values.items()
        for i, word in enumerate(words(value, point))
    }
