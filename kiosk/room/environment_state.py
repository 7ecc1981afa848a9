"""What a room remembers of its lights, its air and its cabinets, as a value."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Air(Struct, frozen=True):
    """A point that is measured, since its last fact."""

    device: str
    unit: str
    last: float
    low: float
    high: float


class Sun(Struct, frozen=True):
    """Whether a room with windows is dark by the sun, between two times of central's."""

    dark: bool
    from_ms: int
    until_ms: int


class Run(Struct, frozen=True):
    """A cabinet at work."""

    device: str
    """Whose contact says so."""
    since_ms: int
    """Monotonic."""
    begun: bool
    """Its beginning was seen; else it ran before anybody looked."""
    opened: bool = False
    """Its door was open meanwhile."""


class Environment(Struct, frozen=True):
    """Lights, power, air, cabinets."""

    moved_ms: int | None = None
    """Monotonic; when something last moved in the room or at its door. Kept where there is a circuit."""
    asked: Mapping[str, bool] = {}
    """What was last asked of each circuit whose board is there."""
    dark: bool = True
    sun: Sun | None = None
    look_at_ms: int | None = None
    """Monotonic; the circuits are judged anew then."""
    judged_ms: int = 0
    """Central's time when they were judged last."""
    holds_ms: int = 0
    """Central's time from which on hours or sun may say otherwise."""
    air: Mapping[str, Air] = {}
    log_at_ms: int | None = None
    """Monotonic; None: nothing is measured."""
    runs: Mapping[str, Run] = {}
    open_doors: frozenset[str] = frozenset()
    """Cabinets whose door stands open."""
