"""What hangs on the Modbus boards of a rig: one literal wiring each, and the world's side of it.

The register maps are those that docs/devices/rig.md gives to paste into a kiosk's configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from drivers.counter.modbus.settings import CounterSettings, Tally
from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.modbus.points import Contact
from drivers.modbus.settings import Table
from drivers.outputs.modbus.settings import Output, OutputSettings
from drivers.rig.state import PointState
from drivers.rig.world import Impossible, Unknown
from drivers.sensors.modbus.settings import Measure, SensorSettings

SENSORS = SensorSettings(
    port="",
    measures={
        "hall_temperature": Measure(address=0, kind="s16", unit="Cel", scale=0.1),
        "hall_humidity": Measure(address=1, unit="%", scale=0.1),
    },
    inputs={
        "smoke": Contact(address=0),
        "water": Contact(address=1),
        "mains_lost": Contact(address=2),
        "ups_battery": Contact(address=3),
        "cabinet_tamper": Contact(address=4),
    },
)
AT_FIRST: Mapping[str, float] = {"hall_temperature": 21.5, "hall_humidity": 45.0}
OUTPUTS = OutputSettings(
    port="",
    outputs={"hall_light": Output(address=0), "shelf_power": Output(address=1), "siren": Output(address=2)},
)
COUNTER = CounterSettings(
    port="", entered=Tally(address=0, kind="u32"), left=Tally(address=2, kind="u32"), unit=1
)


class SensorBoard:
    """Probes and contacts."""

    def __init__(self, baud: int) -> None:
        contacts = tuple(place for each in SENSORS.inputs.values() for place in each.at)
        self.board = EmulatedBoard(
            EmulatedBoardSettings(contacts=contacts, numbers=_registers(AT_FIRST), baud=baud)
        )
        self._values = dict(AT_FIRST)
        self._active = dict.fromkeys(SENSORS.inputs, False)

    def set_value(self, point: str, value: float) -> None:
        """Warm it, cool it, dry it.

        Raises:
            Unknown: no such measure.
            Impossible: the probe cannot say that.
        """
        if point not in SENSORS.measures:
            raise Unknown("unknown_point")
        measure = SENSORS.measures[point]
        try:
            self.board.set_number(measure, value / measure.scale)
        except ValueError:
            raise Impossible("beyond_probe") from None
        self._values[point] = value

    def set_active(self, point: str, active: bool) -> None:
        """Let a contact find what it watches for, or no longer.

        Raises:
            Unknown: no such input.
        """
        if point not in SENSORS.inputs:
            raise Unknown("unknown_point")
        self._active[point] = active
        contact = SENSORS.inputs[point]
        self.board.set_contact(
            (contact.table, contact.address), closed=active == (contact.active == "closed")
        )

    def state(self) -> tuple[PointState, ...]:
        """Every point as it is now."""
        values = (
            PointState(name, value, SENSORS.measures[name].unit) for name, value in self._values.items()
        )
        return (*values, *(PointState(name, active=active) for name, active in self._active.items()))


class OutputBoard:
    """Lights, power, a siren."""

    def __init__(self, baud: int) -> None:
        relays = tuple(OUTPUTS.outputs.values())
        self.board = EmulatedBoard(EmulatedBoardSettings(relays=relays, baud=baud))

    def state(self) -> dict[str, bool]:
        """Which of them are on."""
        return {name: self.board.switched(output) for name, output in OUTPUTS.outputs.items()}


class CounterBoard:
    """A two-way counter of its own, beside or instead of the door unit's."""

    def __init__(self, baud: int) -> None:
        numbers = COUNTER.entered.encoded(0) | COUNTER.left.encoded(0)
        self.board = EmulatedBoard(EmulatedBoardSettings(numbers=numbers, baud=baud))
        self._lock = Lock()
        self._entered = self._left = 0

    def cross(self, entered: int = 0, left: int = 0) -> None:
        """People walk through its beams."""
        with self._lock:
            self._entered += entered
            self._left += left
            self.board.set_number(COUNTER.entered, self._entered)
            self.board.set_number(COUNTER.left, self._left)


def _registers(values: Mapping[str, float]) -> dict[tuple[Table, int], int]:
    measures = SENSORS.measures
    return {
        place: word
        for name, value in values.items()
        for place, word in measures[name].encoded(value / measures[name].scale).items()
    }
