"""What tells a gate that a book is in stock: the AFI octet, the EAS bit of NXP's chips, or both.

                in stock        lent
    AFI         07              C2         libraries agree on these (Danish model, ISO 28560-1), yet some
                                           write them the other way round: they are settings
    EAS         on              off        NXP ICODE alone; answers a gate without an inventory
    both        07 and on       C2 and off what neither value and bit agree on is neither

Pure: who writes and reads back are `drivers.pad.feig.pad` and `drivers.probe`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.errors import Misuse

Marks = Literal["afi", "eas", "both"]
"""Which of them a library uses."""


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


@dataclass(frozen=True, slots=True)
class Shown:
    """What a tag shows; None for a mark that was not asked for."""

    afi: int | None = None
    eas: bool | None = None

    def __str__(self) -> str:
        """`AFI 07, EAS on`."""
        afi = [] if self.afi is None else [f"AFI {self.afi:02X}"]
        eas = [] if self.eas is None else [f"EAS {'on' if self.eas else 'off'}"]
        return ", ".join(afi + eas)


@dataclass(frozen=True, slots=True)
class Security:
    """How one library secures its books."""

    marks: Marks = "afi"
    afi: AfiValues = AfiValues()

    @property
    def by_afi(self) -> bool:
        return self.marks != "eas"

    @property
    def by_eas(self) -> bool:
        return self.marks != "afi"

    def wanted(self, secured: bool) -> Shown:
        """What the tag shall show."""
        return Shown(
            self.afi.octet(secured) if self.by_afi else None,
            secured if self.by_eas else None,
        )

    def meaning(self, shown: Shown) -> bool | None:
        """True in stock, False lent; None where the marks contradict each other or mean neither."""
        for secured in (True, False):
            if shown == self.wanted(secured):
                return secured
        return None
