"""3M's own model of HF tags, read only: 32 octets of fixed fields.

    octet  0      1            2     3      4 … 19         20 … 23             24 … 27   28 … 31
        +------+------------+-----+------+--------------+-------------------+---------+--------+
        |  04  | part,parts |  00 | type | item number  | branch, library   | custom  |   00   |
        +------+------------+-----+------+--------------+-------------------+---------+--------+
                 4 bits each               NUL padded      12 and 20 bits

Layout by Biblio-RFID's RFID501. There is no checksum: fixed octets and a text that can be read stand for one.
"""

from __future__ import annotations

from drivers.events import TagContent
from drivers.tag.reading import Model, Reading

MODEL: Model = "3m"
SHORTEST_OCTETS = 20
FIXED = (0x04, 0x00)
"""Octets 0 and 2."""
_ITEM = slice(4, 20)
_ORGANISATION = slice(20, 24)
_CUSTOM = slice(24, 28)
_LIBRARY_BITS = 20


def read(memory: bytes) -> Reading | None:
    """What a tag of this model says; None where it is none."""
    if len(memory) < SHORTEST_OCTETS or (memory[0], memory[2]) != FIXED:
        return None
    reading = salvage(memory)
    return reading if reading.content and reading.content.item.isascii() else None


def salvage(memory: bytes) -> Reading:
    """What can be told of a tag that is known to be of this model."""
    memory = memory.ljust(_CUSTOM.stop, b"\0")
    item = memory[_ITEM].partition(b"\0")[0].decode("latin-1").strip()
    high, low = memory[1] >> 4, memory[1] & 15
    content = TagContent(item, parts=max(high, low) or 1, part=min(high, low) or 1, model=MODEL)
    organisation = int.from_bytes(memory[_ORGANISATION])
    elements = {
        "PII": item,
        "set": str(high),
        "total": str(low),
        "type": str(memory[3]),
        "branch": str(organisation >> _LIBRARY_BITS),
        "library": str(organisation & (1 << _LIBRARY_BITS) - 1),
        "custom": str(int.from_bytes(memory[_CUSTOM], signed=True)),
    }
    known = bool(item) and item.isprintable()
    return Reading(MODEL, content if known else None, elements)
