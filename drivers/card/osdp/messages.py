"""What an OSDP reader tells and is told (OSDP 2.2). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardRead:
    """What a card said."""

    octets: bytes
    bits: int
    """Of the octets, from the highest of the first one."""
    text: bool = False
    """The reader calls it characters."""


@dataclass(frozen=True, slots=True)
class CardDropped:
    """A card was told as characters (osdp_FMT), a reply that libosdp drops."""


@dataclass(frozen=True, slots=True)
class KeysPressed:
    octets: bytes


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """What the reader says of its own box."""

    tampered: bool
    power_failed: bool


@dataclass(frozen=True, slots=True)
class Secured:
    """The secure channel stands, or does no more."""

    up: bool
    by_default_key: bool
    """With the key that every reader leaves the factory with: anybody's."""


PanelEvent = CardRead | CardDropped | KeysPressed | LocalStatus | Secured


@dataclass(frozen=True, slots=True)
class Lamp:
    """Colours as OSDP numbers them: 0 off, 1 red, 2 green, 3 amber, 4 blue."""

    on: int
    off: int = 0
    on_count: int = 1
    """× 100 ms."""
    off_count: int = 0
    for_count: int = 0
    """It lasts for so long, then the permanent one is back; 0: this is the permanent one."""


@dataclass(frozen=True, slots=True)
class Beeps:
    """× 100 ms."""

    on_count: int
    off_count: int = 1
    times: int = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What a reader says of itself."""

    vendor: int
    model: int
    version: int
    serial: int
    firmware: int

    def __str__(self) -> str:
        firmware = ".".join(str(self.firmware >> shift & 0xFF) for shift in (16, 8, 0))
        return (
            f"OSDP reader, vendor {self.vendor:06X}, model {self.model}.{self.version}, "
            f"serial number {self.serial:08X}, firmware {firmware}"
        )
