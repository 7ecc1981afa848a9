"""The table is whole: each phase × event is a row or is stated as ignored, never both."""

from __future__ import annotations

import pytest

from kiosk.session.state import Phase
from kiosk.session.table import EVENTS, IGNORED, TABLE


def test_the_table_knows_these_events():
    assert {event.__name__ for event in EVENTS} == {
        "CardShown", "CardTaken", "ReaderAnswered", "TagSeen", "TagGone", "TagWritten", "TagSensed", "ItemAnswered", "LoanAnswered",
        "ReturnAnswered", "IlsSilent", "DeviceBack", "PadSettled", "Touched", "Typed", "Ticked", "ServingChanged", "StopAsked",
            "ShownInVain", "PaymentAnswered",
    }  # fmt: skip


@pytest.mark.parametrize("phase", Phase)
def test_each_event_is_a_row_or_is_ignored_for_a_reason(phase: Phase):
    assert TABLE[phase].keys() | IGNORED[phase].keys() == EVENTS
    assert not TABLE[phase].keys() & IGNORED[phase].keys()
    assert all(len(reason) > 20 for reason in IGNORED[phase].values())
