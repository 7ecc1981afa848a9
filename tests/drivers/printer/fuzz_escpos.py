"""Any octets into the printer's ear, its emulator and the reader of fonts: only the declared errors come out."""

from __future__ import annotations

from contextlib import suppress

from drivers.emulators.escpos import KEPT, EmulatedPrinter, EmulatedPrinterSettings
from drivers.errors import Misbehaved, Unsupported
from drivers.printer.escpos.messages import Ear, Status
from drivers.printer.picture.cmap import coverage

SEEDS = (
    bytes.fromhex("1a32127e"),
    b"\x1b@\x1c&\xb6\xc1\xd5\xdf\n\x1d!\x11A\n\x1bd\x06\x1dV\x01\x1dr\x01\x1dIC",
    b"\x10\x04\x01\x10\x04\x02\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1dv0\x00\x02\x00\x03\x00abcdef\x1d(k\x06\x001P0abc\x1d(k\x03\x001C\x06\x1d(k\x03\x001Q0",
    bytes.fromhex("000100000001000000000000")
    + b"cmap\0\0\0\0\0\0\0\x1c\0\0\0\x20"
    + bytes.fromhex("00000001 00030001 0000000c 00040020 00000002 00010000 ffff0061 0000ffff 0061"),
    b"ttcf" + bytes(11) + b"\x10",
)
_SETTINGS = EmulatedPrinterSettings(speed_mm_s=1e9, paper_mm=1e12)


def feed(octets: bytes) -> None:
    """One input to each of them."""
    ear = Ear()
    ear.feed(octets)
    with suppress(Misbehaved):
        Status.parse(bytes(ear.statuses[:4]))
    with suppress(Misbehaved):
        Status.parse(octets[:4])
    printer = EmulatedPrinter(_SETTINGS, clock=lambda: 0.0)
    printer.hear(octets)
    printer.work()
    assert len(printer.paper) <= KEPT
    with suppress(Unsupported):
        coverage(octets)
