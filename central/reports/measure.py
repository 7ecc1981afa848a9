"""What a measure is, and one thing to add to its tally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wire.faults import Words


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    title: Words
    unit: Words
    definition: Words
    under: str = ""
    """The measure below which a page shows it; empty for one that has a place of its own."""
    rate: str = ""
    """A part of it whose share of the whole is shown as a percentage; empty: none is."""
    per: str = ""
    """Seconds of as many as this measure counts: a page shows their mean, and neither sum; empty: it is a count."""


class Addend(NamedTuple):
    """One thing to add to a tally."""

    measure: str
    by: int
    shares: tuple[tuple[str, str], ...] = ()
    """(dimension, value) pairs for rankings."""
