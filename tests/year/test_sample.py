"""A sample of the simulated year, and mistakes that it must find. `make year` lives through the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.effects import SecureDoor
from kiosk.room import admission, closing, corrections, crossings, egress, environment, visits
from tests.year.life import live
from tests.year.troubles import A_YEAR, ghost

SEED, DAYS = 1, 5
WORSE = {**A_YEAR, ghost: 146}
"""Twice within these days, so that somebody is counted at night."""


def test_the_first_days_of_a_year_keep_every_promise():
    year = live(SEED, DAYS)
    assert year.visits > 120
    assert year.nights == DAYS
    assert len(year.refusals) > 5


def _twice(look: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever passes is counted twice."""

    def looked(*args: Any) -> Any:
        counting, passed, effects = look(*args)
        return counting, crossings.Passed(2 * passed.came, passed.went), effects

    return looked


MISTAKES: dict[str, tuple[object, str, object]] = {
    "secured a way out": (egress, "secure_early", lambda _now: (SecureDoor(),)),
    "admitted outside of hours": (admission, "shut", lambda *_: None),
    "came through the beams": (crossings, "look", _twice(crossings.look)),
    "somebody stands in the dark": (environment, "_wanted", lambda *_, **__: False),
    "armed, and somebody is counted": (corrections, "_why", lambda _told: None),
    "the loop would never rest": (closing, "deadline_ms", lambda _kiosk, around: around.now.mono_ms),
    "came by a card": (visits, "OPENED_WITHIN_MS", 900),
}
"""What the audit says → where the mistake is, and what stands in the right thing's place."""


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_is_found_within_days(said: str, monkeypatch: pytest.MonkeyPatch):
    where, name, wrong = MISTAKES[said]
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises(AssertionError, match=said):
        live(SEED, DAYS, WORSE)
