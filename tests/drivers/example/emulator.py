"""An LS-2 at the other end of a line, with its timing and a fault that can be turned on."""

from __future__ import annotations

import time

from drivers.line.line import Line
from tests.drivers.example.messages import END, checksum

ANSWERS_S = 0.02
"""Typical in the datasheet; 50 ms at most."""


class EmulatedBarrier:
    """An `Emulator` for a plug; `cross` is the world's side and may be called from any thread."""

    def __init__(self, entered: int = 0, left: int = 0, answers_s: float = ANSWERS_S) -> None:
        self.entered = entered
        self.left = left
        self.blinded = False
        """Something covers the beam: it still answers, and counts nothing."""
        self._answers_s = answers_s

    def cross(self, entered: int = 0, left: int = 0) -> None:
        """People walk through."""
        if not self.blinded:
            self.entered = (self.entered + entered) % 100_000_000
            self.left = (self.left + left) % 100_000_000

    def answer(self, question: bytes) -> bytes:
        """What it says to one question; to others nothing."""
        match question:
            case b"?":
                told = b"C%08d,%08d" % (self.entered, self.left)
            case b"V":
                told = b"VLS-2,SN0042,1.3"
            case _:
                return b""
        return told + checksum(told) + END

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        heard = b""
        while True:
            heard += line.read(1.0)
            *questions, heard = heard.split(END)
            for question in questions:
                time.sleep(self._answers_s)
                line.write(self.answer(question))
