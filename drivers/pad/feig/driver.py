"""The FEIG pad as configuration knows it: `driver = "feig-pad"`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta

from drivers.kit import Driver, Settings
from drivers.line.serial_line import open_serial
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.session import FeigSettings
from drivers.tag.security import AfiValues

Octet = Annotated[int, Meta(ge=0, le=255)]


class PadSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`."""
    baud: int = 38400
    parity: Literal["N", "E", "O"] = "E"
    frame: Literal["standard", "advanced"] = "advanced"
    afi_secured: Octet = 0x07
    """AFI of a book in stock: the gate alarms."""
    afi_lent: Octet = 0xC2
    blocks: Annotated[int, Meta(ge=4, le=64)] = 9
    """Blocks of four octets read from each new tag; nine hold item, owner and set."""

    def __post_init__(self) -> None:
        if self.afi_secured == self.afi_lent:
            raise ValueError("afi_lent must differ from afi_secured")


def _make(name: str, settings: PadSettings) -> FeigPad:
    port, baud, parity = settings.port, settings.baud, settings.parity
    base = FeigSettings(name, port, baud, parity, settings.frame, blocks=settings.blocks)
    afi = AfiValues(settings.afi_secured, settings.afi_lent)
    return FeigPad(replace(base, afi=afi), partial(open_serial, port, baud, parity))


DRIVER = Driver("feig-pad", "pad", "FEIG ISO 15693 reader as a pad for books", PadSettings, _make)
