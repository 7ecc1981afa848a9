"""Anything as a unit's reply, RTU and TCP, and anything in the registers behind it."""

from __future__ import annotations

from contextlib import suppress

from drivers.counter.modbus.totals import Total
from drivers.emulators.modbus_rtu import crc
from drivers.errors import DriverError
from drivers.modbus.points import LAYOUT, Contact, Number, Settled
from drivers.modbus.settings import ModbusTiming
from drivers.modbus.unit import ModbusUnit
from tests.lines import Answering

TIMING = ModbusTiming(tries=1, gap_s=0.0)
VERBS = (
    lambda unit: unit.read("coil", 0, 5),
    lambda unit: unit.read("discrete", 0, 5),
    lambda unit: unit.read("holding", 0, 2),
    lambda unit: unit.read("input", 0, 2),
    lambda unit: unit.set_coil(0, on=True),
    lambda unit: unit.set_coil_to(0x200, 80),
    lambda unit: unit.set_register(3, 7),
    lambda unit: unit.set_registers(0, [0, 8000, 1]),
)
SEEDS = tuple(
    octets + crc(octets)
    for octets in map(
        bytes.fromhex,
        ["01010113", "01020113", "01030400010203", "01040400010203", "01050000FF00", "010502000050",
         "010600030007", "011000000003", "018202", "0187FF"],
    )
) + tuple(
    bytes.fromhex(text) for text in ("000100000007010304000102 03", "00010000000401020113", "000100000003018202")
)  # fmt: skip


def feed(octets: bytes) -> None:
    """One reply to each of the verbs; its octets as registers and as a contact."""
    verb = VERBS[(octets[0] if octets else 0) % len(VERBS)]
    for framing in ("rtu", "tcp"):
        unit = ModbusUnit(Answering(lambda _: [octets]), 1, TIMING, framing=framing)
        with suppress(DriverError):
            verb(unit)
    image = {("input", i): int.from_bytes(octets[2 * i : 2 * i + 2].ljust(2, b"\0")) for i in range(2)}
    contact, total = Settled(30), Total(16)
    for kind in LAYOUT:
        Number(0, kind=kind).value(image)
    for i, octet in enumerate(octets[:8]):
        contact.feed(Contact(0, "input", bit=octet & 15).sense(image), i / 100)
        total.take(octet << 8)
