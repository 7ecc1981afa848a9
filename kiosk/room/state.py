"""The door of a 24-hour room, as a value."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from kiosk.room.admission_state import Admission
from kiosk.room.alarm_state import Drilling, Gate, Signalling, Tailing, Watching
from kiosk.room.closing_state import Arming, Closing, Night, Speaking
from kiosk.room.counting_state import Counting
from kiosk.room.environment_state import Environment
from kiosk.veiled import Veiled


class Phase(StrEnum):
    UNKNOWN = "unknown"
    """The door unit has not been heard, or is lost: nothing is known, so nothing is secured."""
    SECURED = "secured"
    """Shut, the lock holds from outside. From inside the handle and the button always open."""
    ASKING = "asking"
    """A card was shown, the ILS is being asked."""
    QUESTIONED = "questioned"
    """The card is good; its reader is asked for the PIN, or how many come along."""
    RELEASED = "released"
    """The lock has no power; somebody may come in or go out."""
    OPEN = "open"
    """The leaf stands open."""
    FREE = "free"
    """Fire or exit is active in the unit: the lock has no power and nobody secures it."""


class Contacts(Struct, frozen=True):
    """The last snapshot of the door unit."""

    open: bool
    released: bool
    exit_pressed: bool
    fire: bool


class Notice(Struct, frozen=True):
    """What the door's screen tells whoever stands outside."""

    until_ms: int
    """Monotonic."""
    fault: int | None = None
    """None: come in."""
    until: str = ""
    """Last day of a ban, ISO 8601."""


class Room(Veiled, frozen=True):
    """The whole state of the door. Its text is without the card that is being asked about, as `Session`'s."""

    UNSEEN = frozenset({"card"})

    phase: Phase = Phase.UNKNOWN
    contacts: Contacts | None = None
    """None: not heard since the unit came up."""
    ask: int = 1
    """Number of the last question; odd here, even at the desk."""
    card: str = ""
    """The card that is being asked about; empty: none is."""
    expected_until_ms: int = 0
    """Monotonic; until then the next opening has a reason (card, order). The opening uses it up."""
    releases: tuple[int, ...] = ()
    """Releases that the unit has not answered yet, oldest first: the order's number, 0 for a card's."""
    held_at_ms: int | None = None
    """Monotonic; the door is held open from then on."""
    openings: int | None = None
    """The unit's total last taken into facts; None: none was ever."""
    notice: Notice | None = None
    stirred_ms: int | None = None
    """Monotonic, when something moved in the room last; None: nothing has been heard yet."""
    admission: Admission = Admission()
    counting: Counting = Counting()
    environment: Environment = Environment()
    closing: Closing = Closing()
    arming: Arming = Arming()
    night: Night = Night()
    gate: Gate = Gate()
    drilling: Drilling = Drilling()
    tailing: Tailing = Tailing()
    watching: Watching = Watching()
    signalling: Signalling = Signalling()
    speaking: Speaking = Speaking()
