"""The table is whole: each phase × event is a row or is stated as ignored, never both; each touch is a button's."""

from __future__ import annotations

import pytest

from kiosk.registering.state import APART, Phase
from kiosk.registering.table import EVENTS, IGNORED, ITS_OWN, TABLE, TOUCHES


@pytest.mark.parametrize("phase", Phase)
def test_each_event_is_a_row_or_is_ignored_for_a_reason(phase: Phase):
    assert TABLE[phase].keys() | IGNORED[phase].keys() == EVENTS
    assert not TABLE[phase].keys() & IGNORED[phase].keys()
    assert all(len(reason) > 15 for reason in IGNORED[phase].values())


@pytest.mark.parametrize("phase", Phase)
def test_who_can_be_left_waiting_can_leave_or_is_answered(phase: Phase):
    assert phase in APART or "done" in TOUCHES[phase] or phase is Phase.ENTERING
    assert ITS_OWN <= EVENTS
