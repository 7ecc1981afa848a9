"""An OSDP reader as the configuration declares it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from drivers.card.number import Numbering
from drivers.card.osdp.cards import Format
from drivers.kit import Settings
from drivers.line.serial_line import Parity

KEY_OCTETS = 16
"""SCBK: an AES-128 key."""


class OsdpSettings(Settings, frozen=True, kw_only=True):
    """One reader on a bus."""

    port: str
    """Device path or `socket://host:port`; several readers may name the same one."""
    key_file: Path
    """The site's key of the secure channel (SCBK): 32 hexadecimal digits, mode 0600."""
    address: Annotated[int, Meta(ge=0, le=126)] = 0
    """The reader's address on the bus."""
    baud: Annotated[int, Meta(ge=9600, le=230_400)] = 9600
    """Bits per second; a socket ignores it."""
    parity: Parity = "N"
    """N, E or O; a socket ignores it."""
    serial: Annotated[str, Meta(pattern=r"\A([0-9A-Fa-f]{8})?\Z")] = ""
    """The reader's serial number, 8 hexadecimal digits: another reader is refused. Empty: any is good."""
    install_file: Path | None = None
    """While this file exists a new reader, with the factory's key, is given the site's. It is used up by that."""
    format: Format = "raw"
    """How the bits of a card are laid out: `wiegand26`, `wiegand34`, or `raw`."""
    number: Numbering = field(default_factory=Numbering)
    """How the octets become the number."""
    printed: bool = False
    """Of wiegand: the number as it stands on the card, facility and card, instead of `number`."""
    keys_pause_s: Annotated[float, Meta(ge=0.5, le=60)] = 5.0
    """Who pauses for so long on the keypad has typed all; `#` ends it at once."""

    @property
    def seat(self) -> str:
        """Readers of one bus have an address each."""
        return f"OSDP address {self.address}"
