"""ISO 28560-2 (GB/T 35660.2-2017): a stream of elements, each with its own compaction.

      bit 7   offset    a count of padding octets follows the OID
    bits 6-4  compaction
    bits 3-0  OID; 15: the next octet plus 15
    +-----------+--------------+--------------+--------+------+------------------+
    | precursor | [ OID - 15 ] | [ padding p ]| length | data | [ p zero octets ]|
    +-----------+--------------+--------------+--------+------+------------------+

Padding lets a locked element end with its block. A precursor of 00 ends the stream; what vendors
write behind it is nobody's business. The item number (OID 1) comes first. Tags in the field carry
empty elements, private trailers and broken ends: what was read before them counts, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import isil
from drivers.tag.compaction import Compaction, choose, pack, unpack

MODEL = "iso28560-2"

PRIMARY_ITEM = 1
CONTENT_PARAMETER = 2
OWNER = 3
SET_INFORMATION = 4
TYPE_OF_USAGE = 5
SHELF_LOCATION = 6
ONIX_MEDIA_FORMAT = 7
BORROWING_INSTITUTION = 11
TITLE = 17
MEDIA_FORMAT = 19
SUPPLY_CHAIN_STAGE = 20
ALTERNATIVE_OWNER = 23

_ISIL = {OWNER, BORROWING_INSTITUTION}
_ONE_OCTET = {TYPE_OF_USAGE, MEDIA_FORMAT, SUPPLY_CHAIN_STAGE}
"""Codes of one octet, told in two hexadecimal digits."""
_TEXT = {ONIX_MEDIA_FORMAT, TITLE}
"""Always UTF-8, so that no reader has to guess."""
_LONG_OID = 15
_OFFSET = 0x80


@dataclass(frozen=True, slots=True)
class Element:
    """One element: what it is and what it says.

    The content parameter says which OIDs follow ("3,4,6"), the set information is digits ("1203":
    twelve parts, this is the third), the type of usage two hexadecimal digits ("10").
    """

    oid: int
    text: str
    locked: bool = False
    """A run of locked elements begins and ends with a block."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The elements that could be read, and what was odd."""

    elements: tuple[Element, ...]
    warnings: tuple[str, ...]

    def text(self, oid: int) -> str:
        """What the first element of this OID says; empty where there is none."""
        return next((each.text for each in self.elements if each.oid == oid), "")


# ---------------------------------------------------------------- reading
def decode(memory: bytes) -> TagContent | None:
    """The content of a tag; None where the memory does not begin with an item number."""
    stream = parse(memory)
    if not stream.elements or stream.elements[0].oid != PRIMARY_ITEM:
        return None
    item = stream.elements[0].text.strip()
    if not item or not item.isprintable():
        return None
    parts, part, odd = _set(stream.text(SET_INFORMATION))
    usage = stream.text(TYPE_OF_USAGE)
    return TagContent(
        item=item,
        owner=stream.text(OWNER) or stream.text(ALTERNATIVE_OWNER),
        parts=parts,
        part=part,
        model=MODEL,
        usage=int(usage, 16) if len(usage) == 2 else None,  # noqa: PLR2004 - hexadecimal digits of one octet
        warnings=stream.warnings + odd,
    )


def parse(memory: bytes) -> Stream:
    """All elements up to the end of the stream, the end of memory, or the first that breaks the rules."""
    elements: list[Element] = []
    warnings: list[str] = []
    at = 0
    while at < len(memory) and memory[at]:
        try:
            element, end, padding = _element(memory[at:])
        except Misbehaved as cause:
            warnings.append(f"octet {at}: {cause.text}")
            break
        elements.append(element)
        at += end
        if any(memory[at : at + padding]):
            warnings.append(f"octet {at}: element {element.oid} has no zeros for its padding")
        else:
            at += padding
    return Stream(tuple(elements), tuple(warnings))


def _element(octets: bytes) -> tuple[Element, int, int]:
    """The element that stands first, its octets, and the padding that it promises.

    Raises:
        Misbehaved: it reaches beyond the memory, or its data breaks its compaction.
    """
    take = iter(octets)
    try:
        precursor = next(take)
        oid = precursor & _LONG_OID
        oid += next(take) if oid == _LONG_OID else 0
        padding = next(take) if precursor & _OFFSET else 0
        length = next(take)
    except StopIteration:
        raise Misbehaved("the memory ends within a header") from None
    begin = 2 + (oid >= _LONG_OID) + bool(precursor & _OFFSET)
    end = begin + length
    if end > len(octets):
        raise Misbehaved(f"element {oid} of {length} octets reaches beyond the memory")
    return Element(oid, _read(oid, Compaction(precursor >> 4 & 7), octets[begin:end])), end, padding


def _read(oid: int, compaction: Compaction, octets: bytes) -> str:
    if oid == CONTENT_PARAMETER:
        return ",".join(str(each) for each in _present(octets))
    if compaction is Compaction.APPLICATION and oid in _ISIL:
        return isil.unpack(octets)
    if compaction is Compaction.OCTETS and oid in _ONE_OCTET:
        return octets.hex().upper()
    return unpack(compaction, octets)


def _present(octets: bytes) -> Iterator[int]:
    """The OIDs of a content parameter: the first bit stands for OID 3."""
    for at, octet in enumerate(octets):
        for bit in range(8):
            if octet & 0x80 >> bit:
                yield OWNER + 8 * at + bit


def _set(text: str) -> tuple[int, int, tuple[str, ...]]:
    """Parts, part and warnings of a set information of 2, 4 or 6 digits."""
    half = len(text) // 2
    if not text:
        return 1, 1, ()
    if text.isdigit() and len(text) in {2, 4, 6} and 1 <= int(text[half:]) <= int(text[:half]):
        return int(text[:half]), int(text[half:]), ()
    return 1, 1, (f"set information {text!r}",)


# ---------------------------------------------------------------- writing
def encode(content: TagContent, block_octets: int = 4) -> bytes:
    """The octets of a tag with this content, the item number locked, to the end of the last block.

    Raises:
        Misuse: a value that has no place in a tag.
    """
    elements = [Element(PRIMARY_ITEM, content.item, locked=True)]
    if content.owner:
        elements.append(Element(OWNER if isil.fits(content.owner) else ALTERNATIVE_OWNER, content.owner))
    if content.parts > 1:
        digits = len(str(content.parts))
        elements.append(Element(SET_INFORMATION, f"{content.parts}{content.part:0{digits}}"))
    if content.usage is not None:
        elements.append(Element(TYPE_OF_USAGE, f"{content.usage:02X}"))
    octets = write(elements, block_octets)
    return octets + bytes(-len(octets) % block_octets)


def write(elements: Iterable[Element], block_octets: int = 4) -> bytes:
    """The stream of these elements in their order, a content parameter put behind the first.

    Raises:
        Misuse: a text that no compaction holds.
    """
    first, *others = elements
    if others:
        others.insert(0, Element(CONTENT_PARAMETER, ",".join(str(each.oid) for each in others)))
    octets = b""
    wanted = [first, *others]
    for element, following in zip(wanted, [*others, None], strict=True):
        octets += _octets(element)
        if element.locked != (following is not None and following.locked):
            octets = _align(octets, len(_octets(element)), element.oid, block_octets)
    return octets


def _octets(element: Element) -> bytes:
    compaction, octets = _compact(element)
    low = min(element.oid, _LONG_OID)
    more = bytes([element.oid - _LONG_OID]) if low == _LONG_OID else b""
    return bytes([compaction << 4 | low]) + more + bytes([len(octets)]) + octets


def _align(octets: bytes, last: int, oid: int, block_octets: int) -> bytes:
    """Pad the last element, `last` octets long, to the end of a block; the count itself is one of the octets."""
    missing = -len(octets) % block_octets
    if not missing:
        return octets
    before, element = octets[:-last], octets[-last:]
    head = 2 if oid >= _LONG_OID else 1
    flagged = bytes([element[0] | _OFFSET]) + element[1:head]
    return before + flagged + bytes([missing - 1]) + element[head:] + bytes(missing - 1)


def _compact(element: Element) -> tuple[Compaction, bytes]:
    oid, text = element.oid, element.text
    if oid == CONTENT_PARAMETER:
        return Compaction.APPLICATION, _bitmap([int(each) for each in text.split(",")])
    if oid in _ISIL and isil.fits(text):
        return Compaction.APPLICATION, isil.pack(text)
    if oid in _ONE_OCTET:
        return Compaction.OCTETS, _hexadecimal(text)
    compaction = Compaction.UTF_8 if oid in _TEXT else choose(text)
    return compaction, pack(compaction, text)


def _bitmap(oids: list[int]) -> bytes:
    if min(oids) < OWNER:
        raise Misuse("the item number and the content parameter are written by themselves")
    octets = bytearray((max(oids) - OWNER) // 8 + 1)
    for oid in oids:
        octets[(oid - OWNER) // 8] |= 0x80 >> (oid - OWNER) % 8
    return bytes(octets)


def _hexadecimal(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Misuse(f"no hexadecimal digits: {text!r}") from None
