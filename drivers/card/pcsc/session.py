"""What is asked of one card, until its octets are there. Sans I/O but for the card's own `transmit`.

- Every question is answered, or the card is `Misbehaved`: who reads may begin again with it.
- The site's key is handed to the reader anew with each card: a reader that lost its power lost it.
"""

from __future__ import annotations

from drivers.card.pcsc.messages import (
    BLOCK_OCTETS,
    GET_ATS,
    GET_UID,
    RANDOM_UID,
    SLOTS,
    UID_LENGTHS,
    Status,
    authenticate,
    load_key,
    read_block,
    response,
)
from drivers.card.pcsc.settings import Sector
from drivers.card.pcsc.terminal import Card
from drivers.errors import Misbehaved, Unsupported


def uid(card: Card) -> bytes:
    """The card's own number.

    Raises:
        Unsupported: a UID that is another one each time.
        Misbehaved, Gone: as `Card.transmit`; no UID.
    """
    octets = _ask(card, GET_UID, "no UID")
    if len(octets) not in UID_LENGTHS:
        raise Misbehaved(f"a UID of {len(octets)} octets")
    if len(octets) == UID_LENGTHS[0] and octets[0] == RANDOM_UID:
        raise Unsupported("a UID that is another one each time, as phones have")
    return octets


def ats(card: Card) -> bytes:
    """The answer to select of an ISO 14443-4 card, whose historical bytes may hold a number.

    Raises:
        Unsupported: the card has none.
        Misbehaved, Gone: as `Card.transmit`.
    """
    return _ask(card, GET_ATS, "no ATS")


def sector(card: Card, place: Sector, key: bytes) -> bytes:
    """The octets of some blocks of a MIFARE Classic card.

    Raises:
        Unsupported: no such card, or another key than the site's.
        Misbehaved, Gone: as `Card.transmit`.
    """
    slot = _load(card, key)
    _ask(card, authenticate(place.block, place.key, slot), "another key than the site's")
    return b"".join(_block(card, block) for block in range(place.block, place.block + place.blocks))


def _block(card: Card, block: int) -> bytes:
    octets = _ask(card, read_block(block), f"block {block} cannot be read")
    if len(octets) != BLOCK_OCTETS:
        raise Misbehaved(f"a block of {len(octets)} octets")
    return octets


def _load(card: Card, key: bytes) -> int:
    """Hand over the key; the slot that took it."""
    for slot in SLOTS:
        if response(card.transmit(load_key(slot, key))).status == Status.OK:
            return slot
    raise Unsupported("the reader takes no key")


def _ask(card: Card, command: bytes, refusal: str) -> bytes:
    answer = response(card.transmit(command))
    if answer.status == Status.OK:
        return answer.data
    raise Unsupported(f"{refusal} ({answer.status:04X})", status=answer.status)
