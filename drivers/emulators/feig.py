"""A FEIG reader as octets, with the time that air, reader and line take.

Answers the messages that `drivers.pad.feig.messages` declares, as an ID ISC.MR102 does: to a broken
frame with silence, to an unknown command with status 80, in the frame kind of the request.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from drivers.emulators import air
from drivers.emulators.air import EmulatedTag, Field
from drivers.errors import Misbehaved
from drivers.line.line import Line
from drivers.pad.feig.codec import MAX_STANDARD, Decoder, Frame, encode, size_of
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.messages import (
    ISO15693,
    REQUESTS,
    AskReaderInfo,
    AskSystemInformation,
    DataSet,
    InventoryMode,
    IsoError,
    ReadBlocks,
    ReaderInfo,
    Request,
    ResetRf,
    Status,
    SystemInformation,
    TakeInventory,
    WriteAfi,
    pack_blocks,
    pack_inventory,
)
from drivers.tag.iso15693 import uid_octets, uid_text

HOST_COMMAND_MS = 5.0
"""A command takes at least so long (H60301, Annex B)."""
RF_RESET_MS = 15.0
CHARACTER_S = 0.012
"""Octets of one frame may be so far apart."""


@dataclass(frozen=True, slots=True)
class FeigReaderSettings:
    """What kind of reader, on what kind of line."""

    baud: int = 38400
    bits_per_octet: int = 11
    """Start, 8 data, parity, stop."""
    pace: float = 1.0
    """Scale of all times: 0 answers at once."""
    only_new: bool = True
    """ONT: a tag is reported once until it leaves or an RF reset, unless PRESC asks for all."""
    data_sets: int = 24
    """Most tags in one reply; more wait for MORE. 24 fill a standard frame."""
    info: ReaderInfo = ReaderInfo(0x0206, 0, 11, 77, 9, 280, 512)  # noqa: RUF009 - frozen


class FeigReader:
    """The reader above whose antenna `field` lies. One line at a time."""

    def __init__(self, field: Field, settings: FeigReaderSettings = FeigReaderSettings()) -> None:
        self._field = field
        self._settings = settings
        self._reported: set[str] = set()
        self._more: list[DataSet] = []
        self._decoder = Decoder(shortest_body=0)
        self.asked = 0
        """Requests answered so far."""

    def serve(self, line: Line) -> None:
        """Answer on this line, in real time, until it breaks."""
        self._decoder.clear()
        while True:
            octets = line.read(CHARACTER_S if self._decoder.waiting else 1.0)
            arrived_s = time.perf_counter()
            for reply, took_ms in self._answers(octets):
                _sleep_until(arrived_s + took_ms / 1000 * self._settings.pace)
                line.write(reply)

    def answer(self, octets: bytes) -> list[bytes]:
        """The replies to these octets, without their time."""
        return [reply for reply, _ in self._answers(octets)]

    def _answers(self, octets: bytes) -> Iterator[tuple[bytes, float]]:
        """Each reply, and the milliseconds from the request's first octet to the reply's last."""
        if not octets:
            self._decoder.clear()
        self._decoder.feed(octets)
        while isinstance(frame := self._decoder.next(), Frame):
            self.asked += 1
            status, data, took_ms = self._carry_out(frame)
            reply = Frame(0, frame.command, bytes([status]) + data, frame.kind)
            if size_of(reply) > MAX_STANDARD:
                reply = replace(reply, kind="advanced")
            yield encode(reply), took_ms + self._line_ms(size_of(frame) + size_of(reply))

    def _line_ms(self, octets: int) -> float:
        return octets * self._settings.bits_per_octet / self._settings.baud * 1000

    def _carry_out(self, frame: Frame) -> tuple[int, bytes, float]:
        """Status, data and milliseconds of a command."""
        tags = {tag.uid: tag for tag in self._field.tags()}
        self._reported &= tags.keys()
        match _parse(frame):
            case AskReaderInfo():
                return Status.OK, pack(self._settings.info), HOST_COMMAND_MS
            case ResetRf():
                self._reported.clear()
                return Status.OK, b"", RF_RESET_MS
            case TakeInventory(mode=mode):
                return self._inventory(InventoryMode(mode), tags)
            case ReadBlocks() | WriteAfi() | AskSystemInformation() as addressed:
                return _to_one(addressed, tags.get(uid_text(addressed.uid)))
            case _:
                return Status.UNKNOWN_COMMAND, b"", HOST_COMMAND_MS

    def _inventory(self, mode: InventoryMode, tags: dict[str, EmulatedTag]) -> tuple[int, bytes, float]:
        took_ms = HOST_COMMAND_MS
        if not mode & InventoryMode.MORE:
            every = bool(mode & InventoryMode.PRESENCE) or not self._settings.only_new
            asked = [tag for uid, tag in tags.items() if every or uid not in self._reported]
            self._reported |= tags.keys()
            self._more = [DataSet(ISO15693, tag.dsfid, uid_octets(tag.uid)) for tag in asked]
            took_ms = max(took_ms, air.inventory_ms([int(tag.uid, 16) for tag in asked]))
        sets, self._more = self._more[: self._settings.data_sets], self._more[self._settings.data_sets :]
        if not sets:
            return Status.NO_TRANSPONDER, b"", took_ms
        return Status.MORE_DATA if self._more else Status.OK, pack_inventory(tuple(sets)), took_ms


def _parse(frame: Frame) -> Request | None:
    """The request that a frame carries; None where the reader knows no such command."""
    for kind in REQUESTS:
        if kind.command == frame.command:
            try:
                return unpack(kind, frame.body)
            except Misbehaved:
                continue
    return None


def _to_one(
    request: ReadBlocks | WriteAfi | AskSystemInformation, tag: EmulatedTag | None
) -> tuple[int, bytes, float]:
    """What one tag does, and the milliseconds that it takes."""
    if tag is None:
        return Status.NO_TRANSPONDER, b"", max(HOST_COMMAND_MS, air.silence_ms(air.ADDRESSED_OCTETS + 2))
    match request:
        case ReadBlocks(first=first, count=count):
            size = tag.block_octets
            octets = bytes(tag.memory[first * size : (first + count) * size])
            if not count or len(octets) < count * size:
                return Status.ISO15693_ERROR, bytes([IsoError.NO_SUCH_BLOCK]), HOST_COMMAND_MS
            blocks = tuple(octets[at : at + size] for at in range(0, len(octets), size))
            return Status.OK, pack_blocks(blocks), air.read_ms(count, size)
        case WriteAfi(afi=afi):
            tag.afi = afi
            return Status.OK, b"", air.write_afi_ms()
        case AskSystemInformation():
            blocks_of = len(tag.memory) // tag.block_octets
            told = SystemInformation(
                tag.dsfid, uid_octets(tag.uid), tag.afi, tag.block_octets - 1, blocks_of - 1, 1
            )
            return Status.OK, pack(told), air.system_information_ms()


def _sleep_until(moment_s: float) -> None:
    """Sleep, then give way in short steps: a plain sleep is late by up to a millisecond."""
    while (left_s := moment_s - time.perf_counter()) > 0:
        time.sleep(max(0.0, left_s - 0.0005))
