"""What the configuration has plugged in, as far as the tables care: of which kind each device is, and where. Pure.

A kiosk has one pad, one door and one counter at most, and any number of the others: three card readers at
a desk are three ways to say who one is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from drivers.kit import Kind
from kiosk.effects import Place

DOOR = "door"
GATE = "gate"
"""How faults name the door and the gate themselves, whatever their units are called."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """One device."""

    kind: Kind
    place: Place = "desk"
    required: bool = False
    """Without it the kiosk cannot do its job."""
    exits: bool = False
    """A card reader beside the way out: a card shown there says that its reader leaves, and nothing else."""


@dataclass(frozen=True)
class Fittings:
    """All devices, by the names that events give them."""

    by_name: Mapping[str, Fitting] = field(default_factory=dict)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, frozenset[str]]:
        names: defaultdict[Kind, frozenset[str]] = defaultdict(frozenset)
        for name, fitting in self.by_name.items():
            names[fitting.kind] |= {name}
        return dict(names)

    def names(self, kind: Kind) -> frozenset[str]:
        """The devices of one kind."""
        return self._by_kind.get(kind, frozenset())

    def is_a(self, device: str, kind: Kind) -> bool:
        """Whether this device is of that kind."""
        fitting = self.by_name.get(device)
        return fitting is not None and fitting.kind == kind

    def is_outside(self, device: str) -> bool:
        """It hangs at the door: who shows a card there wants to come in."""
        fitting = self.by_name.get(device)
        return fitting is not None and fitting.place == "door"

    def is_at_desk(self, device: str) -> bool:
        """It stands at the desk: who shows a card there wants to be served."""
        fitting = self.by_name.get(device)
        return fitting is None or (fitting.place == "desk" and not fitting.exits)

    def counts(self, device: str) -> bool:
        """Its totals are the visits: a counter's, where there is one, else the door unit's own."""
        return device in (self.names("counter") or self.names("door"))

    def needed_at_desk(self) -> frozenset[str]:
        """Without one of these the desk takes no work: its pad, and what the configuration calls required there."""
        required = {
            name for name, fitting in self.by_name.items() if fitting.required and fitting.place == "desk"
        }
        return self.names("pad") | required

    def felt(self, place: Place) -> frozenset[str]:
        """Whose troubles concern who stands there. Who stands at the desk is inside, behind the door."""
        if place == "door":
            return frozenset({"", DOOR}) | {
                name for name in self.by_name if self.is_outside(name) and not self.is_a(name, "counter")
            }
        beyond = frozenset(name for name in self.names("card") if self.is_outside(name))
        return frozenset({"", DOOR, GATE}) | (self.by_name.keys() - beyond)
