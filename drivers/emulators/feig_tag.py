"""What one emulated tag does with a command that a FEIG reader sends it, and the milliseconds that it takes."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.emulators import air
from drivers.emulators.air import EmulatedTag
from drivers.pad.feig.fields import pack
from drivers.pad.feig.messages import (
    Addressed,
    Addressing,
    AskEas,
    AskSystemInformation,
    Block,
    LockBlocks,
    ReadBlocks,
    ResetEas,
    SetEas,
    SystemInformation,
    WriteAfi,
    WriteBlocks,
    WriteDsfid,
    pack_blocks,
    unpack_plain,
)
from drivers.pad.feig.status import IsoError, Status
from drivers.tag.iso15693 import uid_octets

HOST_COMMAND_MS = 5.0
"""A command takes at least so long (H60301, Annex B)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to."""

    status: Status
    data: bytes = b""
    took_ms: float = HOST_COMMAND_MS
    is_inventory: bool = False
    """Its length is bounded by data sets, not by the buffer."""


def carry_out(request: Addressed, tag: EmulatedTag | None) -> Answer:
    """The tag's answer; silence where it is not there, or does not know the command."""
    if tag is None or not _answers(request, tag):
        return _silence()
    match request:
        case ReadBlocks():
            return _read(request, tag)
        case WriteBlocks() | LockBlocks():
            return _change(request, tag)
        case WriteAfi(afi=afi):
            tag.afi = afi
            return Answer(Status.OK, took_ms=air.write_afi_ms())
        case WriteDsfid(dsfid=dsfid):
            tag.dsfid = dsfid
            return Answer(Status.OK, took_ms=air.write_afi_ms())
        case SetEas() | ResetEas():
            tag.eas = isinstance(request, SetEas)
            return Answer(Status.OK, took_ms=air.custom_ms())
        case AskEas():
            return Answer(Status.OK, took_ms=air.eas_alarm_ms(addressed=True, answered=True))
        case AskSystemInformation():
            return Answer(Status.OK, pack(_system(tag)), air.system_information_ms())


def _answers(request: Addressed, tag: EmulatedTag) -> bool:
    """Other makers' tags take no notice of NXP's commands; one whose EAS is off, none of an alarm."""
    if isinstance(request, AskEas):
        return tag.is_nxp and tag.eas
    return tag.is_nxp or not isinstance(request, SetEas | ResetEas)


def _silence() -> Answer:
    took_ms = max(HOST_COMMAND_MS, air.silence_ms(air.ADDRESSED_OCTETS + 2))
    return Answer(Status.NO_TRANSPONDER, took_ms=took_ms)


def _system(tag: EmulatedTag) -> SystemInformation:
    blocks = len(tag.memory) // tag.block_octets
    return SystemInformation(tag.dsfid, uid_octets(tag.uid), tag.afi, tag.block_octets - 1, blocks - 1, 1)


def _read(request: ReadBlocks, tag: EmulatedTag) -> Answer:
    size, end = tag.block_octets, request.first + request.count
    octets = bytes(tag.memory[request.first * size : end * size])
    if not request.count or len(octets) < request.count * size:
        return Answer(Status.ISO15693_ERROR, bytes([IsoError.NO_SUCH_BLOCK]))
    telling = bool(request.mode & Addressing.WITH_SECURITY)
    blocks = tuple(
        Block(octets[at : at + size], telling and request.first + at // size in tag.locked)
        for at in range(0, len(octets), size)
    )
    return Answer(Status.OK, pack_blocks(blocks), air.read_ms(request.count, size + telling))


def _change(request: WriteBlocks | LockBlocks, tag: EmulatedTag) -> Answer:
    """Block after block, up to the first that cannot be: its number comes with the refusal."""
    size, took_ms = tag.block_octets, 0.0
    blocks = (
        unpack_plain(request.blocks, size) if isinstance(request, WriteBlocks) else (b"",) * request.count
    )
    if len(blocks) != request.count or (isinstance(request, WriteBlocks) and request.block_octets != size):
        return Answer(Status.PARAMETER_RANGE)
    for number, block in enumerate(blocks, request.first):
        if (number + 1) * size > len(tag.memory):
            return Answer(Status.ISO15693_ERROR, bytes([IsoError.NO_SUCH_BLOCK]))
        if number in tag.locked:
            already = IsoError.LOCKED if block else IsoError.ALREADY_LOCKED
            return Answer(Status.ISO15693_ERROR, bytes([already]))
        if block:
            tag.memory[number * size : (number + 1) * size] = block
            took_ms += air.write_block_ms(size)
        else:
            tag.locked.add(number)
            took_ms += air.lock_block_ms()
    return Answer(Status.OK, took_ms=max(HOST_COMMAND_MS, took_ms))
