"""What stands in the configuration under a scanner's name."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from drivers.card.code.plug import Codes
from drivers.kit import Settings
from drivers.scanner.codec import AIM_RULES, MediumRule
from drivers.scanner.trigger import TriggerKind


class ScannerSettings(Settings, frozen=True, kw_only=True):
    """A serial or USB-CDC scanner of cards and codes."""

    port: str
    """Device path or `socket://host:port`."""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 9600
    """Bits per second; 8N1. USB-CDC takes any."""
    serial: str = ""
    """Serial number of the USB plug that it hangs on: another plug is refused. Empty: any is good."""
    gap_ms: Annotated[int, Meta(ge=20, le=5000)] = 500
    """Silence within a payload that ends it. Scanners pause for no character; a busy machine may."""
    debounce_ms: Annotated[int, Meta(ge=0, le=60_000)] = 1500
    """A card at rest on a reader is sent 2 to 5 times a second."""
    rules: Annotated[tuple[MediumRule, ...], Meta(min_length=1)] = AIM_RULES
    """How the medium is told."""
    trigger: TriggerKind = "none"
    """How the host makes it look; `none`: it looks by itself."""
    trigger_ms: Annotated[int, Meta(ge=500, le=60_000)] = 3000
    """How often it is told to look again: scanners stop after a few seconds, and after each code."""
    setup: tuple[Annotated[str, Meta(pattern=r"\A[ -:<-~]{1,60}\Z")], ...] = ()
    """Settings that a Newland scanner is told at each opening, without `@` and `;`: `SCNMOD0`."""
    codes: Codes | None = None
    """How codes on phones are verified; left out: they are not, each QR code is a number."""
