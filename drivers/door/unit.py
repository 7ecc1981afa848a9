"""The door unit as the kiosk knows it.

Safety is not here. Exit button, fire contact and the end of a release cut or give the lock's power in
the unit's own wiring; this file watches, and asks for a release or its end.

- Posts `DoorSensed` and `Crossed` at connect and at each change, `DoorAnswered` once for each order.
- An order leaves at once: it wakes the loop, goes before whatever else is due, and waits at most for the one request
  that is on the line.
- Polls every `moving_ms` while anything moves or has just moved, every `idle_ms` otherwise; the totals then
  only each `count_ms`, and as soon as a contact is another.
- Never writes `secure` while exit or fire is active or the door was not seen since connect: `Misuse`.
- An order that the unit could not get within `STALE_S` is answered `Gone` and not carried out later.
- Writes the heartbeat each `heartbeat_ms`; when it stops, the unit takes the lock's power away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event

from drivers.device import Post
from drivers.door.orders import Order, Orders
from drivers.door.registers import RegisterMap
from drivers.door.session import Contacts, Counters, DoorSession
from drivers.errors import DriverError, Misuse
from drivers.events import Crossed, DeviceBack, DoorSensed
from drivers.identity import recognised
from drivers.line.line import OpenLine
from drivers.modbus.settings import ModbusTiming
from drivers.modbus.unit import ModbusUnit

MAX_UNIT = 247
"""Highest address on a serial Modbus."""
SETTLE_S = 3.0
"""After a change the next one is likely: the reader pushes, walks, the leaf falls shut."""


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """One door unit as the configuration has it.

    Raises:
        ValueError: an address that Modbus does not have, or a release that the unit cannot count.
    """

    name: str
    unit: int = 1
    """Modbus address, 1 to MAX_UNIT."""
    serial: str = ""
    """Its serial number, 8 hexadecimal digits: another unit is refused. Empty: any is good."""
    registers: RegisterMap = field(default_factory=RegisterMap)
    timing: ModbusTiming = field(default_factory=ModbusTiming)
    moving_ms: int = 20
    idle_ms: int = 45
    """An exit button or a fire contact is seen within 50 ms."""
    count_ms: int = 500
    """Nobody passes a door at rest: its totals are looked at that often."""
    heartbeat_ms: int = 1000
    """The unit waits for five of them."""
    max_release_ms: int = 600_000
    """Ten minutes: a delivery. Longer is a door that somebody forgot."""

    def __post_init__(self) -> None:
        if not 1 <= self.unit <= MAX_UNIT:
            raise ValueError(f"unit {self.unit}; 1 to {MAX_UNIT} allowed")
        if self.max_release_ms >= 1 << self.registers.limit_ms.width:
            raise ValueError(f"max_release_ms {self.max_release_ms} does not fit the unit's limit_ms")


class DoorUnit:
    """A `drivers.device.Door` on a line."""

    def __init__(
        self,
        settings: DoorSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._orders = Orders(settings.name, clock)

    def release(self, limit_ms: int) -> None:
        """Cut the lock's power for at most `limit_ms` (1 to `max_release_ms`); the unit keeps the time."""
        self._orders.ask("release", limit_ms)

    def secure(self) -> None:
        """End a release early."""
        self._orders.ask("secure")

    def run(self, post: Post, stop: Event) -> None:
        """Watch the door and carry out orders until `stop` is set.

        Raises:
            DriverError: the unit cannot be talked to.
        """
        line = self._open_line()
        try:
            unit = ModbusUnit(line, self._settings.unit, self._settings.timing, self._clock)
            watch = _Watch(self._settings, DoorSession(unit, self._settings.registers), self._clock, post)
            watch.identify()
            while not stop.is_set():
                for _ in watch.go_round():
                    self._carry_out(watch, post)
                self._orders.wait(watch.pause_s())
        finally:
            line.close()

    def abandon(self, post: Post) -> None:
        """Answer every waiting order `Gone`."""
        self._orders.abandon(post)

    def _carry_out(self, watch: _Watch, post: Post) -> None:
        """At most one order: echoes of two in a row look alike, behind another's reply no late one can follow."""
        order = self._orders.carry_out(self._settings.max_release_ms, watch, post)
        if order is not None:
            post(self._orders.answer(order))


class _Watch:
    """One connection: what the door showed last, and when the next heartbeat is due."""

    def __init__(
        self, settings: DoorSettings, session: DoorSession, clock: Callable[[], float], post: Post
    ) -> None:
        self._settings = settings
        self._session = session
        self._clock = clock
        self._post = post
        self._contacts: Contacts | None = None
        self._counted: Contacts | None = None
        """How the door stood when the totals were read."""
        self._count_at = clock()
        self._sensed: DoorSensed | None = None
        self._crossed: Crossed | None = None
        self._beat_at = clock()
        self._moved_at = clock()

    def identify(self) -> None:
        named = self._session.counters().named
        identity = recognised(named, self._session.serial(), self._settings.serial)
        self._post(DeviceBack(self._settings.name, identity))

    def go_round(self) -> Iterator[None]:
        """Read the contacts, beat and count where it is due, tell. Pauses before each request: an order may go first."""
        yield
        self._contacts = self._session.contacts()
        if self._clock() >= self._beat_at:
            yield
            self._session.beat()
            self._beat_at = self._clock() + self._settings.heartbeat_ms / 1000
        if self._contacts == self._counted and not self._moving and self._clock() < self._count_at:
            return
        yield
        counters = self._session.counters()
        self._count_at = self._clock() + self._settings.count_ms / 1000
        if self._sensed is None or self._sensed.openings != counters.openings:
            yield  # it may have opened between the two requests
            self._contacts = self._session.contacts()
        self._counted = self._contacts
        self._tell(self._contacts, counters)

    def refusal(self, order: Order) -> DriverError | None:
        """Why what the door shows forbids the order."""
        if order.verb == "release":
            return None
        if self._contacts is None:
            return Misuse("the door was not seen yet")
        if self._contacts.fire or self._contacts.exit:
            return Misuse("fire or exit holds the door released")
        return None

    def obey(self, order: Order) -> None:
        if order.verb == "release":
            self._session.release(order.limit_ms)
        else:
            self._session.secure()
        self._moved_at = self._clock()

    def pause_s(self) -> float:
        """Until the next poll."""
        return (self._settings.moving_ms if self._moving else self._settings.idle_ms) / 1000

    @property
    def _moving(self) -> bool:
        """Anything moves, or has just moved."""
        sensed = self._sensed
        active = sensed is not None and (sensed.open or sensed.released or sensed.exit_pressed or sensed.fire)
        return active or self._clock() - self._moved_at < SETTLE_S

    def _tell(self, contacts: Contacts, counters: Counters) -> None:
        sensed = DoorSensed(
            self._settings.name,
            open=contacts.open,
            released=not contacts.powered,
            exit_pressed=contacts.exit,
            fire=contacts.fire,
            openings=counters.openings,
        )
        crossed = Crossed(self._settings.name, counters.entered, counters.left)
        if sensed != self._sensed:
            self._sensed, self._moved_at = sensed, self._clock()
            self._post(sensed)
        if crossed != self._crossed:
            self._crossed, self._moved_at = crossed, self._clock()
            self._post(crossed)
