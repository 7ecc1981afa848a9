"""What the screen is shown: the whole state at one moment, frozen, made by the loop after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.clock import Now
from kiosk.courtesies.state import Courtesies
from kiosk.ease import Eases
from kiosk.errands.state import Errand
from kiosk.fittings import Fittings
from kiosk.registering.state import Registering
from kiosk.room.state import Room
from kiosk.service.state import Service
from kiosk.session.state import Session
from wire.condition import Reading, State, Trouble
from wire.hours import Hours
from wire.idle import Idle


@dataclass(frozen=True, slots=True)
class Snapshot:
    now: Now
    state: State
    """The station's: ready, degraded, broken …"""
    troubles: tuple[Trouble, ...]
    session: Session | None
    """None: this kiosk has no desk."""
    room: Room | None
    """None: this kiosk has no door."""
    ils_up: bool
    online: bool
    """Broker and central are both there."""
    fittings: Fittings = field(default_factory=Fittings)
    """Which device stands where: whose troubles concern whom."""
    news: Idle | None = None
    """What is shown while nobody stands there."""
    hours: Hours | None = None
    """When the room admits readers, where a signed list says so."""
    service: Service = field(default_factory=Service)
    """Staff at the machine."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """What each device that answers says of itself."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    errand: Errand = field(default_factory=Errand)
    """What the reader at the desk does besides laying books down."""
    registering: Registering | None = None
    """None: nobody becomes a reader at this desk."""
    takes: frozenset[str] = frozenset()
    """Identifiers of the requests that the ILS answers."""
    eases: Eases = field(default_factory=Eases)
    """How whoever stands there wants to be served."""
    courtesies: Courtesies = field(default_factory=Courtesies)
    """Slips, the goodbye, a call for help."""
    prints: bool = False
    """A printer answers, is shut, and has paper."""
    slip: str = ""
    """In which way whoever is served took a slip last; empty: in none, or nobody knows."""
    time_ms: int = 0
    """Since 1970 UTC, by central's clock, as well as it is known: what hours are kept by."""
