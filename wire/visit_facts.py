"""Who came into a 24-hour room and went out of it. Part of `wire.facts`.

A room counts its visits by one method. What the other method says of them is told too, marked `check`: kept beside
the visits, and in no sum of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.fact import Count, Fact, Name

Persons = Annotated[int, Meta(ge=1, lt=2**16)]
Method = Literal["counter", "card"]
"""Method A of the reports (two-way people counter) or B (card granted and door opened)."""


class VisitEntered(Fact, frozen=True, tag="visit.entered"):
    """Persons who came in."""

    persons: Persons
    method: Method
    check: bool = False
    """The room counts its visits by the other method."""
    companions: Count = 0
    """By method B: those of `persons` who came along with the reader, as the reader has told."""
    again: bool = False
    """By method B: the same reader came or went less than ten minutes before."""
    unattended: bool = False
    """At an hour at which the room has no staff, by its own hours."""


class VisitLeft(Fact, frozen=True, tag="visit.left"):
    """Persons who went out."""

    persons: Persons
    method: Method
    check: bool = False
    """The room tells by its own method, too, who leaves."""
    stays: Count = 0
    """How many of their stays are known from their beginning."""
    stayed_s: Count = 0
    """How long those were, together."""


class EntryApart(Fact, frozen=True, tag="entry.apart"):
    """Persons who came in and are no visit."""

    persons: Persons
    method: Method
    why: Literal["staff", "closed", "service"]
    """Let in by a card of staff; while the room was closed; while staff had the machine in service."""


class OccupancyPeaked(Fact, frozen=True, tag="occupancy.peaked"):
    """A civil day is over: so many were inside at once at most. Told when somebody comes or goes after it."""

    day: Name
    """ISO 8601, in the room's zone."""
    inside: Persons


class OccupancyCorrected(Fact, frozen=True, tag="occupancy.corrected"):
    """The number of persons inside was set: nobody came in or went out."""

    was: Count
    inside: Count
    why: Literal["night", "order", "service"]
    """The room was closed and nothing had moved; central ordered it; staff did it at the machine."""
    order: Count = 0
    """Order number where `why` is `order`."""
