"""The people counter: word orders, wraps and resets."""

from __future__ import annotations

import pytest

from drivers.counter.modbus.counter import ModbusCounter
from drivers.counter.modbus.settings import CounterSettings, Tally
from drivers.counter.modbus.totals import WRAP, Step, Total
from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.errors import Gone
from drivers.events import Crossed, DeviceBack, InputSensed
from tests.drivers.stage import Stage
from tests.lines import EVERY, BadLine

ENTERED, LEFT = Tally(0), Tally(2, kind="u16")
SETTINGS = CounterSettings(port="-", entered=ENTERED, left=LEFT, poll_ms=10)


class Site:
    def __init__(self):
        self.stage = Stage()
        numbers = {**ENTERED.encoded(70_000), **LEFT.encoded(65_530)}
        self.unit = EmulatedBoard(EmulatedBoardSettings(numbers=numbers), self.stage.clock)
        self.opened = self.stage.connect(self.unit._slave.reply)
        self.counter = ModbusCounter("counter", SETTINGS, self.opened, self.stage.clock)

    def play(self, script, *, fails=False):
        return self.stage.play(self.counter, lambda _: script(), fails=fails)


def test_totals_are_told_at_connect_and_when_they_move():
    site = Site()

    def day():
        yield Crossed("counter", 70_000, 65_530)
        site.unit.set_number(ENTERED, 70_002)
        yield Crossed("counter", 70_002, 65_530)
        site.unit.set_number(LEFT, 4)  # 16 bits are over
        yield Crossed("counter", 70_002, 65_540)

    assert site.play(day)[0] == DeviceBack("counter", "Modbus counter, unit 1")


def test_a_unit_that_began_anew_counts_on_and_says_so():
    site = Site()

    def reset():
        yield Crossed
        site.unit.set_number(ENTERED, 3)
        yield Crossed("counter", 70_003, 65_530)

    assert site.play(reset)[2:] == [
        InputSensed("counter", "counter_reset", active=True),
        InputSensed("counter", "counter_reset", active=False),
        Crossed("counter", 70_003, 65_530),
    ]


def test_what_was_counted_while_the_cable_was_out_is_told_when_it_is_back():
    site = Site()
    site.play(lambda: iter([Crossed]))
    site.unit.set_number(LEFT, 9)
    assert site.play(lambda: iter([Crossed]))[-1] == Crossed("counter", 70_000, 65_545)


def test_unplugged_at_any_octet_it_comes_back_and_nobody_is_lost():
    for octets in range(1, 60):
        site = Site()
        site.counter._open_line = site.stage.cut(site.unit._slave.reply, after=octets)
        assert site.play(lambda: iter([1000]), fails=True)[-1] == Gone("the cable is out")
        site.unit.set_number(ENTERED, 70_002)
        site.counter._open_line = site.opened
        assert site.play(lambda: iter([Crossed]))[-1] == Crossed("counter", 70_002, 65_530)


@pytest.mark.parametrize(
    ("width", "shown", "steps"),
    [
        (16, [65_530, 4], [Step(65_530), Step(65_540)]),
        (16, [30_000, 4], [Step(30_000), Step(30_004, reset=True)]),
        (32, [WRAP - 1, 1], [Step(WRAP - 1), Step(1)]),
        (32, [500, 2], [Step(500), Step(502, reset=True)]),
        (32, [500, 500], [Step(500), Step(500)]),
    ],
    ids=["wrap of 16 bits", "reset", "wrap of 32 bits", "reset of 32 bits", "nobody"],
)
def test_wraps_and_resets_are_told_apart(width, shown, steps):
    total = Total(width)
    assert [total.take(value) for value in shown] == steps


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_every_line(bad):
    site = Site()
    site.counter._open_line = lambda: BadLine(site.opened(), bad, seed=2, every=5)
    assert site.play(lambda: iter([Crossed, 8]))[1:] == [Crossed("counter", 70_000, 65_530)]
