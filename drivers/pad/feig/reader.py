"""Which FEIG reader answers, and what it is good for: names, families, buffers (reply to [66]; H60301-3e, H20800-16e)."""

from __future__ import annotations

from enum import Enum

from drivers.errors import Unsupported
from drivers.pad.feig.codec import MAX_ADVANCED, MAX_STANDARD, FrameKind
from drivers.pad.feig.messages import ReaderInfo


class Family(Enum):
    """What the readers of a kind have in common."""

    LONG_RANGE = "LR"
    MID_RANGE = "MR"
    HAND_HELD = "PRH"
    CARD = "CPR"
    """Lists four tags in an inventory and no more (CPR.M02, Annex D2)."""
    UHF = "UHF"
    OTHER = ""


READERS: dict[int, tuple[str, Family]] = {
    41: ("ID ISC.LR200", Family.LONG_RANGE),
    42: ("ID ISC.LR2000", Family.LONG_RANGE),
    43: ("ID ISC.LR2500-B", Family.LONG_RANGE),
    44: ("ID ISC.LR2500-A", Family.LONG_RANGE),
    45: ("ID ISC.LR1002", Family.LONG_RANGE),
    50: ("ID ISC.MU02", Family.UHF),
    54: ("ID ISC.MRU102", Family.UHF),
    55: ("ID ISC.MRU200", Family.UHF),
    60: ("ID ISC.PRH101", Family.HAND_HELD),
    61: ("ID ISC.PRH101-U", Family.HAND_HELD),
    62: ("ID ISC.PRHD102", Family.HAND_HELD),
    63: ("ID ISC.PRH102", Family.HAND_HELD),
    64: ("ID ISC.PRH200", Family.HAND_HELD),
    71: ("ID ISC.PRH100-U", Family.HAND_HELD),
    72: ("ID ISC.PRH100", Family.HAND_HELD),
    73: ("ID ISC.MR100-U", Family.MID_RANGE),
    74: ("ID ISC.MR100", Family.MID_RANGE),
    75: ("ID ISC.MR200", Family.MID_RANGE),
    76: ("ID ISC.MR101", Family.MID_RANGE),
    77: ("ID ISC.MR102", Family.MID_RANGE),
    78: ("ID ISC.MR101-U", Family.MID_RANGE),
    80: ("ID CPR.M02", Family.CARD),
    81: ("ID CPR.02", Family.CARD),
    82: ("ID CPR40.xx-U", Family.CARD),
    83: ("ID CPR40.xx", Family.CARD),
    84: ("ID CPR50.xx", Family.CARD),
    85: ("ID CPR44.xx", Family.CARD),
    86: ("ID CPR30.xx", Family.CARD),
    87: ("ID CPR52.xx", Family.CARD),
    88: ("ID CPR.04-U", Family.CARD),
    89: ("ID CPR46.xx", Family.CARD),
    91: ("ID ISC.LRU1002", Family.UHF),
    92: ("ID ISC.LRU1000", Family.UHF),
    93: ("ID ISC.LRU2000", Family.UHF),
    94: ("ID ISC.LRU3000", Family.UHF),
    110: ("ID CPR20.xx", Family.CARD),
    111: ("ID CPR47.xx", Family.CARD),
    113: ("ID CPR60.xx", Family.CARD),
}
"""SW-TYPE → name and family, as the maker's own kit numbers them."""

CARD_TAGS = 4
"""Most tags that a card reader lists."""
WITHOUT_PRESENCE = frozenset({71, 72, 73, 74, 75, 76, 78})
"""Older than the PRESC bit: only an RF reset makes a tag new again."""
_SMALL_OCTETS = 128
"""Most octets of data in a reading of CPR and LR200 readers."""
_SMALL = frozenset({41}) | {number for number, (_, family) in READERS.items() if family is Family.CARD}
_OVERHEAD = 10
"""Of a reply: frame, status, DB-N and DB-SIZE, and one to spare, as the manual subtracts it."""
_WRITE_OVERHEAD = 21
"""Of a write request: frame, mode, UID, DB-ADR, DB-N and DB-SIZE."""


def family(info: ReaderInfo) -> Family:
    return READERS.get(info.software_type, ("", Family.OTHER))[1]


def identity(info: ReaderInfo) -> str:
    """`FEIG ID ISC.MR102, firmware 2.06`."""
    name = READERS.get(info.software_type, (f"type {info.software_type}", Family.OTHER))[0]
    return f"FEIG {name}, firmware {info.software_revision >> 8}.{info.software_revision & 0xFF:02d}"


def readable(info: ReaderInfo, kind: FrameKind, block_octets: int) -> int:
    """Blocks, each with its security octet, that one reply can bring."""
    octets = _frame(info.transmit_octets, kind) - _OVERHEAD
    if info.software_type in _SMALL:
        octets = min(octets, _SMALL_OCTETS)
    return max(1, octets // (block_octets + 1))


def writable(info: ReaderInfo, kind: FrameKind, block_octets: int) -> int:
    """Blocks that one request can carry."""
    return max(1, (_frame(info.receive_octets, kind) - _WRITE_OVERHEAD) // block_octets)


def refusal(info: ReaderInfo, *, few: bool) -> Unsupported | None:
    """Why this reader cannot watch over books; None where it can.

    Args:
        info: who it is.
        few: four tags at a time are enough.
    """
    if family(info) is Family.UHF:
        return Unsupported(f"{identity(info)} reads UHF tags; an HF reader was expected")
    if family(info) is Family.CARD and not few:
        return Unsupported(
            f"{identity(info)} lists at most {CARD_TAGS} tags at once: no reader for piles of books"
        )
    return None


def _frame(buffer: int, kind: FrameKind) -> int:
    """Octets of the longest frame; a reader that does not tell its buffer takes a standard one."""
    longest = MAX_STANDARD if kind == "standard" else MAX_ADVANCED
    return min(buffer or MAX_STANDARD, longest)
