"""The printer of a rig: its roll, its cover, its knife, and the paper as one sees it."""

from __future__ import annotations

from threading import Lock
from typing import Literal

from drivers.emulators.escpos import EmulatedPrinter, PrintedCode, PrintedText
from drivers.rig.state import PrinterState

Paper = Literal["enough", "low", "out"]
ROLL_MM: dict[Paper, float] = {"enough": 50_000.0, "low": 1000.0, "out": 0.0}
"""What is left on the roll."""


class Printer:
    """An emulated printer with somebody at it."""

    def __init__(self) -> None:
        self.emulator = EmulatedPrinter()
        self._lock = Lock()
        self._paper: Paper = "enough"
        self._open = self._jammed = False

    def load(self, paper: Paper) -> None:
        """Put in a full roll, one that is nearly used up, or none."""
        with self._lock:
            self._paper = paper
            self.emulator.load(ROLL_MM[paper])

    def put_cover(self, opened: bool) -> None:
        with self._lock:
            self._open = opened
            self.emulator.put_cover(open=opened)

    def jam(self, jammed: bool) -> None:
        """Let the knife stick at its next cut, or free it."""
        with self._lock:
            self._jammed = jammed
            if jammed:
                self.emulator.jam()
            else:
                self.emulator.mend()

    def tear_off(self) -> None:
        """Take what is printed."""
        self.emulator.tear_off()

    def state(self) -> PrinterState:
        """Roll, cover, knife, and the text on the paper."""
        printed = self.emulator.paper
        lines = tuple(item.text for item in printed if isinstance(item, PrintedText | PrintedCode))
        with self._lock:
            return PrinterState(self._paper, self._open, self._jammed, len(printed), lines)

    def picture(self) -> bytes:
        """The paper as a PNG."""
        from drivers.emulators.paper import png  # Pillow, only where somebody looks

        return png(self.emulator.paper)
