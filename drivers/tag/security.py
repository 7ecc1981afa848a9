"""The AFI, the octet by which a gate tells a book in stock from one that is lent.

Libraries agree on 07 and C2 (Danish model, ISO 28560-1), yet some write them the other way round:
they are settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import Misuse


@dataclass(frozen=True, slots=True)
class AfiValues:
    """The two values of a library."""

    in_stock: int = 0x07
    """The gate alarms."""
    lent: int = 0xC2
    """The gate is silent."""

    def __post_init__(self) -> None:
        if self.in_stock == self.lent or not {self.in_stock, self.lent} <= set(range(256)):
            raise Misuse(f"AFI values {self.in_stock:02X} and {self.lent:02X}")

    def octet(self, secured: bool) -> int:
        """The value to write."""
        return self.in_stock if secured else self.lent

    def secures(self, afi: int) -> bool:
        """Whether the gate alarms at this AFI."""
        return afi == self.in_stock

    def meaning(self, afi: int) -> bool | None:
        """True in stock, False lent; None for a value that is neither."""
        return {self.in_stock: True, self.lent: False}.get(afi)
