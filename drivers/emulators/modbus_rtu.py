"""Modbus devices on one line, written from the specification and from no master's code.

    rtu    address (1) | function (1) | fields | CRC (2, low octet first)
    tcp    transaction (2) | 0 (2) | length (2) | address (1) | function (1) | fields

Knows functions 1 to 6, 15 and 16. Silent to frames with a wrong CRC and to other addresses; carries out
what is sent to address 0 without a reply (rtu).
Sources: Modbus over serial line 1.02, application protocol 1.1b3, messaging on TCP/IP 1.0b.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Literal, Protocol, runtime_checkable

from drivers.line.line import Line

BITS = 11
"""A character on the wire: start, 8 data, parity, stop (8E1)."""
SILENCE_S = 0.02
"""A frame that stands still for so long will not be completed: far above 1.5 characters at 9600 baud,
because a network in between may hold a part of it back."""
IDLE_S = 0.5
BROADCAST = 0
FIXED_OCTETS = 8
"""Length of the requests 1 to 6."""


class Function(IntEnum):
    READ_COILS = 1
    READ_INPUTS = 2
    READ_HOLDING = 3
    READ_REGISTERS = 4
    SET_COIL = 5
    SET_REGISTER = 6
    SET_COILS = 15
    SET_REGISTERS = 16


ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
MAX_BITS, MAX_REGISTERS, MAX_SET_BITS, MAX_SET_REGISTERS = 2000, 125, 1968, 123
"""Most of each in one request (application protocol 1.1b3, 6.1, 6.3, 6.11, 6.12)."""


class Refused(Exception):  # noqa: N818 - a verdict, not a failure
    """The request gets an exception reply; `args[0]` is its code."""


class Bank(Protocol):
    """What stands behind the addresses. All raise `Refused(ILLEGAL_ADDRESS)` for what is not there."""

    def read(self, function: Function, first: int, count: int) -> Sequence[int]:
        """What one of the four reading functions asks for; a bit is 0 or 1."""

    def write(self, function: Function, first: int, values: Sequence[int]) -> None:
        """SET_COILS or SET_REGISTERS, all values at once; the single ones arrive as these."""


@runtime_checkable
class MakersBank(Bank, Protocol):
    """A bank that gives function 5 a meaning of its own."""

    def set_coil_to(self, address: int, value: int) -> None:
        """Function 5 with a value that is neither FF00 nor 0000; raises `Refused` where it has none."""


class Silent(Exception):  # noqa: N818 - a verdict, not a failure
    """The device does not answer now: it has no power, or starts."""


def crc(octets: bytes) -> bytes:
    """CRC-16: polynomial 0xA001 reflected, initially 0xFFFF, low octet first."""
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def length(frame: bytes) -> int | None:
    """Octets of the request that begins here; None while that cannot be said."""
    if len(frame) < 2:  # noqa: PLR2004 - address and function
        return None
    if frame[1] not in (Function.SET_COILS, Function.SET_REGISTERS):
        return FIXED_OCTETS
    return 9 + frame[6] if len(frame) > 6 else None  # noqa: PLR2004 - the count of octets


def answer(request: bytes, bank: Bank) -> bytes:
    """The reply to a function and its fields, without address and CRC."""
    function = request[0]
    try:
        return bytes((function,)) + _carry_out(function, request[1:], bank)
    except Refused as refusal:
        return bytes((function | 0x80, refusal.args[0]))


def _carry_out(function: int, fields: bytes, bank: Bank) -> bytes:
    first, number = struct.unpack_from(">HH", fields)
    match function:
        case Function.READ_COILS | Function.READ_INPUTS:
            return _packed(bank.read(Function(function), first, _count(number, MAX_BITS)))
        case Function.READ_HOLDING | Function.READ_REGISTERS:
            values = bank.read(Function(function), first, _count(number, MAX_REGISTERS))
            return struct.pack(f">B{number}H", 2 * number, *values)
        case Function.SET_COIL:
            _set_coil(first, number, bank)
        case Function.SET_REGISTER:
            bank.write(Function.SET_REGISTERS, first, [number])
        case Function.SET_COILS:
            octets = fields[5:]
            if len(octets) != (_count(number, MAX_SET_BITS) + 7) // 8:
                raise Refused(ILLEGAL_VALUE)
            bank.write(Function.SET_COILS, first, [octets[i // 8] >> i % 8 & 1 for i in range(number)])
        case Function.SET_REGISTERS:
            if len(fields) != 5 + 2 * _count(number, MAX_SET_REGISTERS):
                raise Refused(ILLEGAL_VALUE)
            bank.write(Function.SET_REGISTERS, first, struct.unpack_from(f">{number}H", fields, 5))
        case _:
            raise Refused(ILLEGAL_FUNCTION)
    return fields[:4]


def _set_coil(address: int, value: int, bank: Bank) -> None:
    if value in (0x0000, 0xFF00):
        bank.write(Function.SET_COILS, address, [int(value > 0)])
    elif isinstance(bank, MakersBank):
        bank.set_coil_to(address, value)
    else:
        raise Refused(ILLEGAL_VALUE)


def _count(number: int, most: int) -> int:
    if not 1 <= number <= most:
        raise Refused(ILLEGAL_VALUE)
    return number


def _packed(bits: Sequence[int]) -> bytes:
    octets = bytearray((len(bits) + 7) // 8)
    for i, bit in enumerate(bits):
        octets[i // 8] |= bit << i % 8
    return bytes((len(octets),)) + bytes(octets)


MBAP_OCTETS = 6
Framing = Literal["rtu", "tcp"]


class Segment:
    """Several devices on one line, each at its address, at the pace of a baud rate."""

    def __init__(self, banks: Mapping[int, Bank], baud: int, framing: Framing = "rtu") -> None:
        self._banks = banks
        self._framing = framing
        self._character_s = BITS / baud
        self._gap_s = max(3.5 * self._character_s, 0.00175)

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        heard = b""
        while True:
            octets = line.read(SILENCE_S if heard else IDLE_S)
            heard = heard + octets if octets else b""
            while (size := self._size(heard)) is not None and len(heard) >= size:
                self._take(heard[:size], line)
                heard = heard[size:]

    def _size(self, heard: bytes) -> int | None:
        if self._framing == "rtu":
            return length(heard)
        return MBAP_OCTETS + int.from_bytes(heard[4:6]) if len(heard) >= MBAP_OCTETS else None

    def reply(self, frame: bytes) -> bytes:
        """What is answered to a whole frame; nothing to a broken one and to one for somebody else."""
        if self._framing == "rtu":
            said = self._said(frame[:-2]) if crc(frame[:-2]) == frame[-2:] else b""
            return said + crc(said) if said else b""
        said = self._said(frame[MBAP_OCTETS:])
        return frame[:4] + len(said).to_bytes(2) + said if said else b""

    def _said(self, request: bytes) -> bytes:
        """The answer to address, function and fields."""
        address = request[0]
        if address == BROADCAST and self._framing == "rtu":
            for bank in self._banks.values():
                answer(request[1:], bank)
        if address not in self._banks:
            return b""
        try:
            return request[:1] + answer(request[1:], self._banks[address])
        except Silent:
            return b""

    def _take(self, frame: bytes, line: Line) -> None:
        """The line is busy for as long as a wire would be; the request counts from its last octet."""
        time.sleep(len(frame) * self._character_s)
        if reply := self.reply(frame):
            time.sleep(self._gap_s + len(reply) * self._character_s)
            line.write(reply)


class Slave(Segment):
    """One device alone on its line."""

    def __init__(self, address: int, bank: Bank, baud: int, framing: Framing = "rtu") -> None:
        super().__init__({address: bank}, baud, framing)
