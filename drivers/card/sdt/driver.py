"""The driver `sdt`."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from drivers.card.sdt.reader import SdtReader
from drivers.card.sdt.session import Session
from drivers.card.sdt.settings import SdtSettings
from drivers.errors import DriverError
from drivers.kit import Driver, Found
from drivers.line.serial_line import open_serial

PATIENCE = 0.3
"""A module tells its number at once; whoever is silent is asked three times within a second."""


def probe(port: str) -> Found | None:
    """The reader at this port, at the rate that all of them have when they are new."""
    with suppress(DriverError):
        line = open_serial(port, SdtSettings(port=port).baud)
        try:
            number = Session(line, PATIENCE).identify()
            return Found("sdt", port, f"SAM_V {number}", {"port": port, "module": number})
        finally:
            line.close()
    return None


def make(name: str, settings: SdtSettings) -> SdtReader:
    """The reader, not yet looked for."""
    return SdtReader(name, settings, partial(open_serial, settings.port, settings.baud))


DRIVER = Driver(
    "sdt",
    "card",
    "Identity cards (二代身份证) by an SDT reader",
    SdtSettings,
    make,
    probe,
    reads_id_cards=True,
)
