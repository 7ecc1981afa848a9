"""Where the elements of ISO 28560-2 stand in a tag's blocks, and which blocks are locked for good.

    octets   91 00 05 1C | BE 99 1A 14 | 02 01 D0 14 | … | 83 02 07 AC | C0 9E BA A0 | 6F 6B 00 00
    block         0             1             2        …        6             7             8
    locked        l             l             .        …        l             l             l
    write map     w             w             .        …        w             w             w

A block is locked whole: a run of locked elements therefore begins and ends with a block, which the
offset of the element before it brings about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from drivers.errors import Misuse
from drivers.tag.elements import CONTENT_PARAMETER, Element, value_octets

BLOCK_OCTETS = 4
"""Of nearly every library tag."""
LONG_OID = 15
OFFSET = 0x80
MAX_VALUE = 255
"""Octets of one element: its length is one octet."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The octets of a stream, and what becomes of each block."""

    octets: bytes
    """Up to the end of the last element."""
    block_octets: int
    locked: tuple[bool, ...]
    """A block: locked once it is written."""

    @property
    def blocks(self) -> tuple[bytes, ...]:
        """The octets by blocks, the last filled up with zeros."""
        size = self.block_octets
        cut = (self.octets[at : at + size] for at in range(0, len(self.octets), size))
        return tuple(block.ljust(size, b"\0") for block in cut)

    @property
    def locked_blocks(self) -> str:
        """A letter a block once all is done: `l` locked, `.` open."""
        return "".join("l" if locked else "." for locked in self.locked)

    @property
    def write_map(self) -> str:
        """A letter a block for the writer: `w` write, then lock; `.` write, leave open."""
        return "".join("w" if locked else "." for locked in self.locked)


def lay_out(elements: Sequence[Element], block_octets: int = BLOCK_OCTETS) -> Layout:
    """The first element, a content parameter of the others, the open ones, the locked ones.

    Args:
        elements: the item number first, no content parameter.
        block_octets: of the chip.

    Raises:
        Misuse: a text that no compaction holds, or that is too long.
    """
    first, *others = elements
    others.sort(key=lambda element: element.locked)
    if others:
        others.insert(0, Element(CONTENT_PARAMETER, ",".join(str(each.oid) for each in others)))
    octets, locked = b"", list[bool]()
    for element, following in pairwise((first, *others, None)):
        assert element is not None  # only the last of all is
        ends_run = element.locked != (following is not None and following.locked)
        octets += stand(element, len(octets), block_octets if ends_run else 1)
        locked += [element.locked] * (-(-len(octets) // block_octets) - len(locked))
    return Layout(octets, block_octets, tuple(locked))


def stand(element: Element, at: int, align: int = 1) -> bytes:
    """The octets of one element that begins at `at` and ends on a multiple of `align`."""
    compaction, value = value_octets(element)
    if len(value) > MAX_VALUE:
        raise Misuse(f"element {element.oid} has {len(value)} octets; {MAX_VALUE} are the most")
    low = min(element.oid, LONG_OID)
    oid = bytes([element.oid - LONG_OID]) if low == LONG_OID else b""
    body = bytes([len(value)]) + value
    missing = -(at + 1 + len(oid) + len(body)) % align
    if not missing:
        return bytes([compaction << 4 | low]) + oid + body
    padding = missing - 1  # its count is itself one of the octets
    return bytes([OFFSET | compaction << 4 | low]) + oid + bytes([padding]) + body + bytes(padding)
