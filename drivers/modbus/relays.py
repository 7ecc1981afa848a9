"""Relays of a board, as the configuration declares them: how one is switched, and how the board times it. Pure.

    function   frame                                        boards
    5          coil `address` = steps                       flash-on at 0x0200 + channel, 100 ms
    6          register `address` = base + steps            0x0600 + seconds
    16         registers from `address` = prefix, steps     mode 4, then 100 ms

A board that times by itself ends what it began though nobody speaks to it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from drivers.errors import Misuse
from drivers.modbus.points import Image
from drivers.modbus.settings import Address, Table

Word = Annotated[int, Meta(ge=0, le=0xFFFF)]


class Switching(Protocol):
    """The writing verbs of a Modbus unit."""

    def set_coil(self, address: int, on: bool) -> None: ...
    def set_coil_to(self, address: int, value: int) -> None: ...
    def set_register(self, address: int, value: int) -> None: ...
    def set_registers(self, first: int, values: Sequence[int]) -> None: ...


class Timer(Struct, frozen=True, forbid_unknown_fields=True):
    """How the board itself switches a relay on for a time."""

    function: Literal[5, 6, 16]
    """Which one takes the time."""
    address: Address
    """Of the coil or the first register that takes the time."""
    step_ms: Annotated[int, Meta(ge=1, le=60_000)] = 100
    """What one step of the time is worth."""
    base: Word = 0
    """Function 6: added to the steps."""
    prefix: Annotated[tuple[Word, ...], Meta(max_length=4)] = ()
    """Function 16: registers before the steps, a mode perhaps."""
    longest: Annotated[int, Meta(ge=1, le=0xFEFF)] = 0x7FFF
    """Most steps that the board takes; of function 5, 0xFF00 would mean on."""

    @property
    def longest_ms(self) -> int:
        """The longest time."""
        return self.longest * self.step_ms

    def steps(self, limit_ms: int) -> int:
        """The time in steps, rounded up.

        Raises:
            Misuse: the board cannot count so long.
        """
        if not 1 <= limit_ms <= self.longest_ms:
            raise Misuse(f"{limit_ms} ms; the board counts 1 to {self.longest_ms}")
        return -(-limit_ms // self.step_ms)


class Relay(Struct, frozen=True, forbid_unknown_fields=True):
    """One relay; on: its coil is energised."""

    address: Address
    """Of its coil, or of the register that switches it."""
    table: Literal["coil", "holding"] = "coil"
    """Switched by function 5 or 6."""
    on: Word = 1
    """What switches it on, in a holding register."""
    off: Word = 0
    """What switches it off there."""
    timer: Timer | None = None
    """Left out: the board cannot time."""
    read_back: bool = True
    """Reading the same address tells how the relay stands; in a register 0 is off."""

    def switch(self, unit: Switching, *, on: bool) -> None:
        """Switch it until told otherwise. Off ends a running time, too."""
        if self.table == "coil":
            unit.set_coil(self.address, on)
        else:
            unit.set_register(self.address, self.on if on else self.off)

    def pulse(self, unit: Switching, limit_ms: int) -> None:
        """Switch it on for `limit_ms`, counted by the board.

        Raises:
            Misuse: the board cannot time, or not so long.
        """
        if self.timer is None:
            raise Misuse("the board cannot time")
        steps = self.timer.steps(limit_ms)
        match self.timer.function:
            case 5:
                unit.set_coil_to(self.timer.address, steps)
            case 6:
                unit.set_register(self.timer.address, self.timer.base + steps)
            case 16:
                unit.set_registers(self.timer.address, (*self.timer.prefix, steps))

    @property
    def at(self) -> tuple[Table, int]:
        """Where it is read back."""
        return self.table, self.address

    def shows(self, image: Image) -> bool | None:
        """How it stands; None where it cannot be read back."""
        return bool(image[self.at]) if self.read_back else None
