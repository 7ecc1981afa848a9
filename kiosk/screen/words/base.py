"""What every section of words is made of."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Words = Annotated[str, Meta(min_length=1, max_length=80)]


class Counted(Struct, frozen=True, forbid_unknown_fields=True):
    """Words beside a number, which many languages change with it."""

    other: Words
    one: str = ""
    """For exactly one; empty where it is the same."""

    def of(self, number: int) -> str:
        return self.one if number == 1 and self.one else self.other
