"""What the configuration says of a 24-hour room: `[room]` and the tables in it.

Whom the room admits and when is central's to say, by signed lists (`wire.lists`); what stands here is the house's
own: its doors, its wiring, the limits that nobody may pass.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.room.admission_settings import Admission
from kiosk.room.alarm_settings import Alarms
from kiosk.room.closing_settings import Arming, Closing, Night
from kiosk.room.counting_settings import Counting
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
    answer_s: Annotated[float, Meta(ge=20, le=120)] = 30.0
    """How long the door waits for a PIN, or for how many come along; WCAG 2.2 asks for 20."""
    admission: Admission = Admission()
    """Cards that always open, PINs, one card for two."""
    lock: Literal["fail-safe", "fail-secure"] = "fail-safe"
    """Without power it is open, or it holds. The driver of the door must know such a lock, too."""
    mechanical_handle: bool = False
    """A handle inside opens a fail-secure lock by hand, without power: without one it is refused."""
    counting: Counting = Counting()
    """Visits, who is inside, how many may be."""
    environment: Environment = Environment()
    """Lights and power, air, cabinets."""
    closing: Closing = Closing()
    """Announcements, the desk's last minutes."""
    arming: Arming = Arming()
    """After closing: is everybody out, does nothing move?"""
    alarms: Alarms = Alarms()
    """Light, siren and voice; tailgating, limits of what is measured."""
    night: Night | None = None
    """Present: who stays for very long in the night is gently reminded."""
