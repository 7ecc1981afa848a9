"""What was read from a tag, whatever its model: one shape for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from drivers.events import TagContent

Model = Literal["iso28560-2", "iso28560-3", "iso28560-4", "cultu", "3m"]
"""ISO 28560-2 is GB/T 35660.2, -3 the Danish DS/INF 163-8, -4 GB/T 35660.3; cultu is 高校联盟 UHF-RFID."""
BLANK: Literal["blank"] = "blank"
UNKNOWN: Literal["unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a tag says."""

    model: Model | Literal["blank", "unknown"]
    content: TagContent | None = None
    """None: there is no item number that could be trusted."""
    elements: Mapping[str, str] = field(default_factory=dict)
    """Its fields in their order, by the abbreviations of the standard (`drivers.tag.oids`) or of the model."""
    warnings: tuple[str, ...] = ()
    """What was odd; the same as `content.warnings` where there is content."""


def blank(octets: bytes) -> bool:
    """Whether nobody has written here: all octets are 00, all are 55, or there are none."""
    return set(octets) <= {0x00} or set(octets) == {0x55}
