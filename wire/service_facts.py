"""What staff have done at a machine. Part of `wire.facts`.

Who it was stands there as a pseudonym of the staff card, in the field in which a reader would stand.
"""

from __future__ import annotations

from typing import Literal

from wire.fact import Count, Fact, FaultNumber, Name, Text
from wire.ids import Pseudonym

Act = Literal[
    "device_tested",
    "paper_changed",
    "box_emptied",
    "one_more",
    "one_less",
    "nobody_inside",
    "sign_on",
    "sign_off",
    "restart",
    "shutdown",
]


class ServiceEntered(Fact, frozen=True, tag="service.entered"):
    """A staff card and its PIN were right: readers are not served until `service.left`."""

    reader: Pseudonym


class ServiceRefused(Fact, frozen=True, tag="service.refused"):
    """A staff card was shown, and the PIN was not its own."""

    reader: Pseudonym
    fault: FaultNumber
    wrong: Count
    """In a row."""


class ServiceActed(Fact, frozen=True, tag="service.acted"):
    reader: Pseudonym
    act: Act
    about: Name = ""
    """The device that was tested."""


class ServiceLeft(Fact, frozen=True, tag="service.left"):
    reader: Pseudonym
    why: Literal["done", "idle", "stopped"]


class TagEncoded(Fact, frozen=True, tag="tag.encoded"):
    """A book's tag was written whole and read back."""

    uid: Name
    item: Text
    reader: Pseudonym
