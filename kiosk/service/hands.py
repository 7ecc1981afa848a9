"""Carries out what staff ask for: looks at a PIN, has a tag written. Never blocks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from drivers.device import Pad
from drivers.events import TagContent
from kiosk.service.pins import Pins
from kiosk.service.settings import Service
from kiosk.service_effects import CheckPin, EncodeTag, ServiceEffect


@dataclass(frozen=True, slots=True)
class ServiceHands:
    settings: Service
    pins: Pins
    pad: Pad | None
    progress: Path
    """Which tags are half written, after a power cut."""

    def do(self, effect: ServiceEffect) -> None:
        """Begin one effect.

        Raises:
            TypeError: a desk without a pad (a mistake of ours).
        """
        match effect:
            case CheckPin():
                self.pins.check(effect)
            case EncodeTag(item=item) if self.pad:
                told = self.settings
                content = TagContent(item, told.owner, model=told.model, usage=told.usage)
                self.pad.encode(content, self.progress)
            case _:
                raise TypeError(f"nobody here does {effect!r}")
