"""The driver `scanner`."""

from __future__ import annotations

from functools import partial

from drivers.card.code.verifier import verifier
from drivers.errors import Misuse
from drivers.kit import Driver
from drivers.line.serial_line import open_serial
from drivers.line.usb import serial_of
from drivers.scanner.finding import find
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings


def make(name: str, settings: ScannerSettings) -> Scanner:
    """The scanner, not yet opened.

    Raises:
        Misuse: settings that contradict one another, a verifier that there is not.
    """
    if settings.setup and settings.trigger != "newland":
        raise Misuse('`setup` is for `trigger = "newland"`')
    checks = verifier(settings.codes) if settings.codes else None
    open_line = partial(open_serial, settings.port, settings.baud)
    return Scanner(name, settings, open_line, checks, plug=partial(serial_of, settings.port))


DRIVER = Driver(
    "scanner", "card", "Serial or USB-CDC scanner of cards and codes", ScannerSettings, make, find, shy=True
)
