"""A two-way people counter whose totals stand in Modbus registers.

- Posts `Crossed` at connect and at each change; what nobody looked at is in the next total.
- A register of 16 bits is counted on to 32 for as long as this program runs.
- A unit that began anew counts on from where it was; the input `counter_reset` is active for one look.
- Takes no orders and writes nothing: nobody but the unit resets its totals.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from drivers.counter.modbus.settings import CounterSettings
from drivers.counter.modbus.totals import Total
from drivers.device import Post
from drivers.events import Crossed, DeviceBack, InputSensed
from drivers.line.line import OpenLine
from drivers.modbus.opened import Opened
from drivers.modbus.points import Image

RESET = "counter_reset"


class ModbusCounter:
    """A `drivers.device.Counter` on a unit."""

    def __init__(
        self,
        name: str,
        settings: CounterSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock
        self._totals = Total(settings.entered.width), Total(settings.left.width)
        """Kept from line to line: a unit may wrap while its cable is out."""

    def run(self, post: Post, stop: Event) -> None:
        """Count until `stop` is set.

        Raises:
            DriverError: the unit cannot be talked to.
        """
        opened = Opened(self._settings, self._open_line, self._clock)
        try:
            at, told = self._settings.looked_at(), None
            identity, image = opened.identify("Modbus counter"), opened.look(at)
            post(DeviceBack(self.name, identity))
            while True:
                crossed = self._count(image, post)
                if crossed != told:
                    told = crossed
                    post(crossed)
                if stop.wait(self._settings.poll_ms / 1000):
                    return
                image = opened.look(at)
        finally:
            opened.close()

    def abandon(self, post: Post) -> None:
        """A counter takes no orders; nothing is owed."""

    def _count(self, image: Image, post: Post) -> Crossed:
        entered, left = (
            total.take(int(tally.value(image)))
            for total, tally in zip(self._totals, (self._settings.entered, self._settings.left), strict=True)
        )
        if entered.reset or left.reset:
            post(InputSensed(self.name, RESET, active=True))
            post(InputSensed(self.name, RESET, active=False))
        return Crossed(self.name, entered.total, left.total)
