"""A serial scanner of cards and codes, as bytes.

What is shown leaves as `prefix payload suffix` at the pace of its baud rate. Like a scanner with a
USB-CDC port it keeps what nobody reads for `KEPT_S` and then forgets it. With a trigger it sees what is shown
only while it looks: for `LOOKS_S` from each command on, until it has read something or is told to stop.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from drivers.line.line import Line
from drivers.scanner.codec import Medium
from drivers.scanner.trigger import TRIGGERS, TriggerKind

KEPT_S = 1.0
LOOK_S = 0.02
"""How often it looks whether something was shown: a scanner's own decoding takes longer."""
LOOKS_S = 5.0
"""How long a trigger lasts: the makers' own setting is 3 to 10 s."""
BITS = 10
"""A character on the wire: start, 8 data, stop (8N1)."""


@dataclass(frozen=True, slots=True)
class EmulatedScannerSettings:
    baud: int = 9600
    suffix: bytes = b"\r"
    trigger: TriggerKind = "none"
    prefixes: Mapping[Medium, str] = field(
        default_factory=lambda: MappingProxyType({"card": "", "barcode": "]C0", "qr": "]Q1"})
    )
    """AIM symbology identifiers (ISO/IEC 15424); a card has none."""


MAX_COMMAND = 80
NAME = b"EM-2000"
_COMMANDS: Mapping[TriggerKind, re.Pattern[bytes]] = {
    "honeywell": re.compile(rb"\x16([TU]\r|M\rREVINF\.)"),
    "newland": re.compile(rb"\x7e\x01[0-9]{4}[@#][^;]{1,60};\x03"),
    "oem": re.compile(re.escape(TRIGGERS["oem"].look)),
}


class EmulatedScanner:
    """An `Emulator` for a plug; `show` is the world's side and may be called from any thread."""

    def __init__(
        self,
        settings: EmulatedScannerSettings = EmulatedScannerSettings(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._shown: deque[tuple[float, bytes]] = deque()
        self._trigger = TRIGGERS.get(settings.trigger)
        self._heard = b""
        self._looks_until = 0.0

    def show(self, number: str, medium: Medium) -> None:
        """Hold a card or a code in front of it."""
        settings = self._settings
        self.emit((settings.prefixes[medium] + number).encode() + settings.suffix)

    def emit(self, octets: bytes) -> None:
        """Send these octets as they are."""
        self._shown.append((self._clock(), octets))

    def serve(self, line: Line) -> None:
        """Send what is shown until the line breaks.

        Raises:
            Gone: the line broke.
        """
        while True:
            self._obey(line, line.read(LOOK_S))
            while self._shown and self._looks:
                shown_at, octets = self._shown.popleft()
                if self._clock() - shown_at <= KEPT_S:
                    self._pace(line, octets)
                    self._looks_until = 0.0

    @property
    def _looks(self) -> bool:
        return not self._trigger or self._clock() < self._looks_until

    def _obey(self, line: Line, octets: bytes) -> None:
        """Look, stop, take a setting; what is none of these is passed over."""
        if not self._trigger:
            return
        self._heard += octets
        while found := _COMMANDS[self._settings.trigger].search(self._heard):
            self._heard = self._heard[found.end() :]
            command = found[0]
            if command in {self._trigger.look, self._trigger.stop}:
                self._looks_until = self._clock() + LOOKS_S if command == self._trigger.look else 0.0
            line.write(self._answer(command))
        self._heard = self._heard[-MAX_COMMAND:]

    def _answer(self, command: bytes) -> bytes:
        match self._settings.trigger:
            case "newland":
                told = NAME if b"QRYPDN" in command else b""
                return b"\x02" + command[1:-2] + told + b"\x06;\x03"
            case "honeywell" if b"REVINF" in command:
                return b"Product Name: " + NAME + b"\r\nBoot Revision: 1\r\nREVINF\x06."
            case "oem":
                return b"\x06"
        return b""

    def _pace(self, line: Line, octets: bytes) -> None:
        """One character after the other, each complete when its last bit would be."""
        start = time.monotonic()
        for count, octet in enumerate(octets, 1):
            due = start + count * BITS / self._settings.baud
            time.sleep(max(0.0, due - time.monotonic()))
            line.write(bytes((octet,)))
