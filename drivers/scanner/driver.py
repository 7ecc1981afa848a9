"""The serial scanner as configuration knows it: `driver = "scanner"`."""

from __future__ import annotations

from functools import partial

from drivers.kit import Driver, Settings
from drivers.line.serial_line import open_serial
from drivers.scanner.scanner import Scanner, ScannerSettings


class SerialScannerSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`."""
    baud: int = 9600


def _make(name: str, settings: SerialScannerSettings) -> Scanner:
    return Scanner(ScannerSettings(name), partial(open_serial, settings.port, settings.baud, "N"))


DRIVER = Driver(
    "scanner", "card", "Serial or USB-CDC scanner of cards and codes", SerialScannerSettings, _make
)
