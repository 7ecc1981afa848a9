"""Any banks to everything that reads UHF tags; a text that was read is written and read again."""

from __future__ import annotations

from contextlib import suppress

from drivers.errors import Misbehaved, Misuse
from drivers.tag import cultu, cultu_item, iso28560_4, urn40
from drivers.tag.detect import SALVAGE_UHF, epc_bank, read_epc
from tests.drivers.tag import vectors

SEEDS = [
    bytes.fromhex(param.values[0].hexadecimal.replace("|", ""))
    for param in vectors.of("cultutag", "uhfblank", "gbepc", "gbuser", "urn40", "cultu96", "cultu128")
]


def feed(octets: bytes) -> None:
    cut = octets[0] % 40 if octets else 0
    for epc in (octets[:cut], octets[:62]):
        with suppress(Misbehaved):
            bank = epc_bank(epc)
            reading = read_epc(bank, octets[cut:])
            assert reading.content is None or reading.content.item
            for salvage in SALVAGE_UHF.values():
                salvage(bank, octets[cut:])
    cultu.read_user(octets)
    iso28560_4.read_user(octets)
    for coding in (0, 1, 2, 3):
        with suppress(Misbehaved):
            cultu_item.decode(coding, octets)
    with suppress(Misbehaved, Misuse):
        text = urn40.decode(octets[:60])
        assert urn40.decode(urn40.encode(text)) == text
