"""Which journal is told next, and how long there is nothing to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kiosk.cursor import RESEND_MS, Taken
from kiosk.lanes import Lanes
from wire.orders import Watermark


def journal(name: str, head: int, *elders: Any) -> Any:
    """What lanes look at: facts 1 to `head`, none of them told."""
    standing = SimpleNamespace(forked=False)
    return SimpleNamespace(
        id=name * 32,
        head=head,
        watermark=0,
        oldest=1,
        elders=elders,
        standing=standing,
        failed="",
        acked=lambda mark: Taken.REWOUND if mark.epoch > 1 else Taken.MOVED,
    )


def test_an_earlier_journal_that_must_be_told_again_lets_nobody_wait_for_the_present_one():
    """A restored central lacks it; what was under way of the present journal is overdue and not its turn."""
    elder = journal("a", 2)
    lanes = Lanes(journal("b", 3, elder), lambda: 0.0)
    lanes.open()
    for seq in (2, 3):
        lane, _ = lanes.next(0) or (None, 0)
        assert lane is not None
        lane.cursor.sent_to(seq, 0)
        lanes.take(Watermark(elder.id, 1, 2, 0), 0, fresh=True)
    lanes.take(Watermark(elder.id, 2, 0, 0), 1, fresh=True)
    lane, first = lanes.next(1) or (None, 0)
    assert (lane and lane.journal.id, first) == (elder.id, 1)
    lane.cursor.sent_to(2, RESEND_MS)
    assert lanes.next(RESEND_MS) is None
    assert lanes.wait_ms(RESEND_MS) == RESEND_MS
