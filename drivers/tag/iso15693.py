"""What every ISO 15693 tag has: a UID, and system information.

Get System Information, the tag's answer:
+-------+----------+---------+-------+---------------------+---------+
| flags | UID      | [DSFID] | [AFI] | [blocks-1, octets-1]| [IC ref]|
+-------+----------+---------+-------+---------------------+---------+
1      8, LSB first  bit 0   bit 1          bit 2            bit 3   of the flags: field is there
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.errors import Misbehaved, Misuse

UID_OCTETS = 8

_UID = re.compile(r"E0[0-9A-F]{14}")


def uid_text(octets: bytes) -> str:
    """16 upper-case hexadecimal digits, most significant octet first."""
    return octets.hex().upper()


def uid_octets(text: str) -> bytes:
    """The octets of a UID, most significant first.

    Raises:
        Misuse: not 16 upper-case hexadecimal digits that begin with E0.
    """
    if not _UID.fullmatch(text):
        raise Misuse(f"no UID: {text!r}")
    return bytes.fromhex(text)


@dataclass(frozen=True, slots=True)
class SystemInformation:
    """What a tag says of itself; None where it is silent."""

    flags: int
    uid: str
    dsfid: int | None = None
    afi: int | None = None
    blocks: int | None = None
    block_octets: int | None = None
    ic_reference: int | None = None


def system_information(octets: bytes) -> SystemInformation:
    """Parse the tag's answer, without the leading response flags and the CRC.

    Raises:
        Misbehaved: shorter than its flags say.
    """
    take = iter(octets)
    try:
        flags = next(take)
        uid = bytes([next(take) for _ in range(UID_OCTETS)])[::-1]
        dsfid = next(take) if flags & 1 else None
        afi = next(take) if flags & 2 else None
        blocks, size = (next(take) + 1, (next(take) & 0x1F) + 1) if flags & 4 else (None, None)
        reference = next(take) if flags & 8 else None
    except StopIteration:
        raise Misbehaved("system information cut short", frame=octets) from None
    return SystemInformation(flags, uid_text(uid), dsfid, afi, blocks, size, reference)
