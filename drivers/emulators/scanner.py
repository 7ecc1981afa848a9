"""A serial scanner of cards and codes, as bytes.

What is shown leaves as `prefix payload suffix` at the pace of its baud rate. Like a scanner with a
USB-CDC port it keeps what nobody reads for `KEPT_S` and then forgets it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from drivers.line.line import Line
from drivers.scanner.codec import Medium

KEPT_S = 1.0
LOOK_S = 0.02
"""How often it looks whether something was shown: a scanner's own decoding takes longer."""
BITS = 10
"""A character on the wire: start, 8 data, stop (8N1)."""


@dataclass(frozen=True, slots=True)
class EmulatedScannerSettings:
    baud: int = 9600
    suffix: bytes = b"\r"
    prefixes: Mapping[Medium, str] = field(
        default_factory=lambda: MappingProxyType({"card": "", "barcode": "]C0", "qr": "]Q1"})
    )
    """AIM symbology identifiers (ISO/IEC 15424); a card has none."""


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
            line.read(LOOK_S)  # triggers and settings that a host may send change nothing here
            while self._shown:
                shown_at, octets = self._shown.popleft()
                if self._clock() - shown_at <= KEPT_S:
                    self._pace(line, octets)

    def _pace(self, line: Line, octets: bytes) -> None:
        """One character after the other, each complete when its last bit would be."""
        start = time.monotonic()
        for count, octet in enumerate(octets, 1):
            due = start + count * BITS / self._settings.baud
            time.sleep(max(0.0, due - time.monotonic()))
            line.write(bytes((octet,)))
