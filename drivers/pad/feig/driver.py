"""The FEIG pad as configuration knows it: `driver = "feig-pad"`; and what every FEIG reader's settings have."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from msgspec import Meta

from drivers.kit import Driver, Found, Settings
from drivers.line.line import OpenLine
from drivers.line.serial_line import open_serial
from drivers.pad.feig import finding
from drivers.pad.feig.codec import FrameKind
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.settings import FeigSettings, Fresh, with_port
from drivers.pad.presence import PresenceRule
from drivers.tag.security import AfiValues, Marks, Security

Octet = Annotated[int, Meta(ge=0, le=255)]
Antenna = Annotated[int, Meta(ge=1, le=8)]


class ReaderSettings(Settings, frozen=True):
    """One FEIG reader and the marks by which the library secures its books."""

    port: str
    """Device path, or `socket://host`: LAN readers listen at 10001."""
    baud: Annotated[int, Meta(ge=4800, le=921_600)] = 38400
    parity: Literal["N", "E", "O"] = "E"
    frame: FrameKind = "advanced"
    """`standard` for readers that know frames of at most 255 octets alone."""
    fresh: Fresh = "presence"
    """How a tag is made to report again: `presence` the PRESC bit, `reset` an RF reset (before MR102), `plain`."""
    serial: Annotated[str, Meta(pattern=r"\A([0-9A-Fa-f]{8})?\Z")] = ""
    """Its device id, 8 hexadecimal digits: another reader is refused. Empty: any is good."""
    antennas: Annotated[tuple[Antenna, ...], Meta(max_length=8)] = ()
    """Outputs to ask one after the other; none: the one that the reader has."""
    four_tags: bool = False
    """Accept a CPR reader, which lists at most four tags at once."""
    security: Marks = "afi"
    """What is written on loan and return, and alarms at the gate: `afi`, `eas` (NXP ICODE), `both`."""
    afi_secured: Octet = 0x07
    """AFI of a book in stock: the gate alarms."""
    afi_lent: Octet = 0xC2
    poll_pause_ms: Annotated[int, Meta(ge=0, le=1000)] = 25
    """Between two looks."""
    idle_pause_ms: Annotated[int, Meta(ge=0, le=1000)] = 60
    """Between two looks while nothing is there."""
    missed: Annotated[int, Meta(ge=1, le=50)] = 3
    """Complete inventories in a row that make a tag gone, …"""
    absent_ms: Annotated[int, Meta(ge=0, le=10_000)] = 250
    """… after it was last found at least so long ago."""

    def __post_init__(self) -> None:
        if self.afi_secured == self.afi_lent:
            raise ValueError("afi_lent must differ from afi_secured")

    def reader(self, name: str, blocks: int = 9) -> FeigSettings:
        """The same for the driver."""
        return FeigSettings(
            name,
            with_port(self.port),
            self.baud,
            self.parity,
            self.frame,
            serial=self.serial,
            fresh=self.fresh,
            antennas=self.antennas,
            few=self.four_tags,
            blocks=blocks,
            security=Security(self.security, AfiValues(self.afi_secured, self.afi_lent)),
            poll_pause_ms=self.poll_pause_ms,
            idle_pause_ms=self.idle_pause_ms,
            presence=PresenceRule(self.missed, self.absent_ms),
        )


class PadSettings(ReaderSettings, frozen=True):
    """A pad for books."""

    blocks: Annotated[int, Meta(ge=4, le=64)] = 9
    """Blocks of four octets read from each new tag; nine hold item, owner and set."""


def line(settings: FeigSettings) -> OpenLine:
    """Opens the line of a reader."""
    return partial(open_serial, settings.url, settings.baud, settings.parity)


def _make(name: str, settings: PadSettings) -> FeigPad:
    made = settings.reader(name, settings.blocks)
    return FeigPad(made, line(made))


def _probe(port: str) -> Found | None:
    return finding.find("feig-pad", port)


DRIVER = Driver("feig-pad", "pad", "FEIG ISO 15693 reader as a pad for books", PadSettings, _make, _probe)
