"""What the configuration says of a 24-hour room: `[room]` and the tables in it.

Whom the room admits and when is central's to say, by signed lists (`wire.lists`); what stands here is the house's
own: its doors, its wiring, the limits that nobody may pass.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from kiosk.room.environment_settings import Environment

Seconds = Annotated[float, Meta(gt=0, le=3600)]


class Room(Struct, frozen=True, forbid_unknown_fields=True):
    """A room's door, and what goes on behind it."""

    release_s: Annotated[float, Meta(ge=1, le=60)] = 8.0
    """The unit re-locks by itself after this."""
    held_open_s: Seconds = 30.0
    """A door open for longer is a fault."""
    refuse_s: Seconds = 5.0
    """How long a refusal stays on the door's screen."""
    environment: Environment = Environment()
    """Lights and power, air, cabinets."""
