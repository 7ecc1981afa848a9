"""The commands of PC/SC part 3 for contactless memory cards, as contactless readers know them. Pure.

    FF CA 00 00 00                       UID of 4, 7 or 10 octets                 Get Data
    FF CA 01 00 00                       ATS of an ISO 14443-4 card
    FF 82 00 slot 06 key                 hand the reader a key of 6 octets        Load Keys
    FF 86 00 00 05 01 00 block 60 slot   prove it to the card; 61 for key B       General Authenticate
    FF B0 00 block 10                    16 octets                                Read Binary

    MIFARE Classic     sectors 0 to 31: 4 blocks, from sector 32 on (4K): 16 blocks
                       the last block of each holds its keys and is never read

A response is data, SW1, SW2. Sources: PC/SC part 3, 3.2.2; ACS and HID manuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from drivers.errors import Misbehaved

KeyKind = Literal["A", "B"]

BLOCK_OCTETS = 16
KEY_OCTETS = 6
STATUS_OCTETS = 2
SLOTS = (0x00, 0x20)
"""Where readers keep a key until they lose power: most in slot 0, ACS ACR1281 in 20 and answers 63 00 to others."""
KEY_TYPE = {"A": 0x60, "B": 0x61}
LARGE_FROM = 128
"""First block of the sectors with 16 blocks."""
RANDOM_UID = 0x08
"""ISO 14443-3: a UID of 4 octets that begins so is another one each time; phones do it."""
UID_LENGTHS = (4, 7, 8, 10)
"""ISO 14443-3 single, double and triple size; ISO 15693 and FeliCa have 8."""


class Status(IntEnum):
    """SW1 and SW2."""

    OK = 0x9000
    FAILED = 0x6300
    """The key is wrong, the slot unknown, the block unreadable: the manuals do not tell them apart."""
    NOT_ALLOWED = 0x6982
    """No key was proven for this sector."""
    UNSUPPORTED = 0x6A81


@dataclass(frozen=True, slots=True)
class Response:
    """What a card, or the reader for it, answers."""

    data: bytes
    status: int
    """One of `Status`, or another that the maker knows."""


GET_UID = bytes.fromhex("FF CA 00 00 00")
GET_ATS = bytes.fromhex("FF CA 01 00 00")


def load_key(slot: int, key: bytes) -> bytes:
    """Hand the reader a key."""
    return bytes((0xFF, 0x82, 0x00, slot, KEY_OCTETS)) + key


def authenticate(block: int, kind: KeyKind, slot: int) -> bytes:
    """Prove the key in this slot to the sector of this block."""
    return bytes((0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, KEY_TYPE[kind], slot))


def read_block(block: int) -> bytes:
    """Read one block."""
    return bytes((0xFF, 0xB0, 0x00, block, BLOCK_OCTETS))


def response(octets: bytes) -> Response:
    """A response, taken apart.

    Raises:
        Misbehaved: too short for a status.
    """
    if len(octets) < STATUS_OCTETS:
        raise Misbehaved("a response without a status", frame=octets)
    return Response(octets[:-STATUS_OCTETS], int.from_bytes(octets[-STATUS_OCTETS:]))


def is_trailer(block: int) -> bool:
    """Whether this block holds the keys of its sector."""
    size = 4 if block < LARGE_FROM else 16
    return block % size == size - 1
