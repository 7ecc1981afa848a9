"""A FEIG reader as octets, with the time that air, reader and line take.

Answers the messages that `drivers.pad.feig.messages` declares, as an ID ISC.MR102 does: to a broken
frame with silence, to an unknown command with status 80, in the frame kind of the request. What one
tag does with a command: `drivers.emulators.feig_tag`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from drivers.emulators import air
from drivers.emulators.air import EmulatedTag, Field
from drivers.emulators.feig_tag import HOST_COMMAND_MS, Answer, carry_out
from drivers.errors import Misbehaved
from drivers.line.line import Line
from drivers.pad.feig.codec import MAX_STANDARD, Decoder, Frame, encode, size_of
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.messages import (
    ISO15693,
    REQUESTS,
    Addressed,
    AskDevice,
    AskEasAlarm,
    AskReaderInfo,
    DataSet,
    DeviceIdentity,
    InventoryMode,
    ReaderInfo,
    Request,
    ResetRf,
    SwitchAntenna,
    TakeInventory,
    pack_inventory,
)
from drivers.pad.feig.reader import CARD_TAGS, Family, family
from drivers.pad.feig.status import Status
from drivers.tag.iso15693 import uid_octets, uid_text

RF_RESET_MS = 15.0
CHARACTER_S = 0.012
"""Octets of one frame may be so far apart."""
NOBODY = Answer(Status.NO_TRANSPONDER)


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
    presence: bool = True
    """It knows the PRESC bit; an older reader takes no notice of it."""
    data_sets: int = 24
    """Most tags in one reply; more wait for MORE. 24 fill a standard frame."""
    device: bytes | None = bytes.fromhex("1A2B3C4D")
    """Its device id; None: it knows no such question."""
    info: ReaderInfo = ReaderInfo(0x0206, 0, 11, 77, 9, 280, 512)  # noqa: RUF009 - frozen


class FeigReader:
    """The reader above whose antenna `field` lies, and more antennas beside it. One line at a time."""

    def __init__(
        self,
        field: Field,
        settings: FeigReaderSettings = FeigReaderSettings(),
        others: Sequence[Field] = (),
    ) -> None:
        self._fields = (field, *others)
        self._settings = settings
        self._output = 1
        """The antenna that is on; 0: none."""
        self._reported: set[str] = set()
        self._more: list[DataSet] = []
        self._decoder = Decoder(shortest_body=0)
        self.asked = 0
        """Requests answered so far."""
        self.disturbed = False
        """Metal or another reader is near: inventories end with status 83 and miss every second tag."""

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
            done = self._buffered(self._carry_out(frame))
            reply = Frame(0, frame.command, bytes([done.status]) + done.data, frame.kind)
            if size_of(reply) > MAX_STANDARD:
                reply = replace(reply, kind="advanced")
            yield encode(reply), done.took_ms + self._line_ms(size_of(frame) + size_of(reply))

    def _line_ms(self, octets: int) -> float:
        return octets * self._settings.bits_per_octet / self._settings.baud * 1000

    def _buffered(self, done: Answer) -> Answer:
        """The answer, where the reader's buffer holds it."""
        fits = len(done.data) <= self._settings.info.transmit_octets - 2 or done.is_inventory
        return done if fits else Answer(Status.PARAMETER_RANGE)

    def _carry_out(self, frame: Frame) -> Answer:
        """What a command comes to."""
        tags = {tag.uid: tag for tag in self._tags()}
        self._reported &= tags.keys()
        request = _parse(frame)
        if isinstance(request, get_args(Addressed)):
            return carry_out(request, tags.get(uid_text(request.uid)))
        match request:
            case AskReaderInfo():
                return Answer(Status.OK, pack(self._settings.info))
            case AskDevice() if self._settings.device:
                licensed = DeviceIdentity(
                    self._settings.device, bytes(4), bytes(2), bytes(2), bytes(2), bytes(2)
                )
                return Answer(Status.OK, pack(licensed))
            case ResetRf():
                self._reported.clear()
                return Answer(Status.OK, took_ms=RF_RESET_MS)
            case SwitchAntenna(output=output):
                return self._switch(output)
            case TakeInventory(mode=mode):
                return self._inventory(InventoryMode(mode), tags)
            case AskEasAlarm():
                alarm = any(tag.eas and tag.is_nxp for tag in tags.values())
                status = Status.OK if alarm else Status.NO_TRANSPONDER
                return Answer(status, took_ms=air.eas_alarm_ms(addressed=False, answered=alarm))
            case _:
                return Answer(Status.UNKNOWN_COMMAND)

    def _tags(self) -> Sequence[EmulatedTag]:
        return self._fields[self._output - 1].tags() if self._output else ()

    def _switch(self, output: int) -> Answer:
        if output > len(self._fields):
            return Answer(Status.PARAMETER_RANGE)
        self._output = output
        return Answer(Status.OK)

    def _inventory(self, mode: InventoryMode, tags: dict[str, EmulatedTag]) -> Answer:
        took_ms = HOST_COMMAND_MS
        if not mode & InventoryMode.MORE:
            asked = self._singled_out(mode, tags)
            self._reported |= tags.keys()
            self._more = [DataSet(ISO15693, tag.dsfid, uid_octets(tag.uid)) for tag in asked]
            took_ms = air.inventory_ms([int(tag.uid, 16) for tag in asked])
        sets, self._more = self._more[: self._settings.data_sets], self._more[self._settings.data_sets :]
        if self.disturbed:
            return Answer(
                Status.RF_COMMUNICATION_ERROR, pack_inventory(tuple(sets)), took_ms, is_inventory=True
            )
        if not sets:
            return replace(NOBODY, took_ms=took_ms)
        status = Status.MORE_DATA if self._more else Status.OK
        return Answer(status, pack_inventory(tuple(sets)), took_ms, is_inventory=True)

    def _singled_out(self, mode: InventoryMode, tags: dict[str, EmulatedTag]) -> list[EmulatedTag]:
        """The tags that an inventory lists."""
        asked_for_all = bool(mode & InventoryMode.PRESENCE) and self._settings.presence
        every = asked_for_all or not self._settings.only_new
        listed = [tag for uid, tag in tags.items() if every or uid not in self._reported]
        if family(self._settings.info) is Family.CARD:
            listed = listed[:CARD_TAGS]
        return listed[::2] if self.disturbed else listed


def _parse(frame: Frame) -> Request | None:
    """The request that a frame carries; None where the reader knows no such command."""
    for kind in REQUESTS:
        if kind.command == frame.command:
            try:
                return unpack(kind, frame.body)
            except Misbehaved:
                continue
    return None


def _sleep_until(moment_s: float) -> None:
    """Sleep, then give way in short steps: a plain sleep is late by up to a millisecond."""
    while (left_s := moment_s - time.perf_counter()) > 0:
        time.sleep(max(0.0, left_s - 0.0005))
