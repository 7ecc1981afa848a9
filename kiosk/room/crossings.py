"""What a two-way people counter's totals become: persons who came and went. Pure.

Totals only grow, and wrap at 2**32. What cannot be growth is doubted and counted as nothing; the next look decides:

    it goes on from what it had before    one look was wrong, and nothing is lost
    it goes on from the doubted totals    it jumped, was reset or replaced: counting begins where it stands
    neither                               the new totals are doubted
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from drivers.events import Crossed
from kiosk.effects import ClearFault, RaiseFault
from kiosk.room.counting_state import Counting
from kiosk.room.surroundings import Effects
from wire.faults import number

COUNTER_JUMPED = number("counter_jumped")
WRAP = 2**32
MAX_PERSONS = 1000
"""More than this while nobody looked is a counter that jumped, not a crowd."""
MAX_AT_ONCE = 50
"""The same between two looks of a counter that is followed: it is looked at every second at least."""


class Passed(NamedTuple):
    """Persons since the last look."""

    came: int
    went: int


NOBODY = Passed(0, 0)


def look(counting: Counting, event: Crossed) -> tuple[Counting, Passed, Effects]:
    """Who has passed, as the totals tell. A counter that took another's place begins where it stands."""
    totals = Passed(event.entered, event.left)
    if counting.entered is None or counting.left is None or counting.counter not in {"", event.device}:
        return _at(counting, event), NOBODY, ()
    last = Passed(counting.entered, counting.left)
    passed = _grown(last, totals)
    if max(passed) > (MAX_AT_ONCE if counting.followed else MAX_PERSONS):
        passed = _grown(Passed(*counting.suspect), totals) if counting.suspect else passed
        if counting.suspect is None or max(passed) > MAX_AT_ONCE:
            jump = f"entered {last.came} to {totals.came}, left {last.went} to {totals.went}"
            counting = replace(counting, counter=event.device, suspect=totals, followed=True)
            return counting, NOBODY, (RaiseFault(COUNTER_JUMPED, event.device, jump),)
    doubted = counting.suspect is not None
    cleared: Effects = (ClearFault(COUNTER_JUMPED, event.device),) if doubted or any(passed) else ()
    return _at(counting, event), passed, cleared


def _at(counting: Counting, event: Crossed) -> Counting:
    """Counting goes on from here."""
    return replace(
        counting,
        entered=event.entered,
        left=event.left,
        counter=event.device,
        suspect=None,
        followed=True,
    )


def _grown(last: Passed, now: Passed) -> Passed:
    return Passed((now.came - last.came) % WRAP, (now.went - last.went) % WRAP)
