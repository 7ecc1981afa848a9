"""What lies in a reader's field, and how long the air takes (ISO 15693-2 and -3; fc = 13.56 MHz).

    request, 1 out of 4            SOF 75.52 µs, 302.08 µs an octet, EOF 37.76 µs
    answer, one subcarrier, fast   SOF 151.04 µs, 302.08 µs an octet, EOF 151.04 µs
    t1  end of request → answer    4352/fc = 320.9 µs
    t2  end of answer → request    4192/fc = 309.2 µs
    t3  empty slot → next EOF      t1 max + SOF = 474.3 µs

All times here are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

MEMORY_OCTETS = 112
"""28 blocks of 4: an ICODE SLIX, the tag that most library books wear."""

T1_MS = 4352 / 13560
T2_MS = 4192 / 13560
T3_MS = 0.4743
EOF_MS = 0.03776
OCTET_MS = 0.30208
REQUEST_SOF_MS = 0.07552
ANSWER_FRAME_MS = 0.30208
SLOTS = 16
SLOT_BITS = 4
UID_BITS = 64

INVENTORY_REQUEST_OCTETS = 5
"""Flags, command, mask length, CRC; the mask itself comes on top."""
INVENTORY_ANSWER_OCTETS = 12
ADDRESSED_OCTETS = 12
"""Flags, command, UID, CRC."""
PLAIN_ANSWER_OCTETS = 3
"""Flags, CRC."""
SYSTEM_ANSWER_OCTETS = 17
EAS_ALARM_OCTETS = 5
"""Flags, command, manufacturer, CRC; a UID comes on top."""
EAS_ANSWER_OCTETS = 35
"""The sequence of 256 bits by which an ICODE answers an EAS alarm; flags, CRC."""
PROGRAMMING_MS = 4.6
"""Time in which the chip writes its memory; the standard allows 20 ms."""


@dataclass(slots=True)
class EmulatedTag:
    """A tag and its memory. Changed by the reader that writes it, read by whoever draws it."""

    uid: str
    """16 upper-case hexadecimal digits, E0… first."""
    memory: bytearray = field(default_factory=lambda: bytearray(MEMORY_OCTETS))
    """In the tag's own order, a whole number of blocks."""
    afi: int = 0x07
    dsfid: int = 0x06
    eas: bool = True
    block_octets: int = 4
    locked: set[int] = field(default_factory=set)
    """Blocks that can no longer be written."""

    @property
    def is_nxp(self) -> bool:
        """An ICODE, which alone knows EAS."""
        return self.uid[2:4] == "04"


class Field(Protocol):
    """The space above an antenna."""

    def tags(self) -> Sequence[EmulatedTag]:
        """The tags that lie there now: a snapshot, called on the emulator's thread."""


def request_ms(octets: int) -> float:
    """A request of so many octets, CRC included."""
    return REQUEST_SOF_MS + octets * OCTET_MS + EOF_MS


def answer_ms(octets: int) -> float:
    """An answer of so many octets, CRC included."""
    return octets * OCTET_MS + ANSWER_FRAME_MS


def exchange_ms(request_octets: int, answer_octets: int) -> float:
    """One question to one tag, until the next may follow."""
    return request_ms(request_octets) + T1_MS + answer_ms(answer_octets) + T2_MS


def inventory_ms(uids: Collection[int]) -> float:
    """An inventory of 16 slots that singles out all of these tags."""
    return _round_ms(list(uids), 0)


def _round_ms(uids: list[int], mask_bits: int) -> float:
    """One round among the tags that share the last `mask_bits`, and a further one for each collided slot."""
    total = request_ms(INVENTORY_REQUEST_OCTETS + -(-mask_bits // 8)) + (SLOTS - 1) * EOF_MS
    for slot in range(SLOTS):
        here = [uid for uid in uids if uid >> mask_bits & SLOTS - 1 == slot]
        total += T1_MS + answer_ms(INVENTORY_ANSWER_OCTETS) + T2_MS if here else T3_MS
        if len(here) > 1 and mask_bits + SLOT_BITS < UID_BITS:
            total += _round_ms(here, mask_bits + SLOT_BITS)
    return total


def read_ms(blocks: int, block_octets: int = 4) -> float:
    """Read multiple blocks of one tag, addressed."""
    return exchange_ms(ADDRESSED_OCTETS + 2, PLAIN_ANSWER_OCTETS + blocks * block_octets)


def write_afi_ms() -> float:
    """Write the AFI of one tag, addressed."""
    return exchange_ms(ADDRESSED_OCTETS + 1, PLAIN_ANSWER_OCTETS) + PROGRAMMING_MS


def write_block_ms(block_octets: int = 4) -> float:
    """Write one block of one tag, addressed; a reader writes several one by one."""
    return exchange_ms(ADDRESSED_OCTETS + 1 + block_octets, PLAIN_ANSWER_OCTETS) + PROGRAMMING_MS


def lock_block_ms() -> float:
    """Lock one block of one tag, addressed."""
    return exchange_ms(ADDRESSED_OCTETS + 1, PLAIN_ANSWER_OCTETS) + PROGRAMMING_MS


def custom_ms() -> float:
    """A custom command that changes one tag, addressed: EAS on or off."""
    return exchange_ms(ADDRESSED_OCTETS + 1, PLAIN_ANSWER_OCTETS) + PROGRAMMING_MS


def eas_alarm_ms(*, addressed: bool, answered: bool) -> float:
    """An EAS alarm: every secured tag answers at once, with the same sequence."""
    request = EAS_ALARM_OCTETS + addressed * UID_BITS // 8
    return exchange_ms(request, EAS_ANSWER_OCTETS) if answered else silence_ms(request)


def system_information_ms() -> float:
    """Get the system information of one tag, addressed."""
    return exchange_ms(ADDRESSED_OCTETS, SYSTEM_ANSWER_OCTETS)


def silence_ms(request_octets: int) -> float:
    """A question that no tag answers."""
    return request_ms(request_octets) + T3_MS
