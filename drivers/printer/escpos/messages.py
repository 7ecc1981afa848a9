"""ESC/POS as far as we speak it: what a printer is told, what it says of itself.

    ESC @            1B 40                 initialise: fonts, sizes and the line buffer as after power on
    FS &             1C 26                 octets from 81 on begin a character of two octets (GBK)
    GS ! n           1D 21 n               size: high digit width, low digit height, each times less one
    GS r 1           1D 72 01              asked in turn: answered when all before it is printed
    GS I n           1D 49 n               in turn: what it is; `_`, a text and a NUL answer it
    DLE EOT n        10 04 n               asked at once, n = 1 to 4, whatever else is in the buffer
    DLE ENQ 2        10 05 02              an error is mended: go on, and forget what was to be printed
    DLE DC4 8 …      10 14 08 01 03 14 01 06 02 08    forget what was to be printed

    answer of DLE EOT n: 0 . . 1 . . 1 0     of GS r 1: 0 0 0 0 end end low low

    n   bit 6          bit 5            bit 3        bit 2
    1   feed button    waits            offline
    2   error          paper is out     feed button  cover open
    3   head too hot   unrecoverable    cutter
    4   paper is out   paper is out     paper low    paper low

Pictures, QR codes and the cut are python-escpos's (`library`). Source: Epson's ESC/POS command reference; the
common Chinese heads (Xprinter, Gprinter, 容大) state the same in their manuals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from drivers.errors import Misbehaved

Paper = Literal["enough", "low", "out"]

START = b"\x1b@\x1c&"
NORMAL = b"\x1d!\x00"
LARGE = b"\x1d!\x11"
ASK_STATUS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
"""All four questions at once; four octets answer them, in order."""
ASK_DONE = b"\x1dr\x01"
ASK_MAKER, ASK_MODEL, ASK_SERIAL = b"\x1dIB", b"\x1dIC", b"\x1dID"
FORGET = b"\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

LINE_DOTS = 34
"""Paper fed for a line of text: a sixth of an inch at 203 dots an inch."""
PIECE_OCTETS = 4000
"""Epson's smallest receive buffer is 4 KiB."""

DONE = frozenset((0x00, 0x03, 0x0C, 0x0F))
"""Answers of GS r 1: both bits of a sensor say the same."""
FLOW = frozenset((0x11, 0x13))
"""XON and XOFF, where the port does not take them out itself."""
STATUS_MASK, STATUS_BITS = 0x93, 0x12
"""The fixed bits of an answer to DLE EOT."""
STATUSES = 4
MAX_KEPT = 32
"""Octets kept of what was heard: eight times a whole answer, enough to see that it is none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole commands that go to the printer in one go."""

    octets: bytes
    dots: int
    """How much paper they take, in dots of an eighth of a millimetre."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the four answers say together."""

    paper: Paper
    cover_open: bool = False
    offline: bool = False
    broken: str = ""
    """What a person must mend: `cutter`, `unrecoverable`; empty where nothing is."""

    @property
    def trouble(self) -> str:
        """Why nothing is printed now, in English; empty: it prints."""
        if self.broken:
            return {"cutter": "the cutter is jammed"}.get(
                self.broken, "the printer reports an unrecoverable error"
            )
        if self.cover_open:
            return "the cover is open"
        if self.paper == "out":
            return "the paper is out"
        return "the printer is offline" if self.offline else ""

    @classmethod
    def parse(cls, octets: bytes) -> Status:
        """Four octets, the answers to DLE EOT 1, 2, 3 and 4.

        Raises:
            Misbehaved: these are none.
        """
        if len(octets) != STATUSES or not all(is_status(octet) for octet in octets):
            raise Misbehaved("no answer to DLE EOT", frame=octets[:MAX_KEPT])
        online, cause, error, roll = octets
        out = bool(cause & 0x20 or roll & 0x60)
        return cls(
            paper="out" if out else "low" if roll & 0x0C else "enough",
            cover_open=bool(cause & 0x04),
            offline=bool(online & 0x08),
            broken="cutter" if error & 0x08 else "unrecoverable" if error & 0x20 else "",
        )


def is_status(octet: int) -> bool:
    """Whether an octet can answer DLE EOT."""
    return octet & STATUS_MASK == STATUS_BITS


@dataclass(slots=True)
class Ear:
    """Sorts what a printer says. Feed it what arrived; it never raises and never grows."""

    statuses: bytearray = field(default_factory=bytearray)
    """Answers to DLE EOT since `forget`."""
    heard: bytearray = field(default_factory=bytearray)
    """All octets since `forget`, for the evidence."""
    foreign: bool = False
    """Something that no such printer says was among them, or more than it ever says."""
    done: bool = False
    """GS r was answered since this was last set False."""

    def feed(self, octets: bytes) -> None:
        room = MAX_KEPT - len(self.heard)
        self.heard += octets[:room]
        self.foreign |= len(octets) > room
        for octet in octets[:room]:
            if is_status(octet):
                self.statuses.append(octet)
            elif octet in DONE:
                self.done = True
            elif octet not in FLOW:
                self.foreign = True

    def forget(self) -> None:
        """Before a question: what was heard until now answers another."""
        self.statuses.clear()
        self.heard.clear()
        self.foreign = False
