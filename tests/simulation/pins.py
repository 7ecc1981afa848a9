"""What a machine does for staff: it looks at a PIN. No tags are written here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from kiosk.service.hands import ServiceHands
from kiosk.service.pins import Pins
from kiosk.service.settings import Service
from kiosk.service_effects import CheckPin
from kiosk.service_events import PinChecked
from tests.simulation.host import Host

PIN = "482913"
"""Of each staff card."""
LOOK_MS = 60
"""How long a look takes."""


@dataclass(slots=True)
class SwiftPins:
    """`kiosk.service.pins.Pins` without its thread and its costs."""

    host: Host

    def check(self, effect: CheckPin) -> None:
        """The verb of the real one."""
        answer = PinChecked(effect.ask, effect.pin == PIN)
        self.host.later(LOOK_MS, partial(self.host.post, answer))


def service_hands(host: Host) -> ServiceHands:
    """For one run of a kiosk's program."""
    return ServiceHands(Service(), cast("Pins", SwiftPins(host)), None, Path())
