"""Which model a tag follows: tried from the one that proves itself to the one that is only likely.

    HF     ISO 28560-3     its CRC fits, in either order of the octets within a block
           -               its shape only: a damaged ISO 28560-3 tag, which by the rules of -2 would be another book
           ISO 28560-2     the stream begins with an item number
           3M              its fixed octets, and a text
    UHF    ISO 28560-4     the toggle bit, and an AFI of libraries
           -               what the factory writes
           CULTU           length, characters and reserved bits can be right
    all    -               blank; or unknown: known by its UID alone

The DSFID is not asked: many libraries leave it at 00.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.errors import Misbehaved
from drivers.events import TagContent
from drivers.tag import cultu, gen2, iso28560_2, iso28560_3, iso28560_4, three_m
from drivers.tag.gen2 import EpcBank, ProtocolControl
from drivers.tag.layout import BLOCK_OCTETS
from drivers.tag.reading import BLANK, UNKNOWN, Model, Reading, blank
from drivers.tag.security import AfiValues

FACTORY_PC, FACTORY_EPC = 0x3000, 0xE2
"""Six words, nothing used; the TID's own first octet: a chip that nobody has written."""
SALVAGE_HF: Mapping[Model, Callable[[bytes], Reading]] = {
    iso28560_2.MODEL: iso28560_2.salvage,
    iso28560_3.MODEL: iso28560_3.salvage,
    three_m.MODEL: three_m.salvage,
}
SALVAGE_UHF: Mapping[Model, Callable[[EpcBank, bytes], Reading]] = {
    iso28560_4.MODEL: iso28560_4.salvage,
    cultu.MODEL: cultu.salvage,
}


def decode(memory: bytes, block_octets: int = BLOCK_OCTETS) -> TagContent | None:
    """What an HF tag says, from its memory in the tag's own order; None where no model is recognised."""
    return read(memory, block_octets).content


def read(memory: bytes, block_octets: int = BLOCK_OCTETS) -> Reading:
    """All that an HF tag says, from its memory in the tag's own order."""
    for octets in (memory, reversed_blocks(memory, block_octets)):
        if reading := iso28560_3.read(octets):
            return reading
        if iso28560_3.resembles(octets):
            return iso28560_3.damaged(octets)
    if reading := iso28560_2.read(memory) or three_m.read(memory):
        return reading
    return Reading(BLANK if blank(memory) else UNKNOWN)


def read_user(octets: bytes, block_octets: int = BLOCK_OCTETS) -> Reading:
    """All that a user bank says of which it is not known whether it is an HF tag's or a UHF tag's."""
    reading = read(octets, block_octets)
    if reading.model != UNKNOWN:
        return reading
    return iso28560_4.read_user(octets) or cultu.read_user(octets) or reading


def read_epc(bank: EpcBank, user: bytes = b"") -> Reading:
    """All that a UHF tag says."""
    pc = bank.pc
    if pc.iso and AfiValues().meaning(pc.attribute) is not None:
        reading = iso28560_4.read(bank, user)
    elif (int(pc) == FACTORY_PC and bank.code[0] == FACTORY_EPC) or blank(bank.code):
        return Reading(BLANK, warnings=bank.warnings)
    else:
        reading = cultu.read(bank, user)
    return reading or Reading(UNKNOWN, warnings=bank.warnings)


def epc_bank(octets: bytes) -> EpcBank:
    """The bank from what a reader gives of it: with its CRC, without, or the code alone.

    Raises:
        Misbehaved: none of these.
    """
    try:
        return gen2.parse(octets)
    except Misbehaved:
        if not octets or len(octets) % gen2.WORD or len(octets) > gen2.MAX_WORDS * gen2.WORD:
            raise
        words = len(octets) // gen2.WORD
        return EpcBank(ProtocolControl(words), octets, ("no protocol control word",))


def reversed_blocks(memory: bytes, block_octets: int) -> bytes:
    """The same blocks, the octets of each in reverse: as some writers store them."""
    blocks = (memory[at : at + block_octets] for at in range(0, len(memory), block_octets))
    return b"".join(block[::-1] for block in blocks)
