"""Which model a tag follows: tried from the one that proves itself to the one that is only likely.

    1  ISO 28560-3     its CRC fits, in either order of the octets within a block
    -  its shape only  a damaged ISO 28560-3 tag: read by the rules of -2 it would be another book
    2  ISO 28560-2     the stream begins with an item number
    -  anything else   blank, another model, another trade: known by its UID alone

The DSFID is not asked: many libraries leave it at 00.
"""

from __future__ import annotations

from drivers.events import TagContent
from drivers.tag import iso28560_2, iso28560_3


def decode(memory: bytes, block_octets: int = 4) -> TagContent | None:
    """What the tag says, from its memory in the tag's own order; None where no model is recognised."""
    for octets in (memory, reversed_blocks(memory, block_octets)):
        if content := iso28560_3.decode(octets):
            return content
        if iso28560_3.resembles(octets):
            return None
    return iso28560_2.decode(memory)


def reversed_blocks(memory: bytes, block_octets: int) -> bytes:
    """The same blocks, the octets of each in reverse: as some writers store them."""
    blocks = (memory[at : at + block_octets] for at in range(0, len(memory), block_octets))
    return b"".join(block[::-1] for block in blocks)
