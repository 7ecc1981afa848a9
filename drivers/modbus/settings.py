"""What every Modbus device has in the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.errors import Misuse
from drivers.kit import Settings
from drivers.line.line import OpenLine
from drivers.line.serial_line import Parity
from drivers.line.shared import Port, bus

Framing = Literal["rtu", "tcp"]
Table = Literal["coil", "discrete", "holding", "input"]
"""Which of the unit's four tables: bits one may write, bits, registers one may write, registers."""

MAX_UNIT = 247
"""Highest address on a serial Modbus; a gateway on TCP may use up to 255."""
CHARACTER_BITS = 11
"""Start, 8 data, parity or second stop, stop."""
Address = Annotated[int, Meta(ge=0, le=0xFFFF)]
"""Counts from 0, as it travels."""


@dataclass(frozen=True, slots=True)
class ModbusTiming:
    """How patient the master is."""

    timeout_s: float = 0.2
    """From the last octet sent to the whole reply."""
    tries: int = 3
    gap_s: float = 0.002
    """Silence before a frame: 3.5 characters, 1.75 ms above 19200 baud (serial line 1.02, 2.5.1.1)."""


class Serial(Struct, frozen=True, forbid_unknown_fields=True):
    """Registers that hold the unit's serial number: which of two alike it is."""

    address: Address
    """Of the first register."""
    registers: Annotated[int, Meta(ge=1, le=8)] = 2
    """How many hold it."""
    table: Literal["holding", "input"] = "holding"
    """Read by function 3 or 4."""
    wanted: str = ""
    """Hexadecimal. Another one is another device; empty: any is good, and shown."""


class ModbusSettings(Settings, frozen=True, kw_only=True):
    """A unit and its line."""

    port: str
    """Device path or `socket://host:port`; several devices may name the same one."""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 9600
    """Bits per second; a socket ignores it."""
    parity: Parity = "N"
    """N, E or O; a socket ignores it."""
    framing: Framing = "rtu"
    """`rtu`, also through a serial server; `tcp`: Modbus TCP."""
    unit: Annotated[int, Meta(ge=0, le=255)] = 1
    """The unit's address: 1 to 247, behind a gateway on TCP 0 to 255."""
    timeout_ms: Annotated[int, Meta(ge=20, le=5000)] = 200
    """From the last octet sent to the whole reply."""
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    """Questions without an answer before the unit is gone."""
    serial: Serial | None = None

    @property
    def seat(self) -> str:
        """Several devices may be parts of one unit: a board's relays, and its inputs."""
        return ""

    @property
    def timing(self) -> ModbusTiming:
        """Patience, and the silence before a frame: 3.5 characters, at least 1.75 ms."""
        gap_s = max(0.00175, 3.5 * CHARACTER_BITS / self.baud)
        return ModbusTiming(self.timeout_ms / 1000, self.tries, gap_s)

    def opener(self) -> OpenLine:
        """How the line is opened, shared with whoever names the same port.

        Raises:
            Misuse: an address that a serial line does not have; another device wants the port otherwise.
        """
        if self.framing == "rtu" and not 1 <= self.unit <= MAX_UNIT:
            raise Misuse(f"unit {self.unit}; 1 to {MAX_UNIT} allowed on a serial line")
        return bus(Port(self.port, self.baud, self.parity)).open
