"""ISO 28560-4 (GB/T 35660.3-2021): a UHF tag whose EPC bank names owner and item, its user bank the rest.

    EPC bank    PC word: toggle 1, AFI 07 in stock or C2 lent | UII = "owner.item" in URN Code 40
    user bank   DSFID 06 | the elements of ISO 28560-2, without the item number

The AFI stands in the PC word: to secure a book is to rewrite that one word, and a gate decides from
the EPC reply alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import gen2, iso28560_2, urn40
from drivers.tag.elements import CONTENT_PARAMETER, PRIMARY_ITEM, Element
from drivers.tag.gen2 import EpcBank
from drivers.tag.layout import stand
from drivers.tag.reading import Model, Reading

MODEL: Model = "iso28560-4"
DSFID = 0x06


def read(bank: EpcBank, user: bytes = b"") -> Reading | None:
    """What both banks say; None where the UII is no text of this model."""
    reading = salvage(bank, user)
    return reading if reading.content else None


def salvage(bank: EpcBank, user: bytes = b"") -> Reading:
    """What can be told of a tag that is known to be of this model."""
    try:
        uii, odd = urn40.decode(bank.code), bank.warnings
    except Misbehaved as cause:
        uii, odd = "", (*bank.warnings, cause.text)
    owner, dot, item = uii.partition(".")
    owner, item = (owner, item) if dot else ("", uii)
    stream = iso28560_2.parse(user[1:] if user[:1] == bytes([DSFID]) else user)
    told = iso28560_2.told(replace(stream, warnings=odd + stream.warnings), MODEL, item, owner)
    head = {"UII": uii, "AFI": f"{bank.pc.attribute:02X}"}
    return replace(told, elements=head | dict(told.elements))


def read_user(user: bytes) -> Reading | None:
    """What the user bank says by itself: everything but the item; None where it is not of this model."""
    if user[:1] != bytes([DSFID]):
        return None
    stream = iso28560_2.parse(user[1:])
    if not stream.elements or stream.elements[0].oid not in {PRIMARY_ITEM, CONTENT_PARAMETER}:
        return None
    return iso28560_2.told(stream, MODEL)


def encode(content: TagContent, afi: int, *, user_memory: bool) -> EpcBank:
    """The EPC bank of a book.

    Args:
        content: its item and owner; the rest stands in the user bank.
        afi: in stock or lent, `drivers.tag.security`.
        user_memory: the user bank is written too.

    Raises:
        Misuse: an owner with a full stop, a character without URN Code 40, or both are too long for the bank.
    """
    if "." in content.owner:
        raise Misuse(f"an owner without a full stop was expected, not {content.owner!r}")
    plain = not content.owner and "." not in content.item
    uii = content.item if plain else f"{content.owner}.{content.item}"
    return gen2.bank(urn40.encode(uii), user_memory=user_memory, iso=True, attribute=afi)


def encode_user(elements: Sequence[Element]) -> bytes:
    """The user bank with these elements, of which none is the item number, in whole words.

    Raises:
        Misuse: a text that no compaction holds.
    """
    octets = bytes([DSFID])
    present = ",".join(str(each.oid) for each in elements)
    for element in (Element(CONTENT_PARAMETER, present), *elements) if elements else ():
        octets += stand(element, len(octets))
    return octets + bytes(-len(octets) % gen2.WORD)
