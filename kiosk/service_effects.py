"""What staff at the machine ask for. Part of `kiosk.effects`."""

from __future__ import annotations

from msgspec import Struct

from kiosk.veiled import Veiled


class CheckPin(Veiled, frozen=True):
    """Is this the PIN of that staff card? Answered by PinChecked."""

    UNSEEN = frozenset({"pin"})

    ask: int
    staff: str
    """Pseudonym."""
    pin: str


class EncodeTag(Struct, frozen=True):
    """Write the one tag that lies there as this book's. Answered by TagEncoded, which may say: not yet."""

    item: str


ServiceEffect = CheckPin | EncodeTag
