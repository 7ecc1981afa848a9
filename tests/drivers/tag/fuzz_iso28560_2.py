"""Any memory to the stream of ISO 28560-2 and its compactions; what was read is written again."""

from __future__ import annotations

from contextlib import suppress

from drivers.errors import Misbehaved, Misuse
from drivers.tag import isil
from drivers.tag.compaction import Compaction, unpack
from drivers.tag.iso28560_2 import parse, read, salvage
from drivers.tag.layout import stand
from tests.drivers.tag import vectors

SEEDS = [param.values[0].octets for param in vectors.of("hf2", "hf2real", "hf2bad")]


def feed(octets: bytes) -> None:
    reading = read(octets)
    assert reading is None or (reading.content and reading.content.item)
    salvage(octets)
    for element in parse(octets).elements:
        with suppress(Misuse):  # a text that no careful writer writes
            stand(element, 0, 4)
    for compaction in Compaction:
        with suppress(Misbehaved):
            unpack(compaction, octets[:40])
    with suppress(Misbehaved):
        isil.unpack(octets[:40])
