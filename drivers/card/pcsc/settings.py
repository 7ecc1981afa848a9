"""What stands in the configuration under a PC/SC reader's name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.card.number import Numbering
from drivers.card.pcsc.messages import KeyKind, is_trailer
from drivers.errors import Misuse
from drivers.kit import Settings

Octet = Annotated[int, Meta(ge=0, le=255)]


class Sector(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a MIFARE Classic card carries its number."""

    block: Octet
    """Its first block, counted from the card's beginning: 4 is the first of sector 1."""
    blocks: Annotated[int, Meta(ge=1, le=3)] = 1
    """Blocks that are read, of the same sector."""
    key: KeyKind = "A"
    """Which of the sector's two keys the file has."""
    key_file: Path
    """A file with the site's key, 12 hexadecimal digits; mode 0600."""


class PcscSettings(Settings, frozen=True, kw_only=True):
    """A contactless reader behind PC/SC."""

    reader: str = ""
    """A part of its name as `pcsc_scan` tells it; needed where there are several."""
    serial: str = ""
    """Its serial number, in its name in brackets; tells two of the same kind apart."""
    slot: Annotated[int, Meta(ge=0, le=15)] = 0
    """Which of its slots; almost every reader has one."""
    source: Literal["uid", "ats", "sector"] = "uid"
    """What the number is made of. A UID can be copied: cards that open doors should have a sector."""
    sector: Sector | None = None
    """For `source = "sector"`."""
    number: Numbering = Numbering()
    """How the number is written in it."""
    again_ms: Annotated[int, Meta(ge=0, le=60_000)] = 1000
    """The same card back within this time is the same showing: a hand trembles."""
    lies: bool = False
    """Cards are left lying on it for the whole visit: one that is taken off for longer than that ends it."""

    @property
    def seat(self) -> str:
        """Two devices that name the same reader would tell each card twice."""
        return " ".join(filter(None, ("reader", self.reader, self.serial, f"slot {self.slot}")))


def checked(settings: PcscSettings) -> PcscSettings:
    """The settings, which do not contradict one another.

    Raises:
        Misuse: a sector where none is read or none where one is; a block of keys among those to read.
    """
    sector = settings.sector
    if (settings.source == "sector") != (sector is not None):
        raise Misuse('`source = "sector"` and a table `sector` belong together')
    if sector and any(is_trailer(block) for block in range(sector.block, sector.block + sector.blocks)):
        raise Misuse(f"blocks {sector.block} to {sector.block + sector.blocks - 1} hold a sector's keys")
    return settings
