"""Lights, power and sirens on a board's relays.

- Each `switch` is answered by one `OutputSwitched`, when the relay reads back as asked.
- An order leaves at once: it wakes the loop, and waits at most for the request that is on the line.
- A time limit is kept by the board; a board that cannot time refuses one: `Unsupported`.
- What was asked for without a limit stays asked for: a board that was restarted gets it again within `poll_ms`,
  or at its next connection where the relay cannot be read back.
- While the board is lost orders are answered `Gone` and not carried out later; what was asked before them stands.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from drivers.device import Post
from drivers.errors import DriverError, Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, OutputSwitched
from drivers.line.line import OpenLine
from drivers.modbus.opened import Opened
from drivers.outputs.modbus.settings import OutputSettings


@dataclass(frozen=True, slots=True)
class _Order:
    output: str
    on: bool
    limit_ms: int


class ModbusOutputs:
    """A `drivers.device.Outputs` on a board.

    Raises:
        Misuse: settings that contradict one another.
    """

    def __init__(
        self,
        name: str,
        settings: OutputSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings.check()
        self.name = name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._at = settings.looked_at()
        self._orders: deque[_Order] = deque()
        self._asked = Event()
        self._wanted: dict[str, bool] = {}
        """What was asked for without a limit."""

    def switch(self, output: str, *, on: bool, limit_ms: int = 0) -> None:
        """Switch one output; after `limit_ms` the board ends it, 0: it stays."""
        self._orders.append(_Order(output, on, limit_ms))
        self._asked.set()

    def run(self, post: Post, stop: Event) -> None:
        """Carry out orders until `stop` is set.

        Raises:
            DriverError: the board cannot be talked to.
        """
        opened = Opened(self._settings, self._open_line, self._clock)
        try:
            identity = opened.identify("Modbus outputs")
            self._restore(opened, blindly=True)
            post(DeviceBack(self.name, identity))
            while not stop.is_set():
                self._asked.clear()
                while self._orders:
                    self._carry_out(self._orders.popleft(), opened, post)
                if not self._asked.wait(self._settings.poll_ms / 1000):
                    self._restore(opened)
        finally:
            opened.close()

    def abandon(self, post: Post) -> None:
        """Answer every waiting order `Gone`."""
        while self._orders:
            order = self._orders.popleft()
            post(OutputSwitched(self.name, order.output, order.on, Gone(f"{self.name} is not there")))

    def _restore(self, opened: Opened, *, blindly: bool = False) -> None:
        """Read all relays back, and switch those again that have forgotten what was asked for, or may have."""
        image = opened.look(self._at)
        for name, on in self._wanted.items():
            relay = self._settings.outputs[name]
            shown, wanted = relay.shows(image), on != relay.inverted
            if shown is not wanted and (blindly or shown is not None):
                relay.switch(opened.unit, on=wanted)

    def _carry_out(self, order: _Order, opened: Opened, post: Post) -> None:
        try:
            error = self._switch(order, opened)
        except DriverError as failed:
            post(OutputSwitched(self.name, order.output, order.on, failed))
            if failed.status is None:  # the line failed, not this order
                raise
        else:
            post(OutputSwitched(self.name, order.output, order.on, error))

    def _switch(self, order: _Order, opened: Opened) -> DriverError | None:
        """What was wrong with the order, or with what came of it."""
        output = self._settings.outputs.get(order.output)
        if output is None:
            return Misuse(f"no output is called {order.output}")
        if order.limit_ms < 0:
            return Misuse(f"{order.output}: {order.limit_ms} ms")
        limit_ms = min(filter(None, (order.limit_ms, output.longest_ms)), default=0) if order.on else 0
        if limit_ms and output.timer is None:
            return Unsupported(f"the board cannot time {order.output}")
        if limit_ms and output.timer and limit_ms > output.timer.longest_ms:
            return Misuse(f"{order.output}: {limit_ms} ms; the board counts to {output.timer.longest_ms}")
        self._wanted.pop(order.output, None)
        if limit_ms:
            output.pulse(opened.unit, limit_ms)
        else:
            output.switch(opened.unit, on=order.on != output.inverted)
            self._wanted[order.output] = order.on
        shown = output.shows(opened.look(self._at))
        if shown not in (None, order.on != output.inverted):
            return Misbehaved(f"the board took it, and the relay of {order.output} stands still")
        return None
