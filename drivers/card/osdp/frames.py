"""OSDP frames, as far as they are no secret: what begins one, what ends it, what it is about. Pure.

    53 | address, the highest bit set in a reply | length (2, low octet first) | control | [security] | code | … | CRC

    security    length (1) | type (1) | …       where bit 3 of control is set; the code behind it is in the clear,
                                                what follows the code is not

The length counts from 53 to the end; where bit 2 of control is clear a checksum of one octet stands for the CRC.
Source: OSDP 2.2, 5.9 and annexes C and D.
"""

from __future__ import annotations

from drivers.card.osdp.messages import Identity

SOM, REPLY = 0x53, 0x80
"""A frame's first octet; the bit of the address that says reply."""
MARK = 0xFF
"""The line is held for a character before a frame."""
EVERYBODY = 0x7F
"""The address that all readers answer to; a reply bears it, too."""
HEAD_OCTETS, MIN_FRAME, CRC_OCTETS = 5, 7, 2
CRC_FOLLOWS, SECURED = 0x04, 0x08
ID, PDID, FMT = 0x61, 0x45, 0x51
"""A command, its reply, and a card told as characters."""
PDID_OCTETS = 12


def who(address: int) -> bytes:
    """The command ID with the sequence number 0, which begins anew whatever was before."""
    frame = bytes((SOM, address, 9, 0, CRC_FOLLOWS, ID, 0))
    return bytes((MARK,)) + frame + crc(frame).to_bytes(CRC_OCTETS, "little")


def reply_in(heard: bytes, address: int) -> bytes:
    """The first whole frame that can be the reply of this address; its CRC is not looked at."""
    begins = bytes((SOM, address | REPLY))
    start = heard.find(begins)
    while start >= 0:
        frame = heard[start:]
        length = int.from_bytes(frame[2:4], "little")
        if len(frame) >= HEAD_OCTETS and MIN_FRAME <= length <= len(frame):
            return frame[:length]
        start = heard.find(begins, start + 1)
    return b""


def code_of(frame: bytes) -> int:
    """What a whole frame is about: its command, its reply."""
    at = HEAD_OCTETS + (frame[HEAD_OCTETS] if frame[4] & SECURED else 0)
    return frame[at] if at < len(frame) else 0


def is_right(frame: bytes) -> bool:
    """Whether a whole frame has a CRC, and the right one."""
    said = int.from_bytes(frame[-CRC_OCTETS:], "little")
    return bool(frame[4] & CRC_FOLLOWS) and crc(frame[:-CRC_OCTETS]) == said


def identity_in(frame: bytes) -> Identity | None:
    """Who answers to ID; None: it is another reply.

    vendor (3) | model (1) | version (1) | serial number (4), low octet first | firmware (3)
    """
    if len(frame) != HEAD_OCTETS + 1 + PDID_OCTETS + CRC_OCTETS:
        return None
    if code_of(frame) != PDID or not is_right(frame):
        return None
    said = frame[HEAD_OCTETS + 1 :]
    return Identity(
        vendor=int.from_bytes(said[:3], "little"),
        model=said[3],
        version=said[4],
        serial=int.from_bytes(said[5:9], "little"),
        firmware=int.from_bytes(said[9:12], "big"),
    )


def crc(octets: bytes) -> int:
    """CRC-16: polynomial 0x1021, initially 0x1D0F (OSDP 2.2, annex C)."""
    value = 0x1D0F
    for octet in octets:
        value ^= octet << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value
