"""What can have happened between a reader who called for help and the duty desk, and what readers thought. Part of
`wire.facts`. No person stands in any of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.fact import Count, Fact, FaultNumber, Name

Answer = Literal["yes", "no", "waiting", "solved"]
"""What a reader can answer by a button."""
End = Literal["reader", "staff", "idle", "stopped"]
"""Who ended a call; `idle`: nobody said anything for three minutes; `stopped`: the program ended."""
Score = Annotated[int, Meta(ge=1, le=3)]
"""1: not satisfied, 2: so-so, 3: satisfied."""


class HelpCalled(Fact, frozen=True, tag="help.called"):
    """Somebody at a screen wants a person."""

    call: Count
    """Number of the call, larger with each of one kiosk."""
    place: Literal["desk", "door"]
    scene: Name
    """What the screen showed: a phase of `kiosk.session` or `kiosk.room`."""
    fault: FaultNumber | None = None
    """What the reader was told there to be wrong, where anything was."""
    books: Count = 0
    """Books on the pad."""
    stuck: Count = 0
    """Of these such as were not done."""


class HelpAnswered(Fact, frozen=True, tag="help.answered"):
    """The reader touched one of the answers under the desk's text."""

    call: Count
    answer: Answer


class HelpEnded(Fact, frozen=True, tag="help.ended"):
    call: Count
    why: End


class SurveyAnswered(Fact, frozen=True, tag="survey.answered"):
    """One touch of the goodbye page."""

    score: Score
