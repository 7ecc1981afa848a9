"""When central must be told the time, and when the kiosk's own clock is not to be trusted."""

from __future__ import annotations

import pytest

from kiosk.clock import Now
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.events import Ticked, WatermarkMoved
from kiosk.timekeeping import Timekeeping, step
from wire.facts import ClockCorrected

WALL_MS = 1_790_000_000_000
DAY_MS = 24 * 3600 * 1000


class Room:
    """A kiosk's two clocks, and central's, which is right."""

    def __init__(self, wrong_ms=0, *, is_set=True):
        self.time, self.is_set = Timekeeping(), is_set
        self.true_ms, self.mono_ms, self.wrong_ms = WALL_MS, 5_000, wrong_ms

    def hears(self, event):
        """What is told of time: the dates of corrections, and the fault if it stands."""
        now = Now(self.true_ms + self.wrong_ms, self.mono_ms)
        self.time, effects = step(self.time, event, now, is_set=self.is_set)
        dates = [
            e.fact.central_ms for e in effects if isinstance(e, Record) and isinstance(e.fact, ClockCorrected)
        ]
        (fault,) = (e for e in effects if isinstance(e, RaiseFault | ClearFault))
        return dates, fault.cause if isinstance(fault, RaiseFault) else None

    def watermark(self):
        return self.hears(WatermarkMoved(1, -self.wrong_ms))

    def tick(self):
        return self.hears(Ticked())

    def passes(self, ms):
        self.true_ms += ms
        self.mono_ms += ms


@pytest.mark.parametrize(
    ("wrong_ms", "is_set", "fault"),
    [
        (0, True, None),
        (1_500, True, None),
        (60_000, True, None),
        (60_001, True, "+60 s off central's"),
        (-3 * DAY_MS, True, "-259200 s off central's"),
        (0, False, "not set since boot"),
        (-WALL_MS, False, "not set since boot"),
    ],
)
def test_central_is_told_its_own_time_when_it_is_first_heard(wrong_ms, is_set, fault):
    room = Room(wrong_ms, is_set=is_set)
    assert room.tick() == ([], None if is_set else "not set since boot")
    assert room.watermark() == ([WALL_MS], fault)
    room.passes(3_000)
    assert room.watermark() == ([], fault)
    assert room.tick() == ([], fault)


@pytest.mark.parametrize("jump_ms", [2_001, -2_001, DAY_MS])
def test_a_jump_of_the_clock_is_told_without_waiting_for_central(jump_ms):
    room = Room()
    room.watermark()
    room.passes(10_000)
    room.wrong_ms = jump_ms
    dates, _ = room.tick()
    assert dates == [room.true_ms]
    room.passes(1_000)
    assert room.tick()[0] == []


def test_a_clock_that_is_set_right_at_last_is_told_and_the_fault_ends():
    room = Room(-3 * DAY_MS, is_set=False)
    room.watermark()
    room.passes(60_000)
    room.wrong_ms, room.is_set = 0, True
    assert room.tick() == ([room.true_ms], None)


def test_a_small_step_is_nothing():
    room = Room()
    room.watermark()
    room.wrong_ms = 2_000
    assert room.tick() == ([], None)


def test_a_clock_that_drifts_is_told_of_each_two_seconds():
    room = Room()
    told = []
    for _ in range(100):
        room.passes(1_000)
        room.wrong_ms += 100
        told += room.watermark()[0]
    assert len(told) == 1 + 4
