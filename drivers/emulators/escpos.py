"""A thermal printer that speaks ESC/POS, as bytes: its head, its roll, its cover, its knife.

It prints at `speed_mm_s` out of a buffer of `buffer` octets and stops listening while that is full, as a printer on a
socket or with hardware flow control does. Without paper, with the cover open or a jammed knife it stops where it is,
and goes on from there when it is mended, unless it is told to forget. What it printed is kept as `paper`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from drivers.emulators.escpos_commands import Command, Intake, Parser
from drivers.line.line import Line
from drivers.printer.picture.raster import Raster

LOOK_S = 0.005
DOTS_MM = 8
LINE_DOTS = 34
KEPT = 1000
"""Lines and pictures of paper that are kept: about 30 slips."""
STATUS, DONE = 0x12, 0x00
NAMES = b"BCD"
"""GS I: maker, model, serial number."""
Answers = Literal["all", "status", "none"]


@dataclass(frozen=True, slots=True)
class PrintedText:
    """A line as the head's own letters show it."""

    text: str
    large: bool = False


@dataclass(frozen=True, slots=True)
class PrintedPicture:
    raster: Raster


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A QR code that the printer drew itself."""

    text: str
    module: int


@dataclass(frozen=True, slots=True)
class Severed:
    """Here the knife, or a person at the tear bar, ended a slip."""


Printout = PrintedText | PrintedPicture | PrintedCode | Severed


@dataclass(frozen=True, slots=True)
class EmulatedPrinterSettings:
    columns: int = 48
    """48 on paper of 80 mm, 32 on 58 mm."""
    speed_mm_s: float = 150.0
    buffer: int = 4096
    paper_mm: float = 50_000.0
    """What is left on the roll at the start."""
    low_mm: float = 3000.0
    """The near-end sensor sees less than this."""
    names: tuple[str, str, str] = ("Shuwu", "P80", "0001")
    """Maker, model, serial number."""
    forgets: bool = True
    """It knows how to forget (DLE ENQ 2, DLE DC4 8); many clones do not."""
    answers: Answers = "all"
    """`status`: no GS r. `none`: it never says anything."""


class EmulatedPrinter:
    """An `Emulator` for a plug. The world's side and `paper` may be used from any thread."""

    def __init__(
        self,
        settings: EmulatedPrinterSettings = EmulatedPrinterSettings(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._intake, self._parser = Intake(), Parser()
        self._buffer = bytearray()
        self._said = bytearray()
        self._paper: deque[Printout] = deque(maxlen=KEPT)
        self._paper_mm = settings.paper_mm
        self._cover_open = False
        self._jam: Literal["", "waiting", "stuck", "mended"] = ""
        self._busy_until = 0.0
        self._idle = True
        self._line, self._large = "", False
        self._code, self._module = "", 3
        self._verbs: dict[bytes, Callable[[bytes], None]] = {
            b"\n": self._end_line,
            b"\x1b@": self._initialise,
            b"\x1bd": self._feed,
            b"\x1d!": self._size,
            b"\x1dI": self._say_name,
            b"\x1dV": self._cut,
            b"\x1d(": self._qr,
            b"\x1dr": self._say_done,
            b"\x1dv": self._picture,
        }

    # ------------------------------------------------------------ the world's side
    @property
    def paper(self) -> tuple[Printout, ...]:
        """What stands on the paper, oldest first."""
        with self._lock:
            return tuple(self._paper)

    def tear_off(self) -> None:
        """Take the paper away."""
        with self._lock:
            self._paper.clear()

    def load(self, paper_mm: float = 50_000.0) -> None:
        """Put a roll in with this much on it; 0 takes it out."""
        with self._lock:
            self._paper_mm = paper_mm

    def put_cover(self, *, open: bool) -> None:  # noqa: A002 - what a cover is
        with self._lock:
            self._cover_open = open

    def jam(self) -> None:
        """The knife will stick at its next cut."""
        with self._lock:
            self._jam = "waiting"

    def mend(self) -> None:
        """Free the knife; the printer goes on when it is told so."""
        with self._lock:
            self._jam = "mended" if self._jam == "stuck" else ""

    # ------------------------------------------------------------ bytes
    def serve(self, line: Line) -> None:
        """Print what comes until the line breaks.

        Raises:
            Gone: the line broke.
        """
        while True:
            if len(self._buffer) < self._settings.buffer:
                self.hear(line.read(LOOK_S))
            else:
                time.sleep(LOOK_S)
            if said := self.work():
                line.write(said)

    def hear(self, octets: bytes) -> None:
        """Take what arrived: urgent commands at once, the rest into the buffer."""
        with self._lock:
            urgent, rest = self._intake.feed(octets)
            self._buffer += rest
            for command in urgent:
                self._obey_at_once(command)

    def work(self) -> bytes:
        """Do what is due by now; what the printer says."""
        with self._lock:
            if self._idle:
                self._busy_until = max(self._clock(), self._busy_until)
            self._idle = False
            while not self._idle and self._clock() >= self._busy_until:
                command = None if self._stopped else self._parser.take(self._buffer)
                if command:
                    self._obey(command)
                self._idle = command is None
            said = bytes(self._said)
            self._said.clear()
            return said

    @property
    def _stopped(self) -> bool:
        return self._paper_mm <= 0 or self._cover_open or self._jam in ("stuck", "mended")

    def _obey_at_once(self, command: bytes) -> None:
        answers = self._settings.answers != "none"
        match command[1], command[2]:
            case 4, 1 | 2 | 3 | 4 as question if answers:
                self._said.append(STATUS | self._bits()[question - 1])
            case 5, 1 | 2 as how:
                self._jam = "" if self._jam == "mended" else self._jam
                if how == 2:  # noqa: PLR2004 - DLE ENQ 2 forgets as well
                    self._forget()
            case 20, 8:
                self._forget()

    def _bits(self) -> tuple[int, int, int, int]:
        out, low = self._paper_mm <= 0, self._paper_mm <= self._settings.low_mm
        jammed = self._jam in ("stuck", "mended")
        return (
            0x08 * self._stopped,
            0x04 * self._cover_open | 0x20 * out | 0x40 * jammed,
            0x08 * jammed,
            0x0C * low | 0x60 * out,
        )

    def _forget(self) -> None:
        if not self._settings.forgets:
            return
        self._buffer.clear()
        self._parser.forget()
        self._line = ""

    def _obey(self, command: Command) -> None:
        if verb := self._verbs.get(command.name):
            verb(command.octets)
        elif command.octets[0] >= 0x20:  # noqa: PLR2004 - no control character
            self._type(command)

    def _initialise(self, _: bytes) -> None:
        self._line, self._large = "", False

    def _size(self, octets: bytes) -> None:
        self._large = octets[2] != 0

    def _feed(self, octets: bytes) -> None:
        for _ in range(octets[2]):
            self._end_line()

    def _say_done(self, _: bytes) -> None:
        if self._settings.answers == "all":
            self._said.append(0x03 if self._bits()[3] else DONE)

    def _say_name(self, octets: bytes) -> None:
        if self._settings.answers == "all" and octets[2] in NAMES:
            self._said += b"_" + self._settings.names[NAMES.index(octets[2])].encode() + b"\0"

    def _type(self, command: Command) -> None:
        """One character into the line; a full line is printed."""
        text = command.octets.decode("gbk" if command.kanji else "cp437", "replace")
        times = 2 if self._large else 1
        if sum(map(_columns, self._line + text)) * times > self._settings.columns:
            self._end_line()
        self._line += text

    def _end_line(self, _: bytes = b"") -> None:
        self._paper.append(PrintedText(self._line, self._large))
        self._line = ""
        self._advance(LINE_DOTS * (2 if self._large else 1))

    def _picture(self, octets: bytes) -> None:
        stride, height = octets[4] + 256 * octets[5], octets[6] + 256 * octets[7]
        if stride and height:
            self._paper.append(PrintedPicture(Raster(stride * 8, height, octets[8:])))
            self._advance(height)

    def _qr(self, octets: bytes) -> None:
        body = octets[5:] if octets[2] == ord("k") else b""
        match body[:2]:
            case b"1C":
                self._module = body[2] if len(body) > 2 else self._module  # noqa: PLR2004
            case b"1P":
                self._code = body[3:].decode(errors="replace")
            case b"1Q" if self._code:
                self._paper.append(PrintedCode(self._code, self._module))
                self._advance(LINE_DOTS * 6)

    def _cut(self, _: bytes) -> None:
        if self._jam == "waiting":
            self._jam = "stuck"
            return
        self._paper.append(Severed())

    def _advance(self, dots: int) -> None:
        millimetres = dots / DOTS_MM
        self._paper_mm -= millimetres
        self._busy_until += millimetres / self._settings.speed_mm_s


def _columns(character: str) -> int:
    return 1 if character.isascii() else 2
