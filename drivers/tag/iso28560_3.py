"""ISO 28560-3, the Danish model DS/INF 163-8: one basic block of fixed fields, and extension blocks behind it.

    octet  0       1       2      3 … 18        19, 20       21, 22     23 … 33
        +-------+-------+------+-------------+------------+---------+-------------+
        |v | use| parts | part | item number | CRC lo, hi | country | library     |
        +-------+-------+------+-------------+------------+---------+-------------+
          4 bits each            16, zero padded             2          11, zero padded

The CRC (CRC-16/CCITT-FALSE) covers octets 0-18 and 21-33, filled up with zeros to 32. A chip of 28
or 32 octets holds of the library what fits. Writers disagree on the order of parts and part; the
smaller is the part. Extension blocks: `drivers.tag.extension`.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.tag import extension
from drivers.tag.reading import Model, Reading, blank

MODEL: Model = "iso28560-3"
BLOCK_OCTETS = 34
SHORTEST_OCTETS = 23
"""Up to the country: less is no chip that this model was written for."""
VERSION = 1
DAMAGED_VERSIONS = (VERSION, 0, 9)
"""The two that a flipped bit makes of it and that ISO 28560-2 would read as another book."""
MAX_PARTS = 0xFF

_ITEM = slice(3, 19)
_CRC = slice(19, 21)
_COUNTRY = slice(21, 23)
_LIBRARY = slice(23, BLOCK_OCTETS)
_CHECKED_OCTETS = 32
_TEXT_OCTETS = 14
"""Of the 16 of an item number: two may be damaged. A stream of ISO 28560-2 has more that are no text."""


@dataclass(frozen=True, slots=True)
class BasicBlock:
    """The fields as they stand on the tag."""

    version: int
    usage: int
    """0 acquisition, 1 circulating, 2 not for loan, 7 discarded, 8 patron card."""
    parts: int
    part: int
    item: str
    crc: int
    country: str
    library: str

    def content(self, *, warnings: tuple[str, ...] = ()) -> TagContent:
        """The same as every model tells it."""
        parts, part = max(self.parts, self.part), min(self.parts, self.part)
        return TagContent(
            item=self.item,
            owner="-".join(filter(None, (self.country, self.library))),
            parts=parts or 1,
            part=part or 1,
            model=MODEL,
            usage=self.usage << 4,
            warnings=(() if part else (f"part {part} of {parts}",)) + warnings,
        )

    def elements(self) -> dict[str, str]:
        """The fields by their names."""
        return {
            "version": str(self.version),
            "usage": str(self.usage),
            "parts": str(self.parts),
            "part": str(self.part),
            "PII": self.item,
            "crc": f"{self.crc:04X}",
            "country": self.country,
            "library": self.library,
        }


# ---------------------------------------------------------------- the CRC
def _crc_row(index: int) -> int:
    crc = index << 8
    for _ in range(8):
        crc = crc << 1 & 0xFFFF ^ (0x1021 if crc & 0x8000 else 0)
    return crc


_CRC_TABLE = tuple(_crc_row(index) for index in range(256))


def crc16(octets: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, from FFFF, nothing reflected."""
    crc = 0xFFFF
    for octet in octets:
        crc = crc << 8 & 0xFFFF ^ _CRC_TABLE[crc >> 8 ^ octet]
    return crc


def checksum(memory: bytes) -> int:
    """The CRC that the basic block at the beginning of the memory should carry."""
    covered = memory[: _CRC.start] + memory[_CRC.stop : BLOCK_OCTETS]
    return crc16(covered.ljust(_CHECKED_OCTETS, b"\0"))


# ---------------------------------------------------------------- reading
def read(memory: bytes) -> Reading | None:
    """What a tag of this model says; None where the CRC does not fit or the item number is empty."""
    block = parse(memory)
    if not block or not _readable(block):
        return None
    extensions, odd = extension.parse(memory[BLOCK_OCTETS:])
    content = block.content(warnings=odd)
    return Reading(MODEL, content, block.elements() | extension.elements(extensions), content.warnings)


def damaged(memory: bytes) -> Reading:
    """A tag that looks like this model but whose item number is none, or is not to be trusted: its CRC does not fit."""
    block = _fields(memory)
    return Reading(MODEL, None, block.elements(), (_damage(memory, block),))


def salvage(memory: bytes) -> Reading:
    """What can be told of a tag that is known to be of this model, its CRC right or wrong."""
    if reading := read(memory):
        return reading
    block = _fields(memory)
    content = block.content(warnings=(_damage(memory, block),))
    return Reading(MODEL, content if _readable(block) else None, block.elements(), content.warnings)


def parse(memory: bytes) -> BasicBlock | None:
    """The basic block; None where its CRC does not fit."""
    if len(memory) < SHORTEST_OCTETS or int.from_bytes(memory[_CRC], "little") != checksum(memory):
        return None
    return _fields(memory)


def resembles(memory: bytes) -> bool:
    """Whether this may be a damaged basic block: its version, a text for an item number, a letter of a country."""
    text = sum(octet == 0 or 0x20 <= octet < 0x7F for octet in memory[_ITEM])  # noqa: PLR2004 - printable ASCII
    country = memory[_COUNTRY]
    named = any(ord("A") <= octet <= ord("Z") for octet in country) and not blank(country)
    version = memory[:1] != b"" and memory[0] >> 4 in DAMAGED_VERSIONS
    return version and text >= _TEXT_OCTETS and named


def _fields(memory: bytes) -> BasicBlock:
    memory = memory[:BLOCK_OCTETS].ljust(SHORTEST_OCTETS, b"\0")
    return BasicBlock(
        version=memory[0] >> 4,
        usage=memory[0] & 15,
        parts=memory[1],
        part=memory[2],
        item=_text(memory[_ITEM]),
        crc=int.from_bytes(memory[_CRC], "little"),
        country=_text(memory[_COUNTRY]),
        library=_text(memory[_LIBRARY]),
    )


def _readable(block: BasicBlock) -> bool:
    """Not where nothing stands for CRC and country: a short stream of ISO 28560-2, of which one in 65536 has a CRC of 0."""
    return bool(block.item) and block.item.isprintable() and bool(block.crc or block.country)


def _damage(memory: bytes, block: BasicBlock) -> str:
    if block.crc == checksum(memory):
        return "no item number that can be read"
    return f"the CRC is {block.crc:04X}, the octets make {checksum(memory):04X}"


# ---------------------------------------------------------------- writing
def encode(content: TagContent) -> bytes:
    """The basic block of 34 octets.

    Raises:
        Misuse: a value that is too long for its field, or not ASCII.
    """
    country, dash, library = content.owner.partition("-")
    if not dash:
        country, library = "", content.owner
    if not 1 <= content.part <= content.parts <= MAX_PARTS:
        raise Misuse(f"part {content.part} of {content.parts}")
    usage = 1 if content.usage is None else content.usage >> 4
    head = bytes([VERSION << 4 | usage, content.parts, content.part])
    block = (
        head + _field(content.item, _ITEM) + b"\0\0" + _field(country, _COUNTRY) + _field(library, _LIBRARY)
    )
    return block[: _CRC.start] + checksum(block).to_bytes(2, "little") + block[_CRC.stop :]


def _text(octets: bytes) -> str:
    return octets.decode("latin-1").rstrip("\0 ")


def _field(text: str, place: slice) -> bytes:
    width = place.stop - place.start
    if not text.isascii() or len(text) > width:
        raise Misuse(f"{text!r} is not {width} octets of ASCII")
    return text.encode().ljust(width, b"\0")
