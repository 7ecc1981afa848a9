"""Where a unit keeps its two totals, as the configuration declares it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.modbus.points import Number, Span, spans
from drivers.modbus.settings import ModbusSettings


class Tally(Number, frozen=True, forbid_unknown_fields=True):
    """A total of persons in one or two registers."""

    kind: Literal["u16", "u32"] = "u32"
    """After 16 bits it wraps at 65536; that is counted on."""

    @property
    def width(self) -> int:
        """Bits, after which it wraps."""
        return 16 if self.kind == "u16" else 32


class CounterSettings(ModbusSettings, frozen=True, kw_only=True):
    """One two-way counter."""

    entered: Tally
    left: Tally
    poll_ms: Annotated[int, Meta(ge=10, le=10_000)] = 500
    """Pause between looks."""

    def looked_at(self) -> tuple[Span, ...]:
        """What one look reads."""
        return spans([*self.entered.at, *self.left.at])
