"""Any memory to everything that reads HF tags: detection, ISO 28560-3 with its extensions, 3M, both block orders."""

from __future__ import annotations

from contextlib import suppress

from drivers.errors import Misbehaved
from drivers.tag import extension
from drivers.tag.detect import SALVAGE_HF, decode, read, read_user
from drivers.tag.iso15693 import system_information
from drivers.tag.iso28560_3 import crc16
from tests.drivers.tag import vectors

SEEDS = [
    *(param.values[0].octets for param in vectors.of("hf3", "hf3sys", "3mtag", "hf2")),
    extension.encode(extension.Extension(4, ("漂流", "II"))),
]


def feed(octets: bytes) -> None:
    reading = read(octets)
    assert reading.content is None or reading.content.item
    assert decode(octets, 8) is None or decode(octets, 8).item
    read_user(octets)
    for salvage in SALVAGE_HF.values():
        salvage(octets)
    block = bytearray(octets[:34].ljust(34, b"\0"))  # with a CRC that fits, the rest is reached
    block[19:21] = crc16(bytes(block[:19] + block[21:]).ljust(32, b"\0")).to_bytes(2, "little")
    read(bytes(block) + octets[34:])
    extension.parse(octets)
    with suppress(Misbehaved):
        system_information(octets)
