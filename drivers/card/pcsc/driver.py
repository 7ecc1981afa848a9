"""The driver `pcsc`."""

from __future__ import annotations

import re
from contextlib import suppress

from drivers.card.pcsc.reader import PcscReader
from drivers.card.pcsc.settings import PcscSettings, checked
from drivers.errors import DriverError
from drivers.kit import Driver, Found
from drivers.line.pcsc_line import open_pcsc, readers

SCHEME = "pcsc:"
"""How a reader is called where others have a port: `pcsc:ACS ACR122U PICC Interface (A1B2) 00 00`."""
SERIAL = re.compile(r" \(([^()]+)\)(?= [0-9A-F]{2} [0-9A-F]{2}$)")
"""pcsc-lite's names: maker and product, `[interface]`, `(serial)`, number of the reader and of its slot."""
PLACE = re.compile(r" [0-9A-F]{2} ([0-9A-F]{2})$")


def ports() -> tuple[str, ...]:
    """What may be probed: every reader that the service knows.

    Raises:
        Unsupported: pyscard is not installed.
        Gone: no service.
    """
    return tuple(SCHEME + name for name in readers())


def probe(port: str) -> Found | None:
    """The reader of this name, where it is there now."""
    name = port.removeprefix(SCHEME)
    with suppress(DriverError):
        if name != port and name in readers():
            return _found(port, name)
    return None


def _found(port: str, name: str) -> Found:
    serial, place = SERIAL.search(name), PLACE.search(name)
    settings: dict[str, object] = {"reader": PLACE.sub("", SERIAL.sub("", name))}
    settings |= {"serial": serial[1]} if serial else {}
    settings |= {"slot": slot} if place and (slot := int(place[1], 16)) else {}
    return Found("pcsc", port, name, settings)


def make(name: str, settings: PcscSettings) -> PcscReader:
    """The reader, not yet looked for.

    Raises:
        Misuse: settings that contradict one another.
    """
    return PcscReader(name, checked(settings), open_pcsc)


DRIVER = Driver("pcsc", "card", "Contactless cards by a PC/SC reader", PcscSettings, make, probe, ports)
