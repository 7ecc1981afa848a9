"""Points of a register map, as the configuration declares them: where one stands, and what its bits mean. Pure.

    kind   registers   meaning
    u16    1           0 to 65535
    s16    1           two's complement
    m16    1           magnitude: 10000 and more are the negative ones, 10015 is -15
    u32    2           0 to 2**32 - 1
    s32    2           two's complement
    f32    2           IEEE 754

Addresses count from 0, as they travel. Kinds of two registers come high word first, or low word first.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.modbus.settings import Address, Table

Name = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]
Kind = Literal["u16", "s16", "m16", "u32", "s32", "f32"]
Words = Literal["high first", "low first"]

SIGN_AT = 10_000
"""Of `m16`: from here on a value is negative."""
MAX_REGISTERS = 125
"""In one request (Modbus application protocol 1.1b3, 6.3)."""
MAX_BITS = 2000
"""The same, 6.1."""

Image = Mapping[tuple[Table, int], int]
"""What a look at the unit showed: (table, address) → bit or register."""


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    """A contact: an input of the unit, or one bit of a register."""

    address: Address
    """Counts from 0."""
    table: Table = "discrete"
    """`coil`, `discrete`, `holding` or `input`: functions 1 to 4."""
    bit: Annotated[int, Meta(ge=0, le=15)] | None = None
    """Of a register, 0 the lowest; left out: any bit set counts."""
    active: Literal["closed", "open"] = "closed"
    """Which state of the contact is the one that it watches for."""
    debounce_ms: Annotated[int, Meta(ge=0, le=60_000)] = 30
    """A change counts once it has stood for so long. Contacts bounce for 5 to 20 ms."""

    @property
    def at(self) -> Iterable[tuple[Table, int]]:
        """The addresses that it takes."""
        return ((self.table, self.address),)

    def sense(self, image: Image) -> bool:
        """Whether what it watches for is the case."""
        word = image[self.table, self.address]
        closed = bool(word if self.bit is None else word >> self.bit & 1)
        return closed == (self.active == "closed")


class Number(Struct, frozen=True, forbid_unknown_fields=True):
    """A number in one or two registers."""

    address: Address
    """Of the first register."""
    table: Literal["holding", "input"] = "input"
    """Read by function 3 or 4."""
    kind: Kind = "u16"
    """`u16`, `s16`, `m16`, `u32`, `s32` or `f32`."""
    words: Words = "high first"
    """Of two registers: `high first` or `low first`."""

    @property
    def at(self) -> Iterable[tuple[Table, int]]:
        """The addresses that it takes."""
        return ((self.table, self.address + i) for i in range(LAYOUT[self.kind].registers))

    def value(self, image: Image) -> float:
        """What the registers say."""
        octets = b"".join(
            image[self.table, self.address + i].to_bytes(2, "big")
            for i in self._order(LAYOUT[self.kind].registers)
        )
        return LAYOUT[self.kind].decode(octets)

    def encoded(self, value: float) -> dict[tuple[Table, int], int]:
        """The registers that say `value`, as an emulator holds them.

        Raises:
            ValueError: it does not fit.
        """
        try:
            octets = LAYOUT[self.kind].encode(value)
        except (struct.error, OverflowError) as cause:
            raise ValueError(f"{value:g} does not fit {self.kind}") from cause
        order = self._order(len(octets) // 2)
        return {
            (self.table, self.address + i): int.from_bytes(octets[2 * n : 2 * n + 2], "big")
            for n, i in enumerate(order)
        }

    def _order(self, count: int) -> Sequence[int]:
        return range(count) if self.words == "high first" else range(count - 1, -1, -1)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a kind lies in its octets, high word first."""

    registers: int
    decode: Callable[[bytes], float]
    encode: Callable[[float], bytes]


def _packed(form: str, whole: bool = True) -> Layout:
    def decode(octets: bytes) -> float:
        value: float = struct.unpack(form, octets)[0]
        return value

    return Layout(struct.calcsize(form) // 2, decode, lambda v: struct.pack(form, round(v) if whole else v))


def _magnitude(octets: bytes) -> float:
    value = int.from_bytes(octets, "big")
    return SIGN_AT - value if value >= SIGN_AT else value


def _from_magnitude(value: float) -> bytes:
    return struct.pack(">H", SIGN_AT - round(value) if value < 0 else round(value))


LAYOUT: Mapping[Kind, Layout] = {
    "u16": _packed(">H"),
    "s16": _packed(">h"),
    "m16": Layout(1, _magnitude, _from_magnitude),
    "u32": _packed(">I"),
    "s32": _packed(">i"),
    "f32": _packed(">f", whole=False),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring addresses of one table: one request."""

    table: Table
    first: int
    count: int


def spans(addresses: Iterable[tuple[Table, int]]) -> tuple[Span, ...]:
    """The fewest requests that read all of these and nothing else: units refuse addresses in the gaps."""
    found: list[Span] = []
    for table, address in sorted(set(addresses)):
        last = found[-1] if found else None
        most = MAX_BITS if table in ("coil", "discrete") else MAX_REGISTERS
        if last and last.table == table and last.first + last.count == address and last.count < most:
            found[-1] = Span(table, last.first, last.count + 1)
        else:
            found.append(Span(table, address, 1))
    return tuple(found)


class Settled:
    """One contact's state without its bounces; `now` in seconds of any steady clock.

    Args:
        debounce_ms: a change counts once it has stood for so long.
        at_once: this state needs no time to be believed: a fire.
    """

    def __init__(self, debounce_ms: int, at_once: bool | None = None) -> None:
        self._debounce_s = debounce_ms / 1000
        self._at_once = at_once
        self._state: bool | None = None
        self._other_since: float | None = None

    @property
    def unsettled(self) -> bool:
        """A change waits for its time."""
        return self._other_since is not None

    def feed(self, state: bool, now: float) -> bool:
        """Take what the contact shows at `now`; what counts."""
        if self._state is None or state in (self._state, self._at_once):
            self._state, self._other_since = state, None
            return state
        if self._other_since is None:
            self._other_since = now
        if now - self._other_since >= self._debounce_s:
            self._state, self._other_since = state, None
        return self._state


def plausible(value: float, low: float | None, high: float | None) -> bool:
    """Whether a sensor can mean it: a number, and within its range."""
    return math.isfinite(value) and (low is None or value >= low) and (high is None or value <= high)
