"""高校联盟 CULTU, the UHF model of Chinese university libraries (guide v4).

    EPC    bit 7        security: 1 lent                         user bank   6 bits OID, 10 bits length | data
    octet  6-5          reserved                                             0000 ends it
      0    4-0          sorting
      1    7-6          coding: 00 96 bits, 01 128, 10 144 as it is
           5-0          version - 1
     2, 3  bits 15-0    content index: what the user bank holds, `INDEX`
     4 …                item number: `drivers.tag.cultu_item`

The user bank says what is in it by itself; two vendors wrote the octets of the index in the other order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import cultu_item, gen2, oids
from drivers.tag.cultu_item import Coding
from drivers.tag.gen2 import EpcBank
from drivers.tag.reading import Model, Reading

MODEL: Model = "cultu"
INDEX = (3, 4, 5, 6, 11, 12, 14, 15, 16, 24, 26, 27, 28, 29, 30, 31)
"""Bit 0, 1, … of the content index: the OIDs of the user bank."""
HEAD = 4
OWNER, SET, USAGE, BORROWER = 3, 4, 5, 11
_NAMED = {3, 4, 5, 6, 11, 12}
"""OIDs that mean the same as in ISO 28560-1; the others are told by their numbers."""
_LENGTH_BITS = 10
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The first four octets of the EPC."""

    lent: bool = False
    reserved: int = 0
    sorting: int = 0
    coding: int = Coding.BITS_96
    version: int = 3
    """As it stands there: version 4 is 3."""
    index: int = 0

    @classmethod
    def of(cls, octets: bytes) -> Head:
        first, second = octets[0], octets[1]
        index = int.from_bytes(octets[2:HEAD])
        return cls(bool(first & 0x80), first >> 5 & 3, first & 31, second >> 6, second & 63, index)

    def __bytes__(self) -> bytes:
        first = 0x80 * self.lent | self.reserved << 5 | self.sorting
        return bytes([first, self.coding << 6 | self.version]) + self.index.to_bytes(2)


def code(oid: int) -> str:
    """What an element of the user bank is called."""
    return oids.code(oid) if oid in _NAMED else str(oid)


def present(index: int) -> tuple[int, ...]:
    """The OIDs of a content index."""
    return tuple(oid for bit, oid in enumerate(INDEX) if index >> bit & 1)


# ---------------------------------------------------------------- reading
def read(bank: EpcBank, user: bytes = b"") -> Reading | None:
    """What both banks say; None where length or characters of the item number cannot be of this model."""
    try:
        reading = _read(bank, user)
    except Misbehaved:
        return None
    content = reading.content
    return reading if content and cultu_item.fits(Head.of(bank.code).coding, content.item) else None


def salvage(bank: EpcBank, user: bytes = b"") -> Reading:
    """What can be told of a tag that is known to be of this model."""
    try:
        return _read(bank, user)
    except Misbehaved as cause:
        return Reading(MODEL, None, {}, (*bank.warnings, cause.text))


def read_user(user: bytes) -> Reading | None:
    """What the user bank says by itself; None where it is not of this model."""
    elements, warnings = _user(user)
    known = elements.keys() <= {code(oid) for oid in INDEX} and elements
    return Reading(MODEL, None, elements, warnings) if known and not warnings else None


def _read(bank: EpcBank, user: bytes) -> Reading:
    if len(bank.code) < HEAD + cultu_item.SHORTEST_OCTETS:
        raise Misbehaved(f"an EPC of {len(bank.code)} octets", frame=bank.code)
    head = Head.of(bank.code)
    item = cultu_item.decode(head.coding, bank.code[HEAD:])
    elements, odd = _user(user)
    parts, part = _set(elements.get(code(SET), ""))
    warnings = bank.warnings + odd
    content = TagContent(item, elements.get(code(OWNER), ""), parts, part, MODEL, warnings=warnings)
    told = {
        "PII": item,
        "security": "lent" if head.lent else "in stock",
        "reserved": str(head.reserved),
        "sorting": str(head.sorting),
        "coding": str(head.coding),
        "version": str(head.version),
        "CP": ",".join(str(oid) for oid in _index(head.index, elements)),
    }
    known = bool(item) and item.isprintable()
    return Reading(MODEL, content if known else None, told | elements, warnings)


def _index(index: int, elements: Mapping[str, str]) -> tuple[int, ...]:
    """The OIDs of a content index, its octets in the order in which it tells what the user bank holds."""
    swapped = present(int.from_bytes(index.to_bytes(2, "little")))
    return swapped if elements and {code(oid) for oid in swapped} == set(elements) else present(index)


def _user(octets: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """The elements of the user bank, and what was odd."""
    elements: dict[str, str] = {}
    at = 0
    while (head := int.from_bytes(octets[at : at + _PAIR])) and at + _PAIR <= len(octets):
        oid, length = head >> _LENGTH_BITS, head & (1 << _LENGTH_BITS) - 1
        value = octets[at + _PAIR : at + _PAIR + length]
        if not oid or len(value) < length:
            return elements, (f"user octet {at}: element {oid} of {length} octets reaches beyond the memory",)
        try:
            elements.setdefault(code(oid), _value(oid).read(value) if value else "")
        except Misbehaved as cause:
            return elements, (f"user octet {at}: {cause.text}",)
        at += _PAIR + length
    return elements, ()


def _set(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    parts, part = (int(each) if each.isdigit() else 1 for each in (total, number))
    return (parts, part) if 1 <= part <= parts else (1, 1)


# ---------------------------------------------------------------- writing
def encode(
    content: TagContent, user: dict[int, str] | None = None, *, lent: bool = False, sorting: int = 0
) -> tuple[EpcBank, bytes]:
    """EPC bank and user bank of a book: owner and set of `content`, and what else the user bank shall hold.

    Raises:
        Misuse: an item number that no coding holds, an OID that the model lacks, a value of another shape.
    """
    values = dict(user or {})
    if content.owner:
        values[OWNER] = content.owner
    if content.parts > 1:
        values[SET] = f"{content.part}/{content.parts}"
    if not values.keys() <= set(INDEX) or not 0 <= sorting < 1 << 5:
        raise Misuse(f"no place for elements {sorted(values)}, sorting {sorting}")
    coding = cultu_item.choose(content.item)
    index = sum(1 << bit for bit, oid in enumerate(INDEX) if oid in values)
    head = Head(lent, 0, sorting, coding, index=index)
    code = bytes(head) + cultu_item.encode(coding, content.item)
    octets = b"".join(_element(oid, values[oid]) for oid in INDEX if oid in values)
    return gen2.bank(code, user_memory=bool(octets)), octets + bytes(len(octets) % gen2.WORD)


def _element(oid: int, text: str) -> bytes:
    try:
        value = _value(oid).write(text)
    except (ValueError, OverflowError):
        raise Misuse(f"element {oid} cannot say {text!r}") from None
    if len(value) >> _LENGTH_BITS:
        raise Misuse(f"element {oid} has {len(value)} octets")
    return (oid << _LENGTH_BITS | len(value)).to_bytes(_PAIR) + value


# ---------------------------------------------------------------- values of the user bank
@dataclass(frozen=True, slots=True)
class _Value:
    read: Callable[[bytes], str]
    """Raises Misbehaved."""
    write: Callable[[str], bytes]
    """Raises ValueError or OverflowError."""


def _pair(octets: bytes) -> bytes:
    if len(octets) != _PAIR:
        raise Misbehaved(f"{len(octets)} octets where two were expected", frame=octets)
    return octets


def _university(octets: bytes) -> str:
    """Five digits; a leading 9, which two octets cannot hold, is stored as 6."""
    digits = f"{int.from_bytes(_pair(octets)):05}"
    return "9" + digits[1:] if digits[0] == "6" else digits


def _university_octets(text: str) -> bytes:
    if not (text.isascii() and text.isdigit() and len(text) == 5) or text[0] in "678":  # noqa: PLR2004 - digits
        raise ValueError
    return int("6" + text[1:] if text[0] == "9" else text).to_bytes(_PAIR)


def _volume(octets: bytes) -> str:
    """Number and total, which is stored first: 00 03 00 01 is the first of three."""
    if len(octets) != 2 * _PAIR:
        raise Misbehaved(f"{len(octets)} octets where four were expected", frame=octets)
    return f"{int.from_bytes(octets[_PAIR:])}/{int.from_bytes(octets[:_PAIR])}"


def _volume_octets(text: str) -> bytes:
    number, total = text.split("/")
    return int(total).to_bytes(_PAIR) + int(number).to_bytes(_PAIR)


def _usage(octets: bytes) -> str:
    """Category and status."""
    category, status = _pair(octets)
    return f"{category}.{status}"


def _usage_octets(text: str) -> bytes:
    category, _, status = text.partition(".")
    return bytes([int(category), int(status or "0")])


def _utf_8(octets: bytes) -> str:
    try:
        return octets.decode().rstrip("\0")
    except UnicodeDecodeError:
        raise Misbehaved("no UTF-8", frame=octets) from None


_UNIVERSITY = _Value(_university, _university_octets)
_VALUES = {
    OWNER: _UNIVERSITY,
    BORROWER: _UNIVERSITY,
    SET: _Value(_volume, _volume_octets),
    USAGE: _Value(_usage, _usage_octets),
}
_TEXT = _Value(_utf_8, str.encode)


def _value(oid: int) -> _Value:
    return _VALUES.get(oid, _TEXT)
