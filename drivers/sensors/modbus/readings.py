"""From looks at a unit to what is worth telling. Pure: images in, events out, `now` is an argument."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.events import InputSensed, Measured
from drivers.modbus.points import Image, Settled
from drivers.sensors.modbus.settings import FAULT, SensorSettings

SETTLE_S = 0.05
"""Pause between looks while a contact has not settled."""


class Readings:
    """What was told of each point."""

    def __init__(self, device: str, settings: SensorSettings) -> None:
        self._device = device
        self._settings = settings
        self._values: dict[str, float] = {}
        self._states: dict[str, bool] = {}
        self._settled = {name: Settled(each.debounce_ms) for name, each in settings.inputs.items()}

    def take(self, image: Image, now: float) -> Iterator[Measured | InputSensed]:
        """What this look has that was not told: everything at the first one."""
        for name, measure in self._settings.measures.items():
            value = measure.measured(image)
            yield from self._changed(name + FAULT, value is None)
            told = self._values.get(name)
            if value is not None and (told is None or (abs(value - told) >= measure.step and value != told)):
                self._values[name] = value
                yield Measured(self._device, name, value, measure.unit)
        for name, contact in self._settings.inputs.items():
            yield from self._changed(name, self._settled[name].feed(contact.sense(image), now))

    @property
    def pause_s(self) -> float:
        """Until the next look."""
        poll_s = self._settings.poll_ms / 1000
        return min(SETTLE_S, poll_s) if any(each.unsettled for each in self._settled.values()) else poll_s

    def _changed(self, point: str, active: bool) -> Iterator[InputSensed]:
        if self._states.get(point) != active:
            self._states[point] = active
            yield InputSensed(self._device, point, active)
