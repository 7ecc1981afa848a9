"""The EPC bank of a UHF tag (EPC Gen2, ISO 18000-63): CRC, protocol control word, then what identifies the item.

    +--------+----------------------------------------------------+---------------------+
    | CRC16  | PC: words (5) | UMI | XPC | toggle | AFI or attribute | EPC or UII …        |
    +--------+----------------------------------------------------+---------------------+
       2        bits 15-11      10     9      8         7-0           2 octets a word

UMI: the user bank is used. Toggle 1: the lower octet is an AFI and a UII follows, as ISO has it; 0: an EPC.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import Misbehaved, Misuse
from drivers.tag.iso28560_3 import crc16 as ccitt_false

WORD = 2
CRC_OCTETS = 2
MAX_WORDS = 31
_UMI, _XPC, _TOGGLE = 0x0400, 0x0200, 0x0100


def crc16(octets: bytes) -> int:
    """CRC-16 of Gen2: CRC-16/CCITT-FALSE, inverted."""
    return ccitt_false(octets) ^ 0xFFFF


@dataclass(frozen=True, slots=True)
class ProtocolControl:
    """The PC word."""

    words: int
    """Of EPC or UII."""
    user_memory: bool = False
    extended: bool = False
    iso: bool = False
    """The toggle bit."""
    attribute: int = 0
    """The AFI where `iso`, else EPC attribute bits."""

    @classmethod
    def of(cls, word: int) -> ProtocolControl:
        return cls(word >> 11, bool(word & _UMI), bool(word & _XPC), bool(word & _TOGGLE), word & 0xFF)

    def __int__(self) -> int:
        """The word."""
        flags = _UMI * self.user_memory | _XPC * self.extended | _TOGGLE * self.iso
        return self.words << 11 | flags | self.attribute


@dataclass(frozen=True, slots=True)
class EpcBank:
    """The bank without its CRC."""

    pc: ProtocolControl
    code: bytes
    """EPC or UII."""
    warnings: tuple[str, ...] = ()

    def __bytes__(self) -> bytes:
        """PC word and code, as a writer sends them: the tag makes the CRC itself."""
        return int(self.pc).to_bytes(WORD) + self.code


def bank(code: bytes, *, user_memory: bool, iso: bool = False, attribute: int = 0) -> EpcBank:
    """The bank that carries a code of whole words.

    Raises:
        Misuse: half a word, or more words than five bits count.
    """
    if len(code) % WORD or len(code) > MAX_WORDS * WORD:
        raise Misuse(f"a code of {len(code)} octets")
    pc = ProtocolControl(len(code) // WORD, user_memory, iso=iso, attribute=attribute)
    return EpcBank(pc, code)


def parse(octets: bytes) -> EpcBank:
    """The bank from its octets, with its CRC or without it: whichever the length in the PC word agrees with.

    Raises:
        Misbehaved: the length agrees with neither.
    """
    told = int.from_bytes(octets[:CRC_OCTETS])
    behind, plain = _from_pc(octets[CRC_OCTETS:]), _from_pc(octets)
    if behind and told == crc16(bytes(behind)):
        return behind
    if plain and not any(octets[len(bytes(plain)) :]):
        return plain
    if behind and not any(octets[CRC_OCTETS + len(bytes(behind)) :]):
        warning = f"the CRC is {told:04X}, the octets make {crc16(bytes(behind)):04X}"
        return EpcBank(behind.pc, behind.code, (warning,))
    raise Misbehaved("no protocol control word whose length fits", frame=octets)


def _from_pc(octets: bytes) -> EpcBank | None:
    """PC word and code; what stands behind them in the bank is left."""
    pc = ProtocolControl.of(int.from_bytes(octets[:WORD]))
    end = WORD + pc.words * WORD
    return EpcBank(pc, octets[WORD:end]) if pc.words and end <= len(octets) else None
