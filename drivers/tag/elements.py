"""One data element of ISO 28560-2: its value as text, and as octets under a compaction.

OID 2               content parameter: a bitmap of the OIDs that follow, its first bit stands for 3
OID 3, 11           an ISIL, in its own code (compaction 0)
OID 5, 19, 20       one octet, told in two hexadecimal digits (compaction 6)
OID 7, 17           always UTF-8, so that no reader has to guess
others              the first compaction that fits
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.errors import Misuse
from drivers.tag import isil
from drivers.tag.compaction import Compaction, choose, pack, unpack

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
_UTF_8 = {ONIX_MEDIA_FORMAT, TITLE}


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
    compaction: Compaction | None = None
    """How it was written; None: as the table above says."""


def value_text(oid: int, compaction: Compaction, octets: bytes) -> str:
    """What the octets of an element say.

    Raises:
        Misbehaved: octets that break their compaction.
    """
    if oid == CONTENT_PARAMETER:
        return ",".join(str(each) for each in _present(octets))
    if compaction is Compaction.APPLICATION and oid in _ISIL:
        return isil.unpack(octets)
    if compaction is Compaction.OCTETS and oid in _ONE_OCTET:
        return octets.hex().upper()
    return unpack(compaction, octets)


def value_octets(element: Element) -> tuple[Compaction, bytes]:
    """The compaction and the octets of an element.

    Raises:
        Misuse: a text that has no place there.
    """
    oid, text = element.oid, element.text
    if oid == CONTENT_PARAMETER:
        return element.compaction or Compaction.APPLICATION, _bitmap(text)
    compaction = _usual(oid, text) if element.compaction is None else element.compaction
    if not text and element.compaction is not None:
        return compaction, b""
    if compaction is Compaction.APPLICATION and oid in _ISIL:
        return compaction, isil.pack(text)
    if compaction is Compaction.APPLICATION or (compaction is Compaction.OCTETS and oid in _ONE_OCTET):
        return compaction, _hexadecimal(text)
    return compaction, pack(compaction, text)


def _usual(oid: int, text: str) -> Compaction:
    if oid in _ISIL and isil.fits(text):
        return Compaction.APPLICATION
    if oid in _ONE_OCTET:
        return Compaction.OCTETS
    return Compaction.UTF_8 if oid in _UTF_8 else choose(text)


def _present(octets: bytes) -> Iterator[int]:
    for at, octet in enumerate(octets):
        for bit in range(8):
            if octet & 0x80 >> bit:
                yield OWNER + 8 * at + bit


def _bitmap(text: str) -> bytes:
    try:
        places = [int(each) - OWNER for each in text.split(",")] if text else []
    except ValueError:
        raise Misuse(f"no list of OIDs: {text!r}") from None
    if min(places, default=0) < 0:
        raise Misuse("the item number and the content parameter are written by themselves")
    octets = bytearray(max(places, default=-1) // 8 + 1)
    for place in places:
        octets[place // 8] |= 0x80 >> place % 8
    return bytes(octets)


def _hexadecimal(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Misuse(f"no hexadecimal digits: {text!r}") from None


MAX_PARTS = 999
"""Of a set: its information has six digits at most."""


def set_text(parts: int, part: int) -> str:
    """Set information: 12 and 3 → "1203"; both numbers as long as the first.

    Raises:
        Misuse: more parts than three digits count.
    """
    if parts > MAX_PARTS:
        raise Misuse(f"a set of {parts} parts; {MAX_PARTS} are the most")
    return f"{parts}{part:0{len(str(parts))}}"


def set_numbers(text: str) -> tuple[int, int] | None:
    """Parts and part of a set information of 2, 4 or 6 digits; None for anything else."""
    half = len(text) // 2
    if not (text.isascii() and text.isdigit() and len(text) in {2, 4, 6}):
        return None
    parts, part = int(text[:half]), int(text[half:])
    return (parts, part) if 1 <= part <= parts else None


def usage_octet(text: str) -> int | None:
    """The octet of a type of usage in two hexadecimal digits; None for anything else."""
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        octets = b""
    return octets[0] if len(octets) == 1 else None
