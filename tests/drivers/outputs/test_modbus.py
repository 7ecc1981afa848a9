"""Outputs: read back, timed by the board, asked for again after a restart."""

from __future__ import annotations

import msgspec
import pytest

from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, OutputSwitched
from drivers.modbus.relays import Timer
from drivers.outputs.modbus.outputs import ModbusOutputs
from drivers.outputs.modbus.settings import Output, OutputSettings
from tests.drivers.stage import Stage
from tests.lines import EVERY, BadLine

SIREN = Output(1, timer=Timer(5, 0x0201), longest_ms=60_000)
LIGHT, SHELF = Output(0), Output(2, inverted=True)
SETTINGS = OutputSettings(port="-", outputs={"light": LIGHT, "siren": SIREN, "shelf": SHELF}, poll_ms=10)


class Site:
    def __init__(self):
        self.stage = Stage()
        board = EmulatedBoardSettings(relays=(LIGHT, SIREN, SHELF), boot_s=0.2)
        self.board = EmulatedBoard(board, self.stage.clock)
        self.opened = self.stage.connect(self.board._slave.reply)
        self.outputs = ModbusOutputs("lights", SETTINGS, self.opened, self.stage.clock)

    def play(self, script, *, fails=False):
        return self.stage.play(self.outputs, lambda _: script(), fails=fails)


def switched(output, error=None, *, on=True):
    return OutputSwitched("lights", output, on, error)


def test_a_limit_that_cannot_be_is_misuse_and_the_board_stays():
    site = Site()

    def asked():
        yield DeviceBack
        site.outputs.switch("siren", on=True, limit_ms=-1)
        yield OutputSwitched
        site.outputs.switch("light", on=True)
        yield switched("light")

    assert isinstance(site.play(asked)[1].error, Misuse)
    assert not site.board.energised(SIREN)


def test_what_cannot_be_read_back_is_asked_for_again_when_the_board_is_back():
    site, blind = Site(), Output(0, read_back=False)
    settings = msgspec.structs.replace(SETTINGS, outputs={"light": blind, "shelf": SHELF})
    site.outputs = ModbusOutputs("lights", settings, site.opened, site.stage.clock)

    def evening():
        yield DeviceBack
        site.outputs.switch("light", on=True)
        yield switched("light")

    site.play(evening)
    site.board.restart()
    site.stage.now += 1
    site.play(lambda: iter([DeviceBack, 2]))
    assert site.board.energised(LIGHT)


def test_switched_and_read_back():
    site = Site()

    def evening():
        yield DeviceBack
        site.outputs.switch("light", on=True)
        site.outputs.switch("shelf", on=True)
        yield switched("shelf")
        assert site.board.energised(LIGHT)
        assert not site.board.energised(SHELF)
        site.outputs.switch("light", on=False)
        yield switched("light", on=False)

    assert site.play(evening)[0] == DeviceBack("lights", "Modbus outputs, unit 1")
    assert not site.board.energised(LIGHT)


@pytest.mark.parametrize(("limit_ms", "lasts_s"), [(3000, 3), (0, 60), (90_000, 60)])
def test_the_board_ends_a_siren(limit_ms, lasts_s):
    site = Site()

    def alarm():
        yield DeviceBack
        site.outputs.switch("siren", on=True, limit_ms=limit_ms)
        yield switched("siren")

    site.play(alarm)
    site.stage.now += lasts_s - 1
    assert site.board.energised(SIREN)
    site.stage.now += 1.5
    assert not site.board.energised(SIREN)


def test_what_cannot_be_asked():
    site = Site()

    def asks():
        yield DeviceBack
        site.outputs.switch("light", on=True, limit_ms=1000)
        yield switched("light", Unsupported("the board cannot time light"))
        site.outputs.switch("fountain", on=True)
        yield switched("fountain", Misuse("no output is called fountain"))

    site.play(asks)
    assert not site.board.energised(LIGHT)


def test_a_relay_that_is_stuck_is_told():
    site = Site()
    site.board.set_coil_to = None
    site.board._set = lambda place, value: None

    def stuck():
        yield DeviceBack
        site.outputs.switch("light", on=True)
        yield switched("light", Misbehaved("the board took it, and the relay of light stands still"))

    site.play(stuck)


def test_a_board_that_was_restarted_gets_again_what_was_asked_for():
    site = Site()

    def restarts():
        yield DeviceBack
        site.outputs.switch("light", on=True)
        site.outputs.switch("siren", on=True, limit_ms=60_000)
        yield switched("siren")
        site.board.restart()
        yield Gone

    def comes_back():
        yield DeviceBack

    assert isinstance(site.play(restarts, fails=True)[-1], Gone)
    site.stage.now += 1
    site.play(comes_back)
    assert site.board.energised(LIGHT)
    assert not site.board.energised(SIREN)


def test_unplugged_at_any_octet_each_order_is_answered_once_and_it_comes_back():
    for octets in range(1, 60):
        site = Site()
        site.outputs._open_line = site.stage.cut(site.board._slave.reply, after=octets)
        site.outputs.switch("light", on=True)
        told = site.play(lambda: iter([1000]), fails=True)
        assert told[-1] == Gone("the cable is out")
        site.outputs.abandon(told.append)
        assert len([each for each in told if isinstance(each, OutputSwitched)]) == 1
        site.outputs._open_line = site.opened
        assert isinstance(site.play(lambda: iter([DeviceBack]))[0], DeviceBack)


def test_orders_of_a_lost_board_are_gone():
    site, told = Site(), []
    site.outputs.switch("light", on=True)
    site.outputs.switch("shelf", on=False)
    site.outputs.abandon(told.append)
    lost = Gone("lights is not there")
    assert told == [switched("light", lost), switched("shelf", lost, on=False)]


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_every_line(bad):
    site = Site()
    site.outputs._open_line = lambda: BadLine(site.opened(), bad, seed=4, every=5)
    names = ["light", "siren", "shelf", "light", "siren"]
    for name in names:
        site.outputs.switch(name, on=True)
    told = site.play(lambda: iter([OutputSwitched] * len(names)))
    assert [each for each in told if isinstance(each, OutputSwitched)] == [switched(name) for name in names]


@pytest.mark.parametrize(
    ("words", "outputs"),
    [
        ("no outputs", {}),
        ("same relay", {"a": Output(0), "b": Output(0)}),
        ("inverted", {"a": msgspec.structs.replace(SIREN, inverted=True)}),
        ("longest_ms", {"a": Output(0, longest_ms=1000)}),
        ("nothing shows", {"a": Output(0, read_back=False)}),
    ],
)
def test_contradictions_are_refused(words, outputs):
    with pytest.raises(Misuse, match=words):
        ModbusOutputs("lights", msgspec.structs.replace(SETTINGS, outputs=outputs), lambda: None)
