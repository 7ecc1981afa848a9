"""The light barrier as configuration knows it: `driver = "ls2"`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from msgspec import Meta

from drivers.errors import DriverError
from drivers.kit import Driver, Found, Settings
from drivers.line.serial_line import open_serial
from tests.drivers.example.counter import LightBarrier, Timing


class BarrierSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`."""
    baud: int = 9600
    poll_ms: Annotated[int, Meta(ge=50, le=10_000)] = 250
    """How often it is asked, in milliseconds."""


def _make(name: str, settings: BarrierSettings) -> LightBarrier:
    line = partial(open_serial, settings.port, settings.baud, "N")
    return LightBarrier(name, line, Timing(settings.poll_ms))


def _probe(port: str) -> Found | None:
    try:
        identity = LightBarrier("probe", partial(open_serial, port, 9600, "N")).identify()
    except DriverError:
        return None
    return Found("ls2", port, str(identity), {"port": port})


DRIVER = Driver("ls2", "counter", "LS-2 light barrier, two-way", BarrierSettings, _make, _probe)
