"""Which faults are alarms, what they are about, and how each ends. Literal tables; pure.

A fault of severity `alarm` is one. Some lesser faults are too: they are listed with the rest, are handed on to
nobody, and most of them close themselves when what was wrong is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from wire.faults import catalogue, number

Group = Literal["people", "fire", "door", "books", "building", "machine"]

GATE_ALARM: Final = number("gate_alarm")
HELP_CALLED: Final = number("help_called")
KIOSK_UNHEARD: Final = number("kiosk_unheard")

GROUPS: Mapping[Group, tuple[str, ...]] = {
    "people": ("help_called", "sos_pressed", "overstay", "over_capacity"),
    "fire": ("fire_active", "smoke_sensed"),
    "door": (
        "door_forced",
        "door_held_open",
        "door_left_open",
        "lock_not_released",
        "tailgated",
        "tampered",
        "entry_while_closed",
        "moved_while_armed",
        "not_armed",
    ),
    "books": ("gate_alarm",),
    "building": ("water_sensed", "mains_lost", "battery_low", "climate_off"),
}
"""What an alarm is about; any other is about the machine."""

LESSER: Mapping[str, Literal["itself", "staff"]] = {
    "gate_alarm": "staff",
    "door_held_open": "itself",
    "not_armed": "itself",
    "tailgated": "itself",
    "pad_lost": "itself",
    "card_reader_lost": "itself",
    "gate_lost": "itself",
    "counter_lost": "itself",
    "sensors_lost": "itself",
    "outputs_lost": "itself",
    "clock_untrusted": "itself",
    "certificate_expires": "itself",
    "signal_failed": "itself",
    "kiosk_unheard": "itself",
}
"""Faults of a lower severity that are alarms nevertheless, and who ends them."""

_GROUP: Final = {number(name): group for group, names in GROUPS.items() for name in names}
URGENT: Final = frozenset(fault.number for fault in catalogue().values() if fault.severity == "alarm")
"""Handed on along the duty list until somebody acknowledges."""
ALARMS: Final = URGENT | {number(name) for name in LESSER}
ENDS_ITSELF: Final = frozenset(number(name) for name, who in LESSER.items() if who == "itself")

PRACTISED: Mapping[str, frozenset[int]] = {
    drill: frozenset(map(number, names))
    for drill, names in {
        "fire": ("fire_active", "smoke_sensed", "door_held_open", "sos_pressed"),
        "evacuation": ("fire_active", "door_held_open", "sos_pressed"),
    }.items()
}
"""Drill → what is expected of it. All else that happens meanwhile is real, and rings."""


def group(fault: int) -> Group:
    """What an alarm is about."""
    return _GROUP.get(fault, "machine")


def of_group(name: str) -> frozenset[int]:
    """The alarms of a group."""
    return frozenset(fault for fault in ALARMS if group(fault) == name)
