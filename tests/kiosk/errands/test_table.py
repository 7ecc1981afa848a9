"""The table is whole: each panel × event is a row or is stated as ignored, never both."""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.errands.state import Panel
from kiosk.errands.table import EVENTS, IGNORED, TABLE, TOUCHES
from kiosk.events import Action


def test_the_table_knows_these_events():
    assert {event.__name__ for event in EVENTS} >= {
        "Touched", "Typed", "Ticked", "TagSeen", "AccountAnswered", "CopyAnswered", "RenewalAnswered", "AllRenewed",
        "HoldAnswered", "PinChanged",
    }  # fmt: skip


@pytest.mark.parametrize("panel", Panel)
def test_each_event_is_a_row_or_is_ignored_for_a_reason(panel: Panel):
    assert TABLE[panel].keys() | IGNORED[panel].keys() == EVENTS
    assert not TABLE[panel].keys() & IGNORED[panel].keys()
    assert all(len(reason) > 20 for reason in IGNORED[panel].values())
    assert TOUCHES[panel].keys() <= set(get_args(Action))
