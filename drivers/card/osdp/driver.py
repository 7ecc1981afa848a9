"""The OSDP reader as configuration knows it: `driver = "osdp"`."""

from __future__ import annotations

from drivers.card.osdp.finding import find
from drivers.card.osdp.settings import OsdpSettings
from drivers.device import CardReader
from drivers.kit import Driver
from drivers.line.shared import Port, bus


def _make(name: str, settings: OsdpSettings) -> CardReader:
    from drivers.card.osdp.reader import OsdpReader  # libosdp, only where a reader is plugged in

    return OsdpReader(name, settings, bus(Port(settings.port, settings.baud, settings.parity)).open)


DRIVER = Driver("osdp", "card", "Reader and keypad at a door over OSDP", OsdpSettings, _make, find)
