"""A serial or USB-CDC scanner of cards and codes.

Contract:
- Listens only; nothing is written to the scanner.
- Posts `CardShown` once for each showing; the same text within `debounce_ms` is the same showing.
- What is cut, too long or no text is dropped and counted in `spoiled`; it never becomes a number.
- A serial scanner says nothing of itself: `DeviceBack` means that its line is open. An unplugged USB
  scanner is `Gone`; one that is unplugged from a serial port is only silent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from drivers.device import Post, Signal
from drivers.events import CardShown, DeviceBack
from drivers.line.line import OpenLine
from drivers.scanner.codec import AIM_RULES, MediumRule, Payload, ScanCodec, Spoiled

READ_S = 0.25
"""How long one read waits: bounds how long `run` takes to see `stop`."""


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """One scanner as the configuration has it."""

    name: str
    gap_ms: int = 500
    """Silence within a payload that ends it. Scanners pause for no character; a busy machine may."""
    debounce_ms: int = 1500
    """A card at rest on a reader is sent 2 to 5 times a second."""
    rules: tuple[MediumRule, ...] = AIM_RULES
    identity: str = "serial scanner"
    """What the technician's page calls it."""


class Scanner:
    """A `drivers.device.CardReader` on a line."""

    def __init__(
        self,
        settings: ScannerSettings,
        open_line: OpenLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.name
        self.spoiled = 0
        """Payloads that were dropped since start."""
        self.last_spoiled: Spoiled | None = None
        self._settings = settings
        self._open_line = open_line
        self._clock = clock

    def run(self, post: Post, stop: Event) -> None:
        """Listen until `stop` is set.

        Raises:
            Gone: the line cannot be opened, or broke.
        """
        settings = self._settings
        codec = ScanCodec(settings.rules, settings.gap_ms / 1000, settings.debounce_ms / 1000)
        line = self._open_line()
        try:
            post(DeviceBack(self.name, settings.identity))
            while not stop.is_set():
                octets = line.read(READ_S)
                for found in codec.feed(octets, self._clock()):
                    self._tell(found, post)
        finally:
            line.close()

    def _tell(self, found: Payload | Spoiled, post: Post) -> None:
        if isinstance(found, Payload):
            post(CardShown(self.name, found.text, found.medium))
        else:
            self.spoiled += 1
            self.last_spoiled = found

    def signal(self, signal: Signal) -> None:
        """Nothing: a scanner beeps by itself, and is never written to."""

    def abandon(self, post: Post) -> None:
        """A scanner takes no orders; nothing is owed."""
