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

from dataclasses import dataclass

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import isil, oids
from drivers.tag.compaction import Compaction
from drivers.tag.elements import (
    ALTERNATIVE_OWNER,
    OWNER,
    PRIMARY_ITEM,
    SET_INFORMATION,
    TYPE_OF_USAGE,
    Element,
    set_numbers,
    set_text,
    usage_octet,
    value_text,
)
from drivers.tag.layout import BLOCK_OCTETS, LONG_OID, MAX_VALUE, OFFSET, Layout, lay_out
from drivers.tag.reading import Model, Reading

MODEL: Model = "iso28560-2"


@dataclass(frozen=True, slots=True)
class Stream:
    """The elements that could be read, and what was odd."""

    elements: tuple[Element, ...]
    warnings: tuple[str, ...]

    def text(self, oid: int) -> str:
        """What the first element of this OID says; empty where there is none."""
        return next((each.text for each in self.elements if each.oid == oid), "")


# ---------------------------------------------------------------- reading
def read(memory: bytes) -> Reading | None:
    """What a tag of this model says; None where the memory does not begin with an item number."""
    stream = parse(memory)
    if not stream.elements or stream.elements[0].oid != PRIMARY_ITEM:
        return None
    reading = told(stream, MODEL)
    return reading if reading.content else None


def salvage(memory: bytes) -> Reading:
    """What can be told of a tag that is known to be of this model."""
    return told(parse(memory), MODEL)


def told(stream: Stream, model: Model, item: str = "", owner: str = "") -> Reading:
    """A stream as every model tells it; item number and owner where they stand elsewhere."""
    item = item or stream.text(PRIMARY_ITEM).rstrip("\0").strip()
    numbers = set_numbers(stream.text(SET_INFORMATION))
    warnings = stream.warnings + _oddities(stream)
    content = TagContent(
        item=item,
        owner=owner or stream.text(OWNER) or stream.text(ALTERNATIVE_OWNER),
        parts=numbers[0] if numbers else 1,
        part=numbers[1] if numbers else 1,
        model=model,
        usage=usage_octet(stream.text(TYPE_OF_USAGE)),
        warnings=warnings,
    )
    elements: dict[str, str] = {}
    for each in stream.elements:
        elements.setdefault(oids.code(each.oid), each.text)
    known = bool(item) and item.isprintable()
    return Reading(model, content if known else None, elements, warnings)


def _oddities(stream: Stream) -> tuple[str, ...]:
    """What is wrong with elements that can be read."""
    odd = []
    text = stream.text(SET_INFORMATION)
    if text and not set_numbers(text):
        odd.append(f"set information {text!r}")
    present = [each.oid for each in stream.elements]
    odd += [f"element {oid} stands twice" for oid in sorted(set(present)) if present.count(oid) > 1]
    return tuple(odd)


def parse(memory: bytes) -> Stream:
    """All elements up to the end of the stream, the end of memory, or the first without a right head.

    One whose data breaks its compaction is left out: its length still tells where the next begins.
    """
    elements: list[Element] = []
    warnings: list[str] = []
    at = 0
    while at < len(memory) and memory[at]:
        try:
            oid, compaction, octets, size, padding = _cut(memory[at : at + _MAX_HEAD + MAX_VALUE])
        except Misbehaved as cause:
            warnings.append(f"octet {at}: {cause.text}")
            break
        try:
            elements.append(Element(oid, value_text(oid, compaction, octets), compaction=compaction))
        except Misbehaved as cause:
            warnings.append(f"octet {at}: {cause.text}")
        at += size
        if any(memory[at : at + padding]):
            warnings.append(f"octet {at}: element {oid} has no zeros for its padding")
        else:
            at += padding
    return Stream(tuple(elements), tuple(warnings))


_MAX_HEAD = 4
"""Octets before the data."""


def _cut(octets: bytes) -> tuple[int, Compaction, bytes, int, int]:
    """The element that stands first: OID, compaction, data, its octets, and the padding that it promises.

    Raises:
        Misbehaved: it reaches beyond the memory.
    """
    take = iter(octets)
    try:
        precursor = next(take)
        oid = precursor & LONG_OID
        oid += next(take) if oid == LONG_OID else 0
        padding = next(take) if precursor & OFFSET else 0
        length = next(take)
    except StopIteration:
        raise Misbehaved("the memory ends within a header") from None
    begin = 2 + (oid >= LONG_OID) + bool(precursor & OFFSET)
    end = begin + length
    if end > len(octets):
        raise Misbehaved(f"element {oid} of {length} octets reaches beyond the memory")
    return oid, Compaction(precursor >> 4 & 7), octets[begin:end], end, padding


# ---------------------------------------------------------------- writing
def elements(content: TagContent) -> list[Element]:
    """The elements of a book, the item number locked."""
    made = [Element(PRIMARY_ITEM, content.item, locked=True)]
    if content.owner:
        made.append(Element(OWNER if isil.fits(content.owner) else ALTERNATIVE_OWNER, content.owner))
    if content.parts > 1:
        made.append(Element(SET_INFORMATION, set_text(content.parts, content.part)))
    if content.usage is not None:
        made.append(Element(TYPE_OF_USAGE, f"{content.usage:02X}"))
    return made


def encode(content: TagContent, block_octets: int = BLOCK_OCTETS) -> bytes:
    """The octets of a tag with this content, the item number locked, to the end of the last block.

    Raises:
        Misuse: a value that has no place in a tag.
    """
    return b"".join(arrange(elements(content), block_octets).blocks)


def arrange(wanted: list[Element], block_octets: int = BLOCK_OCTETS) -> Layout:
    """Elements in the blocks of a chip, the item number first.

    Raises:
        Misuse: no item number, an element twice, or a value that has no place in a tag.
    """
    present = [each.oid for each in wanted]
    if present[:1] != [PRIMARY_ITEM] or not wanted[0].text:
        raise Misuse("a tag begins with an item number")
    if len(present) != len(set(present)):
        raise Misuse("an element stands twice")
    return lay_out(wanted, block_octets)
