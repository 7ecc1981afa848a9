"""When central must be told the time, and when the kiosk's own clock is not to be trusted."""

from __future__ import annotations

import pytest

from kiosk.central_events import WatermarkMoved
from kiosk.clock import Now
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.events import Ticked
from kiosk.timekeeping import Timekeeping, step
from wire.facts import ClockCorrected

WALL_MS = 1_790_000_000_000
DAY_MS = 24 * 3600 * 1000


class Room:
    """A kiosk's two clocks, and central's, which is right unless a test says otherwise."""

    def __init__(self, wrong_ms=0, *, is_set=True, synchronised=False):
        self.time, self.is_set, self.synchronised = Timekeeping(), is_set, synchronised
        self.central_wrong_ms = 0
        self.true_ms, self.mono_ms, self.wrong_ms = WALL_MS, 5_000, wrong_ms

    def hears(self, event):
        """What is told of time: the dates of corrections, and the fault if it stands."""
        self.time, effects = step(
            self.time, event, self.now, is_set=self.is_set, synchronised=self.synchronised
        )
        dates = [
            e.fact.central_ms for e in effects if isinstance(e, Record) and isinstance(e.fact, ClockCorrected)
        ]
        (fault,) = (e for e in effects if isinstance(e, RaiseFault | ClearFault))
        return dates, fault.cause if isinstance(fault, RaiseFault) else None

    @property
    def now(self):
        return Now(self.true_ms + self.wrong_ms, self.mono_ms)

    @property
    def mark(self):
        return WatermarkMoved(1, self.true_ms + self.central_wrong_ms - self.mono_ms)

    def watermark(self):
        return self.hears(self.mark)

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


# ---------------------------------------------------------------- central's clock is wrong
def test_a_clock_that_jumps_while_a_watermark_is_on_its_way_to_the_loop_moves_no_time_of_centrals():
    room = Room()
    mark = room.mark
    room.wrong_ms = DAY_MS
    room.hears(mark)
    assert room.time.central_ms(room.now) == room.true_ms


def test_a_synchronised_clock_is_kept_to_and_central_is_told_when_its_own_is_right_again():
    room = Room(synchronised=True)
    assert room.watermark() == ([WALL_MS], None)
    room.passes(60_000)
    room.central_wrong_ms = -3 * DAY_MS
    assert room.watermark() == ([], "central's is -259200 s off ours, which is synchronised")
    assert room.time.believed(room.mark) == WatermarkMoved(1, None)
    assert room.time.central_ms(room.now) == room.true_ms - 3 * DAY_MS, "by which it gives its orders"
    room.passes(60_000)
    assert room.tick()[0] == []
    room.central_wrong_ms = 500
    assert room.watermark() == ([room.true_ms + 500], None), "for what it has misdated"
    assert room.time.believed(room.mark) == room.mark
    room.passes(1_000)
    assert room.watermark() == ([], None)


def test_a_clock_that_a_time_service_sets_late_wins_from_then_on():
    room = Room(-3 * DAY_MS, is_set=False)
    room.central_wrong_ms = -DAY_MS
    assert room.watermark() == ([room.true_ms - DAY_MS], "not set since boot")
    room.wrong_ms, room.is_set, room.synchronised = 0, True, True
    assert room.tick() == ([], "central's is -86400 s off ours, which is synchronised")
    room.central_wrong_ms = 0
    assert room.watermark() == ([room.true_ms], None)


@pytest.mark.parametrize("off_ms", [60_000, -60_000])
def test_two_clocks_within_a_minute_agree(off_ms):
    room = Room(synchronised=True)
    room.central_wrong_ms = off_ms
    assert room.watermark() == ([room.true_ms + off_ms], None)
    assert room.time.believed(room.mark) == room.mark


def test_before_central_is_heard_its_time_is_ours():
    room = Room(5)
    assert room.time.central_ms(room.now) == room.true_ms + 5
