"""What a board switches, as the configuration declares it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from drivers.errors import Misuse
from drivers.modbus.points import Name, Span, spans
from drivers.modbus.relays import Relay
from drivers.modbus.settings import ModbusSettings


class Output(Relay, frozen=True, forbid_unknown_fields=True):
    """One relay and what hangs on it."""

    inverted: bool = False
    """It hangs on the normally closed contact: on while the relay is off."""
    longest_ms: Annotated[int, Meta(ge=0, le=3_600_000)] = 0
    """Never on for longer than that: a siren. 0: for as long as it is wanted."""


class OutputSettings(ModbusSettings, frozen=True, kw_only=True):
    """One board with its outputs, by the names that orders give them."""

    outputs: dict[Name, Output]
    """`hall_light`, `shelf_power`, `siren`."""
    poll_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1000
    """How often the relays are read back: a board that was restarted has forgotten them."""

    def looked_at(self) -> tuple[Span, ...]:
        """What one look reads."""
        return spans(each.at for each in self.outputs.values() if each.read_back)

    def check(self) -> None:
        """Settings that contradict one another.

        Raises:
            Misuse: says which.
        """
        if not self.outputs:
            raise Misuse("no outputs")
        if not self.looked_at() and self.serial is None:
            raise Misuse("nothing shows that the board is there: read_back or serial")
        places = [each.at for each in self.outputs.values()]
        for name, each in self.outputs.items():
            timer = each.timer
            if places.count(each.at) > 1:
                raise Misuse(f"{name} and another output are the same relay")
            if timer and each.inverted:
                raise Misuse(f"{name}: the board times its relay on, which switches an inverted output off")
            if each.longest_ms and (timer is None or timer.longest_ms < each.longest_ms):
                raise Misuse(f"{name}: the board cannot count longest_ms; give it a timer that can")
