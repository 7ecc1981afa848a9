"""Temperature, humidity, smoke, water, mains, UPS: whatever a Modbus unit measures and watches.

- Posts `Measured` and `InputSensed` for every point at connect, then at each change worth telling.
- A value that its probe cannot mean is not told: the input `NAME_fault` becomes active instead.
- Looks every `poll_ms`, sooner while a contact has not settled; the unit is asked for nothing in the gaps.
- Takes no orders and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from drivers.device import Post
from drivers.events import DeviceBack
from drivers.line.line import OpenLine
from drivers.modbus.opened import Opened
from drivers.sensors.modbus.readings import Readings
from drivers.sensors.modbus.settings import SensorSettings


class ModbusSensors:
    """A `drivers.device.Sensors` on a unit.

    Raises:
        Misuse: settings that contradict one another.
    """

    def __init__(
        self,
        name: str,
        settings: SensorSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings.check()
        self.name = name
        self._settings = settings
        self._open_line = open_line
        self._clock = clock

    def run(self, post: Post, stop: Event) -> None:
        """Watch until `stop` is set.

        Raises:
            DriverError: the unit cannot be talked to.
        """
        opened = Opened(self._settings, self._open_line, self._clock)
        try:
            at, readings = self._settings.looked_at(), Readings(self.name, self._settings)
            identity, image = opened.identify("Modbus sensors"), opened.look(at)
            post(DeviceBack(self.name, identity))
            while True:
                for event in readings.take(image, self._clock()):
                    post(event)
                if stop.wait(readings.pause_s):
                    return
                image = opened.look(at)
        finally:
            opened.close()

    def abandon(self, post: Post) -> None:
        """Sensors take no orders; nothing is owed."""
