"""What lies in a reader's field, and how long the air takes (ISO 15693)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

MEMORY_OCTETS = 112
"""28 blocks of 4: an ICODE SLIX, the tag that most library books wear."""


@dataclass(slots=True)
class EmulatedTag:
    """A tag and its memory. Changed by the reader that writes it, read by whoever draws it."""

    uid: str
    """16 upper-case hexadecimal digits, E0… first."""
    memory: bytearray = field(default_factory=lambda: bytearray(MEMORY_OCTETS))
    """In the tag's own order, a whole number of blocks."""
    afi: int = 0x07
    dsfid: int = 0x06
    eas: bool = True
    block_octets: int = 4


class Field(Protocol):
    """The space above an antenna."""

    def tags(self) -> Sequence[EmulatedTag]:
        """The tags that lie there now: a snapshot, called on the emulator's thread."""
