"""Names of contacts: their words say what a contact watches for, `hall_smoke`, `ups_on_battery`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from wire.faults import number

WATCHED: Mapping[str, int] = {
    "sos": number("sos_pressed"),
    "smoke": number("smoke_sensed"),
    "water": number("water_sensed"),
    "mains": number("mains_lost"),
    "on_battery": number("mains_lost"),
    "battery": number("battery_low"),
    "tamper": number("tampered"),
    "fault": number("sensor_broken"),
}
"""Words of a point's name → the fault that stands while its contact is active; the first that fits decides."""


def watched(name: str) -> int | None:
    """The fault that a point of this name watches for; None: nothing that its name says."""
    return next((fault for words, fault in WATCHED.items() if f"_{words}_" in f"_{name}_"), None)
