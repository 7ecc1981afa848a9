"""The devices of a desk and of a room, by their usual names."""

from __future__ import annotations

from kiosk.fittings import Fitting, Fittings

DESK = Fittings({"pad": Fitting("pad", required=True), "scanner": Fitting("card")})
ROOM = Fittings(
    {
        **DESK.by_name,
        "door": Fitting("door", "door", required=True),
        "door_scanner": Fitting("card", "door"),
        "gate": Fitting("gate"),
    }
)


def without(fittings: Fittings, *names: str) -> Fittings:
    """The same with fewer devices."""
    return Fittings({name: fitting for name, fitting in fittings.by_name.items() if name not in names})
