"""FEIG commands, as the data sheet lists them: requests and replies. Status octets: `status`, readers: `reader`.

Requests and replies are declared once and read by driver and emulator alike. A UID travels most
significant octet first. The octets of each block travel in reverse: 01 02 03 04 on the tag is
04 03 02 01 on the line (H20800-16e, Annex F).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import ClassVar, NamedTuple, get_args

from drivers.errors import Misbehaved
from drivers.pad.feig.fields import constant, number, octets, pack, rest, unpack, width_of
from drivers.tag.iso15693 import UID_OCTETS

READER_INFO = 0x66
RF_RESET = 0x69
RF_OUTPUT = 0x6A
ISO_HOST = 0xB0
CUSTOM = 0xB1
NXP = 0x04
"""Manufacturer of the ICODE chips, whose custom commands these are; the third and fourth digit of their UIDs."""
ISO15693 = 0x03
"""TR-TYPE of the tags that books wear."""


class InventoryMode(IntFlag):
    MORE = 0x80
    """Go on with what did not fit the last reply (status 94)."""
    PRESENCE = 0x20
    """Report every tag in the field, also those that were reported before."""
    NEW = 0x00
    """Report a tag once, until it leaves the field or an RF reset (with the reader's ONT set)."""


class Addressing(IntFlag):
    NON_ADDRESSED = 0
    ADDRESSED = 1
    SELECTED = 2
    WITH_SECURITY = 8
    """Reading: the security octet of each block is asked for."""


# ---------------------------------------------------------------- requests
@dataclass(frozen=True, slots=True, kw_only=True)
class AskReaderInfo:
    """[66][00] What the reader is. Its reply can be taken for no other command's."""

    command: ClassVar[int] = READER_INFO
    mode: int = constant(0x00)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDevice:
    """[66][80] Which of its kind the reader is."""

    command: ClassVar[int] = READER_INFO
    mode: int = constant(0x80)


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
    mode: int = number(1, Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    first: int = number(1)
    count: int = number(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBlocks:
    """[B0][24] Write multiple blocks of one tag. A refusal names the first block that was not written."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x24)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    first: int = number(1)
    count: int = number(1)
    block_octets: int = number(1)
    blocks: bytes = rest()
    """Each block in reverse: `pack_plain`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockBlocks:
    """[B0][22] Lock blocks of one tag for good."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x22)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    first: int = number(1)
    count: int = number(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDsfid:
    """[B0][29] Write the DSFID of one tag."""

    command: ClassVar[int] = ISO_HOST
    control: int = constant(0x29)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)
    dsfid: int = number(1)


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


@dataclass(frozen=True, slots=True)
class SwitchAntenna:
    """[6A] Field off (0), or on at antenna 1, 2, … alone."""

    command: ClassVar[int] = RF_OUTPUT
    output: int = number(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEas:
    """[B1][04][A2] Switch the EAS bit of one ICODE tag on: gates alarm."""

    command: ClassVar[int] = CUSTOM
    manufacturer: int = constant(NXP)
    control: int = constant(0xA2)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetEas:
    """[B1][04][A3] Switch it off."""

    command: ClassVar[int] = CUSTOM
    manufacturer: int = constant(NXP)
    control: int = constant(0xA3)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEasAlarm:
    """[B1][04][A5] Whether any tag in the field has its EAS bit on: status 00; 01 where none has."""

    command: ClassVar[int] = CUSTOM
    manufacturer: int = constant(NXP)
    control: int = constant(0xA5)
    mode: int = constant(Addressing.NON_ADDRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEas:
    """[B1][04][A5] The same of one tag. Status 01 also where the tag is gone."""

    command: ClassVar[int] = CUSTOM
    manufacturer: int = constant(NXP)
    control: int = constant(0xA5)
    mode: int = constant(Addressing.ADDRESSED)
    uid: bytes = octets(UID_OCTETS)


Addressed = (
    ReadBlocks
    | WriteBlocks
    | LockBlocks
    | WriteAfi
    | WriteDsfid
    | AskSystemInformation
    | SetEas
    | ResetEas
    | AskEas
)
"""To one tag by its UID."""
Request = AskReaderInfo | AskDevice | ResetRf | SwitchAntenna | TakeInventory | AskEasAlarm | Addressed
REQUESTS: tuple[type[Request], ...] = get_args(Request)


# ---------------------------------------------------------------- replies
@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """Reply to [66][00]."""

    software_revision: int = number(2)
    development_revision: int = number(1)
    hardware_type: int = number(1)
    software_type: int = number(1)
    transponders: int = number(2)
    receive_octets: int = number(2)
    transmit_octets: int = number(2)


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Reply to [66][80]: longer than that to [66][00], whatever the reader (H60301-3e, 5.5)."""

    device: bytes = octets(4)
    """Its serial number."""
    customer: bytes = octets(4)
    firmware: bytes = octets(2)
    transponders: bytes = octets(2)
    functions: bytes = octets(2)
    """What it is licensed for, as the three before it."""
    more: bytes = rest()


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


class Block(NamedTuple):
    """One block in the tag's own order."""

    octets: bytes
    locked: bool = False
    """Only told where it was asked for."""


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


def unpack_blocks(data: bytes, count: int) -> tuple[Block, ...]:
    """The blocks of a read reply: their count, their size, then a security octet and each.

    Raises:
        Misbehaved: another count than asked for, or the octets do not agree.
    """
    if len(data) < 2 or data[0] != count or data[1] == 0 or len(data) != 2 + count * (1 + data[1]):  # noqa: PLR2004 - DB-N, DB-SIZE
        raise Misbehaved(f"a reading of {len(data)} octets, {count} blocks asked for", frame=data)
    step = 1 + data[1]
    return tuple(Block(data[at + 1 : at + step][::-1], bool(data[at])) for at in range(2, len(data), step))


def pack_blocks(blocks: tuple[Block, ...]) -> bytes:
    """The reply that carries these blocks."""
    told = (bytes([block.locked]) + block.octets[::-1] for block in blocks)
    return bytes([len(blocks), len(blocks[0].octets)]) + b"".join(told)


def pack_plain(blocks: Sequence[bytes]) -> bytes:
    """Blocks as a write request carries them."""
    return b"".join(block[::-1] for block in blocks)


def unpack_plain(data: bytes, block_octets: int) -> tuple[bytes, ...]:
    """The blocks of a write request."""
    return tuple(data[at : at + block_octets][::-1] for at in range(0, len(data), block_octets))
