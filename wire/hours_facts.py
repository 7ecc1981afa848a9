"""What a room's hours make happen in it: opening, closing, arming, a long stay. Part of `wire.facts`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.fact import Count, Fact, Name


class RoomOpened(Fact, frozen=True, tag="room.opened"):
    """Readers are admitted from now on."""

    staffed: bool = False


class RoomClosing(Fact, frozen=True, tag="room.closing"):
    """Readers were told that the room closes."""

    minutes: Count
    inside: Count = 0


class RoomClosed(Fact, frozen=True, tag="room.closed"):
    """Readers are admitted no more."""

    why: Literal["hours", "cleaning", "self_test"] = "hours"
    inside: Count = 0


class RoomTested(Fact, frozen=True, tag="room.tested"):
    """A self-test is over: whether each device answers."""

    answering: Count
    silent: Annotated[tuple[Name, ...], Meta(max_length=8)] = ()
    """The first ones, as the configuration names them."""


class RoomArmed(Fact, frozen=True, tag="room.armed"):
    """Closed and still: whatever moves from now on is an alarm. No way out is shut by it."""

    inside: Count = 0
    """By the counter, within what it may be off by."""


class RoomDisarmed(Fact, frozen=True, tag="room.disarmed"):
    why: Literal["opening", "cleaning", "self_test", "staff"]


class StayReminded(Fact, frozen=True, tag="stay.reminded"):
    """Somebody has been inside for long, and was gently told so."""

    minutes: Count
