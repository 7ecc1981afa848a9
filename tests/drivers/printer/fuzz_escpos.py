"""Any octets into the printer's ear, its emulator and the reader of fonts: only the declared errors come out."""

from __future__ import annotations

from contextlib import suppress

from drivers.emulators.escpos import EmulatedPrinter, EmulatedPrinterSettings
from drivers.errors import Misbehaved, Unsupported
from drivers.printer.escpos.messages import Ear, Status
from drivers.printer.picture.cmap import coverage

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
    assert len(printer.paper) <= len(octets)
    with suppress(Unsupported):
        coverage(octets)
