"""Contactless cards as a PC/SC reader shows them: commands in, responses out. No I/O.

Answers what `drivers.card.pcsc.messages` asks: UID, ATS, and sectors of a MIFARE Classic 1K behind their keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue

from drivers.card.pcsc.messages import BLOCK_OCTETS, KEY_OCTETS, KEY_TYPE, KeyKind, Status, is_trailer

CLASSIC_1K = bytes.fromhex("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A")
"""The ATR that readers make up for a MIFARE Classic 1K (PC/SC part 3, 3.1.3.2.3)."""
SECTOR_BLOCKS = 4
BLOCKS = 64
EMPTY = bytes(BLOCK_OCTETS)
OK = Status.OK.to_bytes(2)


@dataclass
class VirtualCard:
    """One card. The reader's memory of keys is here too: there is one card a reader."""

    uid: bytes = bytes.fromhex("04A1B2C3")
    ats: bytes = b""
    """Empty: no ISO 14443-4 card."""
    blocks: Mapping[int, bytes] = field(default_factory=dict)
    """Those that are written, 16 octets each."""
    keys: Mapping[tuple[int, KeyKind], bytes] = field(default_factory=dict)
    """By sector and kind."""
    slot: int = 0x00
    """Where the reader takes keys; others it refuses."""
    atr: bytes = CLASSIC_1K
    asked: SimpleQueue[bytes] = field(default_factory=SimpleQueue)
    """Every command that it was given."""
    _loaded: bytes = b""
    _proven: int | None = None
    """The sector whose key was proven."""

    def reset(self) -> None:
        """Power off and on."""
        self._proven = None

    def answer(self, command: bytes) -> bytes:
        """Data, SW1, SW2."""
        self.asked.put(command)
        match tuple(command[:4]):
            case (0xFF, 0xCA, 0x00, 0x00):
                return self.uid + OK
            case (0xFF, 0xCA, 0x01, 0x00):
                return self.ats + OK if self.ats else _refused(Status.UNSUPPORTED)
            case (0xFF, 0x82, 0x00, slot):
                return self._load(slot, command[5:])
            case (0xFF, 0x86, 0x00, 0x00):
                return self._authenticate(command[5:])
            case (0xFF, 0xB0, 0x00, block):
                return self._read(block)
            case (0xFF, 0x00, 0x40, _):
                return OK
        return _refused(Status.UNSUPPORTED)

    def _load(self, slot: int, key: bytes) -> bytes:
        if slot != self.slot or len(key) != KEY_OCTETS:
            return _refused(Status.FAILED)
        self._loaded = key
        return OK

    def _authenticate(self, asked: bytes) -> bytes:
        _, _, block, kind, slot = asked
        named: KeyKind = "A" if kind == KEY_TYPE["A"] else "B"
        sector = block // SECTOR_BLOCKS
        fits = slot == self.slot and self._loaded == self.keys.get((sector, named))
        self._proven = sector if fits else None
        return OK if fits else _refused(Status.FAILED)

    def _read(self, block: int) -> bytes:
        if block // SECTOR_BLOCKS != self._proven or is_trailer(block) or block >= BLOCKS:
            return _refused(Status.NOT_ALLOWED)
        return self.blocks.get(block, EMPTY) + OK


def _refused(status: Status) -> bytes:
    return status.to_bytes(2)
