"""The register map of the Modbus door unit. A value of the configuration: other boards, other addresses.

    discrete inputs  0 open   1 bolted   2 exit   3 fire   4 powered
    coil             0 release
    holding          0-1 limit_ms   2 command   3 heartbeat
    input            0-1 openings   2-3 entered   4-5 left   6 firmware   7-8 serial

Addresses count from 0, as they travel. A value of 32 bits is two registers, the high one first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_REGISTERS = 125
"""In one request (Modbus application protocol 1.1b3, 6.4)."""
MAX_BITS = 2000
"""The same, 6.2."""
WORD = 16


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the map."""

    address: int
    width: int
    """Bits: 1 in coils and discrete inputs, 16 or 32 in registers."""
    meaning: str
    inverted: bool = False
    """The contact is wired the other way round: 0 says yes."""

    @property
    def registers(self) -> int:
        """How many addresses it takes."""
        return max(1, self.width // WORD)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring addresses, read in one request."""

    first: int
    count: int

    def bit(self, point: Point, bits: Sequence[int]) -> bool:
        """What the contact says, its wiring taken into account."""
        return bool(bits[point.address - self.first]) != point.inverted

    def value(self, point: Point, registers: Sequence[int]) -> int:
        """The unsigned value at `point`."""
        start = point.address - self.first
        value = 0
        for register in registers[start : start + point.registers]:
            value = value << WORD | register
        return value


@dataclass(frozen=True, slots=True)
class RegisterMap:
    """Where the unit keeps what.

    Raises:
        ValueError: what must be read in one request lies too far apart, or a width is impossible.
    """

    # coils
    release: Point = Point(0, 1, "1 releases the lock for limit_ms, 0 secures it")
    # discrete inputs
    open: Point = Point(0, 1, "door contact: the leaf stands open")
    bolted: Point = Point(1, 1, "bolt contact: the bolt is home")
    exit: Point = Point(2, 1, "exit button, held by the unit for as long as it keeps the lock released")
    fire: Point = Point(3, 1, "fire contact, latched until it is reset at the unit")
    powered: Point = Point(4, 1, "the lock has power; without power it is released")
    # holding registers
    limit_ms: Point = Point(0, 32, "how long a release lasts; the unit itself ends it")
    command: Point | None = Point(2, 16, "the release coil once more, next to limit_ms")
    """With it one request carries limit and release; None: the unit has only the coil."""
    heartbeat: Point = Point(3, 16, "any write says that the controller lives; silence releases the lock")
    # input registers
    openings: Point = Point(0, 32, "openings since the unit was made")
    entered: Point = Point(2, 32, "persons who went in since the unit was made")
    left: Point = Point(4, 32, "persons who went out since the unit was made")
    firmware: Point = Point(6, 16, "firmware: high octet version, low octet revision")
    serial: Point | None = Point(7, 32, "serial number of the unit; a unit without one refuses the address")
    """Read once a connection. None: nothing is there that could be mistaken for one."""

    def __post_init__(self) -> None:
        bits, registers = self.contacts, self.counters
        if bits.count > MAX_BITS or registers.count > MAX_REGISTERS:
            raise ValueError("the inputs of a door lie too far apart for one request")
        if self.command and self.command.address != self.limit_ms.address + self.limit_ms.registers:
            raise ValueError("command must follow limit_ms, or be left out")

    @property
    def contacts(self) -> Block:
        """All discrete inputs."""
        return _block(self.open, self.bolted, self.exit, self.fire, self.powered)

    @property
    def counters(self) -> Block:
        """All input registers that change, and the firmware."""
        return _block(self.openings, self.entered, self.left, self.firmware)


def _block(*points: Point) -> Block:
    first = min(point.address for point in points)
    return Block(first, max(point.address + point.registers for point in points) - first)


def words(value: int, point: Point) -> tuple[int, ...]:
    """The registers that carry `value`.

    Raises:
        ValueError: the value does not fit.
    """
    if not 0 <= value < 1 << point.width:
        raise ValueError(f"{value} does not fit {point.width} bits")
    return tuple(value >> shift & 0xFFFF for shift in range(point.width - WORD, -1, -WORD))
