"""What the configuration says of a room's lights, power, air and cabinets: `[room.environment]`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.room.written import Name

MAX_CIRCUITS = 32
MAX_CABINETS = 8


class Circuit(Struct, frozen=True, forbid_unknown_fields=True):
    """A light, or the power of something, on one output of a board."""

    device: Name
    """The board, as `[devices]` names it."""
    output: Name
    """As the board's own settings name it."""
    on: Literal["occupied", "open", "always"] = "occupied"
    """While somebody is inside; while the room is open, too; day and night."""
    dark_only: bool = False
    """Off while daylight is enough."""
    dims: bool = False
    """Off in the last minutes before the room closes: what is left on is dim light."""
    escape: bool = True
    """On while the fire contact is active, whatever else holds: it lights the way out."""
    linger_s: Annotated[float, Meta(ge=0, le=7200)] = 300.0
    """Nobody is inside and nothing has moved for so long: then the room is empty."""


class Daylight(Struct, frozen=True, forbid_unknown_fields=True):
    """How the room knows that it is dark: by a sensor, else by the sun; by neither it always is."""

    point: str = ""
    """A measured point in lux, by the name that the vitals give it."""
    dark_lux: Annotated[float, Meta(ge=0, le=100_000)] = 120.0
    """Below it is dark."""
    bright_lux: Annotated[float, Meta(gt=0, le=100_000)] = 240.0
    """Above it is bright; between the two it stays as it was, also where the light falls on the sensor itself."""
    latitude: Annotated[float, Meta(ge=-66, le=66)] | None = None
    """Degrees, north is positive. Beyond the polar circles a sun may not set: use a sensor."""
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    """Degrees, east is positive."""


class Cabinet(Struct, frozen=True, forbid_unknown_fields=True):
    """A cabinet that disinfects books, watched by its contacts; points as the vitals name them."""

    running: str
    """Active while the lamps are on."""
    door: str = ""
    """Active while it stands open."""
    broken: str = ""
    """Active while the cabinet says that something is wrong."""
    cycle_s: Annotated[float, Meta(gt=0, le=7200)] = 30.0
    """A shorter run has disinfected nothing."""


class Environment(Struct, frozen=True, forbid_unknown_fields=True):
    """Lights, power, air and cabinets."""

    circuits: Annotated[dict[Name, Circuit], Meta(max_length=MAX_CIRCUITS)] = {}
    daylight: Daylight = Daylight()
    cabinets: Annotated[dict[Name, Cabinet], Meta(max_length=MAX_CABINETS)] = {}
    log_s: Annotated[float, Meta(ge=60, le=86_400)] = 1800.0
    """What is measured becomes a fact that often."""
