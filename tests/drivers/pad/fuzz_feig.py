"""Any octets to the FEIG frames and messages, and as the answers to every verb of a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from drivers.errors import DriverError, Misbehaved
from drivers.pad.feig import chip, marks
from drivers.pad.feig.codec import NOT_YET, Decoder, Frame, crc16, encode
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.messages import (
    REQUESTS,
    DeviceIdentity,
    ReaderInfo,
    SystemInformation,
    unpack_blocks,
    unpack_inventory,
)
from drivers.pad.feig.session import Session
from drivers.pad.feig.status import Reply
from drivers.pad.feig.stranger import described
from drivers.tag.security import Security, Shown
from tests.drivers.pad.pile import settings
from tests.drivers.tag import vectors

SEEDS = [param.values[0].octets for param in vectors.of("feig", "feigstd", "feigadv")]
SETTINGS = settings(security=Security("both"), antennas=(1,))
UID = "E004010012345678"


class Babbling:
    """A line that answers each write with the next piece of the input, some of it in frames that are right."""

    def __init__(self, octets: bytes) -> None:
        self.pieces = _pieces(octets)
        self.waiting = b""

    def write(self, octets: bytes) -> None:
        piece = next(self.pieces, b"")
        framed = len(piece) > 1 and piece[0] & 1
        self.waiting = encode(Frame(0, octets[4], piece[1:250])) if framed else piece

    def read(self, timeout_s: float) -> bytes:
        heard, self.waiting = self.waiting[:40], self.waiting[40:]
        return heard

    def close(self) -> None:
        pass


def _pieces(octets: bytes) -> Iterator[bytes]:
    while octets:
        size = 1 + octets[0] % 80
        yield octets[1:size]
        octets = octets[size:]


def feed(octets: bytes) -> None:
    for shortest in (0, 1):
        decoder = Decoder(shortest)
        decoder.feed(octets)
        while (frame := decoder.next()) is not NOT_YET:
            assert encode(frame) in octets
        while decoder.waiting:
            decoder.silence()
    assert crc16(octets + crc16(octets).to_bytes(2, "little")) == 0
    for read in (unpack_inventory, lambda told: unpack_blocks(told, told[0] if told else 1)):
        with suppress(Misbehaved):
            read(octets)
    for kind in (*REQUESTS, ReaderInfo, DeviceIdentity, SystemInformation):
        with suppress(Misbehaved):
            assert pack(unpack(kind, octets)) == octets
    described(octets)
    Reply(octets[0] if octets else 0, octets[1:]).refusal()
    if octets and octets[-1] % 32 == 0:  # a conversation takes longer than a look
        _talk(octets)


def _talk(octets: bytes) -> None:
    session = Session(Babbling(octets), SETTINGS, lambda: 0.0)
    verbs = (
        session.introduce,
        session.inventory,
        session.eas_alarm,
        lambda: session.read(UID, 9),
        lambda: marks.write(session, UID, Shown(0x07, eas=True)),
        lambda: marks.read(session, UID, SETTINGS.security),
        lambda: chip.write_blocks(session, UID, 0, [b"1234"] * 9),
    )
    for verb in verbs:
        with suppress(DriverError):
            verb()
