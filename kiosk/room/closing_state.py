"""What closing, arming, the night and the room's own voice remember, as values."""

from __future__ import annotations

from msgspec import Struct

from kiosk.room.hours import Moment


class Closing(Struct, frozen=True):
    moment: Moment | None = None
    """How the room stands by its hours; None: it has none, or the time is not known."""
    version: int = 0
    """Of the list by which it was found."""
    announced: tuple[int, int] = (0, 0)
    """Which closing was announced last (`Moment.closes_ms`), and how many minutes before it."""
    from_ms: int = 0
    until_ms: int = 0
    """From the one to before the other, by central's clock, time alone changes nothing of all this."""


class Arming(Struct, frozen=True):
    armed: bool = False
    closed_ms: int | None = None
    """Monotonic, since when the room is closed, or since the kiosk runs in a closed room; None: it is open."""
    moved_ms: int = 0
    """Monotonic, when something moved last while it was closed."""
    attended: bool = False
    """Staff came after closing: what moves is theirs, until the room is armed again."""
    overstayed: bool = False
    late: bool = False
    """Told that it is not armed."""
    moved: bool = False
    """Something has moved while it was armed."""
    laid: bool = False
    """The pad has come up and tells what was laid on it before: nothing moves."""


class Night(Struct, frozen=True):
    remind_ms: int = 0
    """Monotonic; no reminder before."""


class Speaking(Struct, frozen=True):
    said: tuple[tuple[str, str], ...] = ()
    """Prompt and language: the first is being spoken, the others wait for its end."""
