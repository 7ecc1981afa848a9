"""The whole kiosk as one value, and the part of its configuration that the tables know."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property

from msgspec import Struct, field

from kiosk import config
from kiosk.certificates import Expiry
from kiosk.courtesies.state import Courtesies
from kiosk.ease import Eases, ReaderTypes
from kiosk.effects import AnyEffect
from kiosk.errands.state import Errand
from kiosk.lists.standing import Standing
from kiosk.memory import Memory
from kiosk.owed import Owed
from kiosk.payments import Payments
from kiosk.registering.state import Registering
from kiosk.repairs import Repairs
from kiosk.room.hours import MINUTE_MS
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.service.state import Service
from kiosk.session.state import Session
from kiosk.station import Station
from wire.idle import Idle


@dataclasses.dataclass(frozen=True)
class Rules:
    """The part of the configuration that the tables know."""

    desk: config.Desk
    room: RoomSettings
    offline: config.Offline
    named: Callable[[str], str] = dataclasses.field(repr=False)
    """The pseudonym of a card."""
    reader_types: ReaderTypes = dataclasses.field(default_factory=dict)
    """What a reader's type switches on at the desk."""
    registration: config.Registration | None = None
    """None: nobody becomes a reader at this desk."""
    staff: frozenset[str] = frozenset()
    """Pseudonyms of staff cards that open the service."""
    certificates: tuple[Expiry, ...] = ()
    """When those of this kiosk end."""

    @cached_property
    def alarm_ms(self) -> int:
        """What is owed for longer is an alarm."""
        return int(self.offline.alarm_h * 3_600_000)

    @cached_property
    def desk_stops_ms(self) -> int:
        """So long before the room closes its desk begins nothing new."""
        return self.room.closing.desk_min * MINUTE_MS


class Kiosk(Struct, frozen=True):
    """Everything that the kiosk knows, at one moment."""

    station: Station
    owed: Owed = field(default_factory=Owed)
    session: Session | None = None
    """None: no desk."""
    room: Room | None = None
    """None: no door."""
    eases: Eases = Eases()
    """How whoever stands there wants to be served."""
    lists: Standing | None = None
    """None: this kiosk takes no lists."""
    memory: Memory = field(default_factory=Memory)
    repairs: Repairs = field(default_factory=Repairs)
    payments: Payments = field(default_factory=Payments)
    courtesies: Courtesies = field(default_factory=Courtesies)
    """Slips, the goodbye, a call for help, what is spoken."""
    news: Idle | None = None
    """What is shown while nobody stands there."""
    service: Service = Service()
    """Staff at the machine."""
    errand: Errand = field(default_factory=Errand)
    """What the reader at the desk does besides laying books down."""
    registering: Registering | None = None
    """None: nobody becomes a reader at this desk."""


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Kiosk, Effects]
