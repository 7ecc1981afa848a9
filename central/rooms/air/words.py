"""What a page calls that which is measured."""

from __future__ import annotations

from collections.abc import Mapping

from wire.faults import Words

CALLED: Mapping[str, Words] = {
    "Cel": Words("温度", "Temperature"),
    "%": Words("湿度", "Humidity"),
    "lx": Words("照度", "Light"),
    "V": Words("电压", "Voltage"),
}
"""By unit, as UCUM writes it."""
OTHER = Words("读数", "Reading")
SHOWN: Mapping[str, str] = {"Cel": "°C"}
"""How a unit is written, where not as it is."""


def called(unit: str) -> Words:
    return CALLED.get(unit, OTHER)


def shown(unit: str) -> str:
    return SHOWN.get(unit, unit)
