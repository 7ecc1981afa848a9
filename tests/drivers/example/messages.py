"""What an LS-2 light barrier says. Datasheet LS-2 rev. 3; 9600 8N1, ASCII, each line ends with CR.

    host  ?                         how many so far?
    unit  C eeeeeeee , llllllll     entered and left since it was made, decimal, wrap at 100,000,000
    host  V                         who are you?
    unit  V model , serial , firmware

The unit ends its lines with `*xx`, the XOR of all octets before the star, in hexadecimal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.errors import Misbehaved

END = b"\r"
MAX_LINE = 64
"""The longest line of the datasheet has 38 octets."""
ASK_TOTALS = b"?" + END
ASK_IDENTITY = b"V" + END
_TOTALS = re.compile(rb"C(\d{8}),(\d{8})")
_IDENTITY = re.compile(rb"V([\x21-\x2b\x2d-\x7e]{1,12}),(\w{1,8}),([\d.]{1,8})")


@dataclass(frozen=True, slots=True)
class Totals:
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Identity:
    model: str
    serial: str
    firmware: str

    def __str__(self) -> str:
        return f"{self.model} {self.serial}, firmware {self.firmware}"


def checksum(octets: bytes) -> bytes:
    """`*xx` of a line."""
    total = 0
    for octet in octets:
        total ^= octet
    return b"*%02X" % total


def parse(line: bytes) -> Totals | Identity:
    """One line of the unit without its end.

    Raises:
        Misbehaved: its checksum is wrong, or it is none of the datasheet's.
    """
    if line[-3:] != checksum(line[:-3]):
        raise Misbehaved("wrong checksum", frame=line)
    if found := _TOTALS.fullmatch(line[:-3]):
        return Totals(int(found[1]), int(found[2]))
    if found := _IDENTITY.fullmatch(line[:-3]):
        return Identity(*(part.decode("ascii") for part in found.groups()))
    raise Misbehaved("not a line of the datasheet", frame=line)
