"""What staff at the machine ask for. Part of `kiosk.effects`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Is this the PIN of that staff card? Answered by PinChecked."""

    ask: int
    staff: str
    """Pseudonym."""
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EncodeTag:
    """Write the one tag that lies there as this book's. Answered by TagEncoded, which may say: not yet."""

    item: str


ServiceEffect = CheckPin | EncodeTag
