"""What becomes of a book at the gate, and the drills of a room. Part of `wire.facts`.

That something is wrong is told by `fault.raised`, that it is over by `fault.cleared`; what stands here says more.
"""

from __future__ import annotations

from typing import Literal

from wire.fact import Fact, Name, Text

Loan = Literal["in", "out", "unknown"]
"""Whether the library system has the item on loan: in stock, lent, or it could not say."""
Excuse = Literal["lent_here", "tag_not_cleared"]
"""This room has just lent it; its tag is known to be one that could not be cleared."""
Drill = Literal["fire", "evacuation"]
DrillEnd = Literal["order", "time"]
"""Somebody ended it; its time was over."""


class GateNamed(Fact, frozen=True, tag="gate.named"):
    """What the library system says of the book that has just alarmed."""

    uid: Name
    item: Text
    title: Text = ""
    loan: Loan = "unknown"


class GateExcused(Fact, frozen=True, tag="gate.excused"):
    """A secured book went out, and there was no alarm."""

    uid: Name
    item: Text
    why: Excuse


class GateReturned(Fact, frozen=True, tag="gate.returned"):
    """A book that had alarmed is inside again: seen on the desk, or taken back."""

    uid: Name
    item: Text = ""


class DrillBegun(Fact, frozen=True, tag="drill.begun"):
    drill: Drill


class DrillEnded(Fact, frozen=True, tag="drill.ended"):
    drill: Drill
    why: DrillEnd
