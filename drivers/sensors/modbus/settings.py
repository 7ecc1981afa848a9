"""What a unit measures and watches, as the configuration declares it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from drivers.errors import Misuse
from drivers.modbus.points import Contact, Image, Name, Number, Span, plausible, spans
from drivers.modbus.settings import ModbusSettings

FAULT = "_fault"
"""Behind a measure's name: the input that is active while the probe says what cannot be."""


class Measure(Number, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value: what the registers say × `scale` + `offset`."""

    unit: Annotated[str, Meta(min_length=1, max_length=16)]
    """As UCUM writes it: `Cel`, `%`, `V`."""
    scale: float = 1.0
    """0.1 where 215 means 21.5."""
    offset: float = 0.0
    """Added after that."""
    step: Annotated[float, Meta(ge=0)] = 0.0
    """A smaller move is not told; 0: each one is."""
    low: float | None = None
    """Below it the probe is broken or torn off, and its value is not told."""
    high: float | None = None
    """Above it, too."""

    def measured(self, image: Image) -> float | None:
        """The value, in steps of the scale's own digits; None where the probe cannot mean it."""
        value = self.value(image) * self.scale + self.offset
        return round(value, 6) if plausible(value, self.low, self.high) else None


class SensorSettings(ModbusSettings, frozen=True, kw_only=True):
    """One unit with its measures and inputs, by the names that events and pages give them."""

    measures: dict[Name, Measure] = field(default_factory=dict)
    """`hall_temperature`, `hall_humidity`."""
    inputs: dict[Name, Contact] = field(default_factory=dict)
    """`smoke`, `water`, `mains_lost`, `ups_on_battery`."""
    poll_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1000
    """Pause between looks."""

    def looked_at(self) -> tuple[Span, ...]:
        """What one look reads."""
        points: list[Number | Contact] = [*self.measures.values(), *self.inputs.values()]
        return spans(place for each in points for place in each.at)

    def check(self) -> None:
        """Settings that contradict one another.

        Raises:
            Misuse: says which.
        """
        if not self.measures and not self.inputs:
            raise Misuse("neither measures nor inputs")
        names = [*self.measures, *(name + FAULT for name in self.measures), *self.inputs]
        for name in names:
            if names.count(name) > 1:
                raise Misuse(f"two points are called {name}")
        for name, each in self.measures.items():
            if each.low is not None and each.high is not None and each.low >= each.high:
                raise Misuse(f"{name}: low must be below high")
