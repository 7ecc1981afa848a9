"""FEIG commands, as the data sheet lists them: requests, replies, status octets.

Requests and replies are declared once and read by driver and emulator alike. A UID travels most
significant octet first. The octets of each block travel in reverse: 01 02 03 04 on the tag is
04 03 02 01 on the line (H20800-16e, Annex F).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import ClassVar

from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.pad.feig.fields import constant, number, octets, pack, unpack, width_of
from drivers.tag.iso15693 import UID_OCTETS

READER_INFO = 0x66
RF_RESET = 0x69
ISO_HOST = 0xB0
ISO15693 = 0x03
"""TR-TYPE of the tags that books wear."""


class InventoryMode(IntFlag):
    MORE = 0x80
    """Go on with what did not fit the last reply (status 94)."""
    PRESENCE = 0x20
    """Report every tag in the field, also those that were reported before."""
    NEW = 0x00
    """Report a tag once, until it leaves the field or an RF reset (with the reader's ONT set)."""


class Addressing(IntEnum):
    NON_ADDRESSED = 0
    ADDRESSED = 1
    SELECTED = 2


# ---------------------------------------------------------------- requests
@dataclass(frozen=True, slots=True, kw_only=True)
class AskReaderInfo:
    """[66] Who the reader is. Its reply can be taken for no other command's."""

    command: ClassVar[int] = READER_INFO
    mode: int = constant(0x00)


@dataclass(frozen=True, slots=True)
class ResetRf:
    """[69] Field off and on: every tag is new again. 15 ms."""

    command: ClassVar[int] = RF_RESET


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInventory:
    """[B0][01] Which tags are there."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x01)
    mode: int = number(1, InventoryMode.PRESENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBlocks:
    """[B0][23] Read multiple blocks of one tag."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x23)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    first: int = number(1)
    count: int = number(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAfi:
    """[B0][27] Write the AFI of one tag."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x27)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    afi: int = number(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSystemInformation:
    """[B0][2B] What one tag says of itself."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x2B)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)


Request = AskReaderInfo | ResetRf | TakeInventory | ReadBlocks | WriteAfi | AskSystemInformation
REQUESTS: tuple[type[Request], ...] = (
    AskReaderInfo,
    ResetRf,
    TakeInventory,
    ReadBlocks,
    WriteAfi,
    AskSystemInformation,
)


# ---------------------------------------------------------------- replies
@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """Reply to [66]."""

    software_revision: int = number(2)
    development_revision: int = number(1)
    hardware_type: int = number(1)
    software_type: int = number(1)
    transponders: int = number(2)
    receive_octets: int = number(2)
    transmit_octets: int = number(2)

    def __str__(self) -> str:
        """`FEIG ID ISC.MR102, firmware 2.06`."""
        name = READER_TYPES.get(self.software_type, f"type {self.software_type}")
        return f"FEIG {name}, firmware {self.software_revision >> 8}.{self.software_revision & 0xFF:02d}"


READER_TYPES = {
    41: "ID ISC.LR200",
    42: "ID ISC.LR2000",
    43: "ID ISC.LR2500-B",
    44: "ID ISC.LR2500-A",
    45: "ID ISC.LR1002",
    60: "ID ISC.PRH101",
    74: "ID ISC.MR100",
    75: "ID ISC.MR200",
    76: "ID ISC.MR101",
    77: "ID ISC.MR102",
    78: "ID ISC.MR101-U",
    80: "ID CPR.M02",
}


@dataclass(frozen=True, slots=True)
class DataSet:
    """One tag in the reply to [B0][01]."""

    transponder: int = number(1)
    dsfid: int = number(1)
    uid: bytes = octets(UID_OCTETS)


@dataclass(frozen=True, slots=True)
class SystemInformation:
    """Reply to [B0][2B]."""

    dsfid: int = number(1)
    uid: bytes = octets(UID_OCTETS)
    """Some readers fill only the last four octets."""
    afi: int = number(1)
    block_octets: int = number(1)
    blocks: int = number(1)
    ic_reference: int = number(1)


def unpack_inventory(data: bytes) -> tuple[DataSet, ...]:
    """The data sets of an inventory reply: their count, then each.

    Raises:
        Misbehaved: the count and the octets do not agree.
    """
    width = width_of(DataSet)
    if not data or len(data) != 1 + data[0] * width:
        raise Misbehaved(f"an inventory of {len(data)} octets", frame=data)
    return tuple(unpack(DataSet, data[at : at + width]) for at in range(1, len(data), width))


def pack_inventory(sets: tuple[DataSet, ...]) -> bytes:
    return bytes([len(sets)]) + b"".join(pack(each) for each in sets)


def unpack_blocks(data: bytes, count: int) -> tuple[bytes, ...]:
    """The blocks of a read reply, each in the tag's own order: their count, their size, then a security octet and each.

    Raises:
        Misbehaved: another count than asked for, or the octets do not agree.
    """
    if len(data) < 2 or data[0] != count or data[1] == 0 or len(data) != 2 + count * (1 + data[1]):  # noqa: PLR2004 - DB-N, DB-SIZE
        raise Misbehaved(f"a reading of {len(data)} octets, {count} blocks asked for", frame=data)
    step = 1 + data[1]
    return tuple(data[at + 1 : at + step][::-1] for at in range(2, len(data), step))


def pack_blocks(blocks: tuple[bytes, ...]) -> bytes:
    """The reply that carries these blocks; their security octets are 0 (not locked)."""
    return bytes([len(blocks), len(blocks[0])]) + b"".join(b"\0" + block[::-1] for block in blocks)


# ---------------------------------------------------------------- status
class Status(IntEnum):
    """The first octet of every reply."""

    OK = 0x00
    NO_TRANSPONDER = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    ADDRESS_ERROR = 0x04
    WRONG_TRANSPONDER = 0x05
    GENERAL_ERROR = 0x0E
    PARAMETER_RANGE = 0x11
    UNKNOWN_COMMAND = 0x80
    LENGTH_ERROR = 0x81
    NOT_AVAILABLE = 0x82
    RF_COMMUNICATION_ERROR = 0x83
    RF_WARNING = 0x84
    BUFFER_OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO15693_ERROR = 0x95


class IsoError(IntEnum):
    """The octet behind status 95: the tag's own word."""

    NOT_SUPPORTED = 0x01
    NOT_RECOGNISED = 0x02
    OPTION_NOT_SUPPORTED = 0x03
    UNKNOWN = 0x0F
    NO_SUCH_BLOCK = 0x10
    ALREADY_LOCKED = 0x11
    LOCKED = 0x12
    NOT_PROGRAMMED = 0x13


WITH_DATA = frozenset(
    {
        Status.OK,
        Status.RF_COMMUNICATION_ERROR,
        Status.RF_WARNING,
        Status.BUFFER_OVERFLOW,
        Status.MORE_DATA,
        Status.ISO15693_ERROR,
    }
)
"""An inventory under these carries data sets; all but OK say that there may be more tags."""

_UNSUPPORTED = {Status.WRONG_TRANSPONDER, Status.UNKNOWN_COMMAND, Status.NOT_AVAILABLE}
_ISO_UNSUPPORTED = {
    IsoError.NOT_SUPPORTED,
    IsoError.NOT_RECOGNISED,
    IsoError.OPTION_NOT_SUPPORTED,
    IsoError.ALREADY_LOCKED,
    IsoError.LOCKED,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's status and data."""

    status: int
    data: bytes

    def refusal(self) -> DriverError:
        """What a status other than OK means, as an error with the status in it."""
        text = _name(Status, self.status)
        kind: type[DriverError]
        if self.status == Status.ISO15693_ERROR and self.data:
            text = f"{text}: {_name(IsoError, self.data[0])}"
            kind = Unsupported if self.data[0] in _ISO_UNSUPPORTED else Misbehaved
        elif self.status == Status.NO_TRANSPONDER:
            kind = Gone
        else:
            kind = Unsupported if self.status in _UNSUPPORTED else Misbehaved
        return kind(text, frame=self.data, status=self.status)

    @property
    def beyond_memory(self) -> bool:
        """Whether the tag has fewer blocks than were asked for."""
        iso = self.status == Status.ISO15693_ERROR and self.data[:1] == bytes([IsoError.NO_SUCH_BLOCK])
        return iso or self.status == Status.ADDRESS_ERROR


def _name(kind: type[IntEnum], code: int) -> str:
    known = {each.value: each.name for each in kind}
    return known.get(code, f"status {code:02X}").lower().replace("_", " ")
