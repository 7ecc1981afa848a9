"""A door made of a relay and input board.

Safety is not here. Fire contact and exit button cut the lock's power by their own contacts, the board ends a
release by its own timer, and the heartbeat relay drops by itself; this file watches, and asks.

- Posts `DoorSensed` at connect and at each change, `DoorAnswered` once for each order.
- An order leaves at once: it wakes the loop, goes before whatever else is due, and waits at most for the one request
  that is on the line.
- It is answered when relay and contacts show that it was carried out, or after `proof_ms` that they do not.
- Nothing that gives the lock power (`secure`, a heartbeat, the end of an untimed release) is written while
  the last look showed fire or exit, or before the first look.
- A heartbeat relay is refreshed every `every_ms`; it drops when this program, its machine or the line dies.
- A release that the board cannot time is ended here; one found running at connect is ended at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event

from drivers.counter.modbus.totals import Total
from drivers.device import Post
from drivers.door.board.senses import Senses, Shown
from drivers.door.board.settings import BoardSettings
from drivers.door.orders import Order, Orders
from drivers.errors import DriverError, Gone, Misbehaved, Misuse
from drivers.events import DeviceBack, DoorSensed
from drivers.line.line import OpenLine
from drivers.modbus.opened import Opened
from drivers.modbus.settings import Table

SETTLE_S = 3.0
"""After a change the next one is likely: the reader pushes, walks, the leaf falls shut."""
RELAYS_S = 1.0
"""How often the relays of a board without a heartbeat are read at rest."""
NEVER = float("inf")


class BoardDoor:
    """A `drivers.device.Door` on a board.

    Raises:
        Misuse: settings that contradict one another, or that no lock may hang on.
    """

    def __init__(
        self,
        name: str,
        settings: BoardSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings.check()
        self.name = name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._orders = Orders(name, clock)
        self._unproven: Order | None = None
        self._openings = Total(settings.openings.width) if settings.openings else None
        """Kept from line to line: a board may wrap, or begin anew, while its cable is out."""

    def release(self, limit_ms: int) -> None:
        """Cut the lock's power for at most `limit_ms` (1 to `max_release_ms`)."""
        self._orders.ask("release", limit_ms)

    def secure(self) -> None:
        """End a release early."""
        self._orders.ask("secure")

    def run(self, post: Post, stop: Event) -> None:
        """Watch the door and carry out orders until `stop` is set.

        Raises:
            DriverError: the board cannot be talked to.
        """
        opened = Opened(self._settings, self._open_line, self._clock)
        try:
            identity = opened.identify("Modbus board")
            watch = _Watch(self._settings, opened, Senses(self._settings, self._openings), self._clock)
            watch.look()
            post(DeviceBack(self.name, identity))
            self._tell(watch, post)
            while not stop.is_set():
                self._carry_out(watch, post)
                written = self._unproven
                for _ in watch.go_round():
                    self._carry_out(watch, post)
                self._tell(watch, post)
                self._prove(written, watch, post)
                self._orders.wait(watch.pause_s(proving=self._unproven is not None))
        finally:
            opened.close()

    def abandon(self, post: Post) -> None:
        """Answer every waiting order `Gone`."""
        if self._unproven is not None:
            order, self._unproven = self._unproven, None
            post(self._orders.answer(order, Gone(f"{self.name} went away before it showed that it obeyed")))
        self._orders.abandon(post)

    def _tell(self, watch: _Watch, post: Post) -> None:
        shown, news = watch.shown, watch.take_news()
        if news:
            post(
                DoorSensed(
                    self.name,
                    open=shown.open,
                    released=shown.released,
                    exit_pressed=shown.exit,
                    fire=shown.fire,
                    openings=shown.openings,
                )
            )

    def _carry_out(self, watch: _Watch, post: Post) -> None:
        """At most one order at a time: the next one waits for the proof of this one."""
        if self._unproven is None:
            self._unproven = self._orders.carry_out(self._settings.max_release_ms, watch, post)

    def _prove(self, order: Order | None, watch: _Watch, post: Post) -> None:
        """By a look that began behind the order: how the door stood before proves nothing."""
        if order is None:
            return
        proven = watch.shown.obeys(released=order.verb == "release")
        if not proven and not watch.proof_is_late():
            return
        self._unproven = None
        late = Misbehaved(f"{order.verb}: the board took it, and relay or lock stand still")
        post(self._orders.answer(order, None if proven else late))


class _Watch:
    """One connection: what the door showed last, what is due."""

    def __init__(
        self, settings: BoardSettings, opened: Opened, senses: Senses, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._opened = opened
        self._clock = clock
        self._contacts, self._relays = settings.contacts(), settings.relays()
        self._image: dict[tuple[Table, int], int] = {}
        self._senses = senses
        self._told: Shown | None = None
        self._moved_at = clock()
        self._proof_until = 0.0
        self._beat_at = clock()
        """When the relays are due: to be read, and the heartbeat to be refreshed."""
        self._beat = False
        self._end_at = clock() if settings.untimed else NEVER
        """When an untimed release is over; one that was found running is over."""

    def look(self) -> None:
        """Read all inputs; and the relays while anything moves, or when they are refreshed anyway."""
        for _ in self._looking():
            pass

    def go_round(self) -> Iterator[None]:
        """Look, and write what is due. Pauses before each request: an order may go first."""
        yield from self._looking()
        yield
        self._end_untimed()
        yield
        self._refresh()

    def _looking(self) -> Iterator[None]:
        for span in self._contacts:
            yield
            self._image |= self._opened.look((span,))
        if self._told is None or self._moving() or self._clock() >= self._beat_at:
            for span in self._relays:
                yield
                self._image |= self._opened.look((span,))
        self.shown = self._senses.show(self._image, self._clock())

    def take_news(self) -> bool:
        """Whether anything has changed since this was asked last."""
        changed = self.shown != self._told
        if changed:
            self._told, self._moved_at = self.shown, self._clock()
        return changed

    def _end_untimed(self) -> None:
        """End a release whose time is over. Not against fire and exit."""
        if self.shown.quiet and self._clock() >= self._end_at:
            self._end_at = NEVER
            if self.shown.releasing is not False:
                self._settings.release.switch(self._opened.unit, on=False)

    def _refresh(self) -> None:
        """Refresh the heartbeat where it is due. Not against fire and exit."""
        now, beat = self._clock(), self._settings.heartbeat
        if not self.shown.quiet or (now < self._beat_at and self.shown.beating is not False):
            return
        self._beat_at = now + (beat.every_ms / 1000 if beat else RELAYS_S)
        if beat is None:
            return
        self._beat = not self._beat
        if beat.timer:
            beat.pulse(self._opened.unit, beat.hold_ms)
        else:
            beat.switch(self._opened.unit, on=self._beat)

    def refusal(self, order: Order) -> DriverError | None:
        """Why what the door shows forbids the order; before the lock is given power it is looked at once more."""
        if order.verb == "release":
            return None
        self.look()
        return None if self.shown.quiet else Misuse("fire or exit holds the door released")

    def obey(self, order: Order) -> None:
        """Write the order."""
        relay, unit, now = self._settings.release, self._opened.unit, self._clock()
        self._end_at = NEVER
        if order.verb == "secure":
            relay.switch(unit, on=False)
        elif relay.timer:
            relay.pulse(unit, order.limit_ms)
        else:
            relay.switch(unit, on=True)
            self._end_at = now + order.limit_ms / 1000
        self._moved_at, self._proof_until = now, now + self._settings.proof_ms / 1000

    def proof_is_late(self) -> bool:
        """An order should have shown by now."""
        return self._clock() >= self._proof_until

    def pause_s(self, *, proving: bool) -> float:
        """Until the next look."""
        moving = proving or self._moving()
        return (self._settings.moving_ms if moving else self._settings.idle_ms) / 1000

    def _moving(self) -> bool:
        """Anything moves, or has just moved."""
        active = self.shown.open or self.shown.released
        return active or self._clock() - self._moved_at < SETTLE_S
