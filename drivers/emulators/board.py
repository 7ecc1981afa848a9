"""A relay and input board as bytes: relays with timers of their own, contacts that bounce, registers.

Faults: a relay whose contact is stuck, a contact that flickers, a restart (all relays off, silent while it
starts), another unit id. It refuses what its map does not have. The world's side is for any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from drivers.emulators.modbus_rtu import ILLEGAL_ADDRESS, Framing, Function, Refused, Silent, Slave
from drivers.line.line import Line
from drivers.modbus.points import Number
from drivers.modbus.relays import Relay
from drivers.modbus.settings import Table

TABLES: Mapping[Function, Table] = {
    Function.READ_COILS: "coil",
    Function.READ_INPUTS: "discrete",
    Function.READ_HOLDING: "holding",
    Function.READ_REGISTERS: "input",
}
SET_COIL = 5
FOREVER, NEVER = float("inf"), float("-inf")
Place = tuple[Table, int]


@dataclass(frozen=True, slots=True)
class EmulatedBoardSettings:
    relays: tuple[Relay, ...] = ()
    """As the configuration declares them; it switches and times them by these."""
    contacts: tuple[Place, ...] = ()
    """Where its contacts stand; all open at first."""
    numbers: Mapping[Place, int] = field(default_factory=dict)
    """Its registers and what they hold at first."""
    unit: int = 1
    baud: int = 9600
    framing: Framing = "rtu"
    boot_s: float = 1.5
    """It is silent for so long after a restart."""
    bounce_s: float = 0.01
    """Each look within this after a change finds the contact otherwise than the look before."""


class EmulatedBoard:
    """An `Emulator` for a plug, and a bank for a segment that several devices share."""

    def __init__(
        self,
        settings: EmulatedBoardSettings,
        clock: Callable[[], float] = time.monotonic,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """`look` is called before each reading, to bring the contacts to what the world is like."""
        self._settings = settings
        self._clock = clock
        self._look = look
        self._lock = RLock()
        self._closed = dict.fromkeys(settings.contacts, False)
        self._numbers = dict(settings.numbers)
        self._until = dict.fromkeys(settings.relays, NEVER)
        """When each relay drops."""
        self._stuck: dict[Relay, bool] = {}
        self._flickers: dict[Place, int] = {}
        self._bouncing: dict[Place, float] = {}
        self._odd: set[Place] = set()
        self._silent_until = NEVER
        self._slave = Slave(settings.unit, self, settings.baud, settings.framing)

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        self._slave.serve(line)

    # ------------------------------------------------------------ the world's side
    def set_contact(self, place: Place, *, closed: bool) -> None:
        """Open or close a contact; it bounces."""
        with self._lock:
            if self._closed[place] != closed:
                self._closed[place] = closed
                self._bouncing[place] = self._clock() + self._settings.bounce_s

    def flicker(self, place: Place, looks: int) -> None:
        """The next looks find the contact now so, now so: a loose wire."""
        with self._lock:
            self._flickers[place] = looks

    def set_number(self, number: Number, value: float) -> None:
        """What the registers of a number hold, before scale and offset.

        Raises:
            ValueError: it does not fit.
        """
        with self._lock:
            self._numbers.update(number.encoded(value))

    def energised(self, relay: Relay) -> bool:
        """The coil of a relay has current."""
        with self._lock:
            return self._clock() < self._until[relay]

    def switched(self, relay: Relay) -> bool:
        """The contact of a relay stands as if it were on."""
        with self._lock:
            return self._stuck.get(relay, self.energised(relay))

    def stick(self, relay: Relay, *, on: bool | None) -> None:
        """Weld a relay's contact; None: it moves again."""
        with self._lock:
            self._stuck.pop(relay, None)
            if on is not None:
                self._stuck[relay] = on

    def restart(self) -> None:
        """Its supply blinks: all relays drop, and it starts."""
        with self._lock:
            self._until = dict.fromkeys(self._until, NEVER)
            self._silent_until = self._clock() + self._settings.boot_s

    # ------------------------------------------------------------ the controller's side
    def read(self, function: Function, first: int, count: int) -> Sequence[int]:
        self._look()
        with self._lock:
            self._unless_silent()
            places = [(TABLES[function], first + i) for i in range(count)]
            return [self._shown(place) for place in places]

    def write(self, function: Function, first: int, values: Sequence[int]) -> None:
        table: Table = "coil" if function == Function.SET_COILS else "holding"
        with self._lock:
            self._unless_silent()
            if not self._time(function, first, values):
                for i, value in enumerate(values):
                    self._set((table, first + i), value)

    def set_coil_to(self, address: int, value: int) -> None:
        with self._lock:
            self._unless_silent()
            for relay in self._until:
                timer = relay.timer
                if timer and timer.function == SET_COIL and timer.address == address:
                    self._until[relay] = self._clock() + value * timer.step_ms / 1000
                    return
        raise Refused(ILLEGAL_ADDRESS)

    def _unless_silent(self) -> None:
        if self._clock() < self._silent_until:
            raise Silent

    def _shown(self, place: Place) -> int:
        for relay in self._until:
            if relay.at == place:
                return int(self.energised(relay))
        if place in self._numbers:
            return self._numbers[place]
        if place not in self._closed:
            raise Refused(ILLEGAL_ADDRESS)
        return int(self._closed[place] != self._bounces(place))

    def _bounces(self, place: Place) -> bool:
        """Whether this look finds the contact otherwise than it is; each does what the one before did not."""
        looks = self._flickers.get(place, 0)
        if looks:
            self._flickers[place] = looks - 1
            return looks % 2 == 0
        if self._clock() >= self._bouncing.get(place, NEVER):
            self._odd.discard(place)
            return False
        self._odd ^= {place}
        return place in self._odd

    def _time(self, function: Function, first: int, values: Sequence[int]) -> bool:
        """Begin a time, where these registers are some relay's timer."""
        if function != Function.SET_REGISTERS:
            return False
        for relay in self._until:
            timer = relay.timer
            if timer is None or timer.function == SET_COIL or timer.address != first:
                continue
            head, steps = tuple(values[:-1]), values[-1] - timer.base
            if head == timer.prefix and 0 < steps <= timer.longest:
                self._until[relay] = self._clock() + steps * timer.step_ms / 1000
                return True
        return False

    def _set(self, place: Place, value: int) -> None:
        for relay in self._until:
            if relay.at == place and (place[0] == "coil" or value in (relay.on, relay.off)):
                on = bool(value) if place[0] == "coil" else value == relay.on
                self._until[relay] = FOREVER if on else NEVER
                return
        if place not in self._numbers or place[0] != "holding":
            raise Refused(ILLEGAL_ADDRESS)
        self._numbers[place] = value
