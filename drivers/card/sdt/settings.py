"""What stands in the configuration under an identity card reader's name."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.kit import Settings


class SdtSettings(Settings, frozen=True, kw_only=True):
    """A reader of identity cards with a SAM_V module."""

    port: str
    """Device path or `socket://host:port`."""
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    """Bits per second."""
    module: Annotated[str, Meta(pattern=r"\A(\d{2}\.\d{2}-\d{8}-\d{10}-\d{10})?\Z")] = ""
    """The number of its security module, as `shuwu-probe find` tells it: another reader is refused. Empty: any is good."""
    poll_ms: Annotated[int, Meta(ge=50, le=5000)] = 250
    """Pause between two questions for a card."""
    again_ms: Annotated[int, Meta(ge=0, le=60_000)] = 2000
    """The same card within this time of having been there is the same showing."""
