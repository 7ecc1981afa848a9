"""Sensors: sign and scale variants, broken probes, contacts, and two drivers on one bus."""

from __future__ import annotations

import msgspec
import pytest

from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.errors import Gone, Misbehaved, Misuse
from drivers.events import DeviceBack, InputSensed, Measured
from drivers.modbus.points import Contact
from drivers.modbus.settings import Serial
from drivers.sensors.modbus.readings import Readings
from drivers.sensors.modbus.sensors import ModbusSensors
from drivers.sensors.modbus.settings import Measure, SensorSettings
from tests.drivers.stage import Stage
from tests.lines import EVERY, BadLine

WARMTH = Measure(0, "holding", "s16", unit="Cel", scale=0.1, step=0.2, low=-40, high=85)
SETTINGS = SensorSettings(
    port="-",
    unit=2,
    measures={"warmth": WARMTH, "damp": Measure(1, "holding", unit="%", scale=0.1)},
    inputs={"smoke": Contact(0), "mains_lost": Contact(4, active="open")},
    poll_ms=10,
)
PLACES = (("discrete", 0), ("discrete", 4))
FIRST = [
    DeviceBack("room", "Modbus sensors, unit 2"),
    InputSensed("room", "warmth_fault", active=False),
    Measured("room", "warmth", 21.5, "Cel"),
    InputSensed("room", "damp_fault", active=False),
    Measured("room", "damp", 48.0, "%"),
    InputSensed("room", "smoke", active=False),
    InputSensed("room", "mains_lost", active=False),
]


class Site:
    def __init__(self, settings=SETTINGS, unit=2):
        self.stage = Stage()
        numbers = {("holding", 0): 215, ("holding", 1): 480, ("holding", 30): 0x00A1, ("holding", 31): 0xB2C3}
        self.board = EmulatedBoard(
            EmulatedBoardSettings(contacts=PLACES, numbers=numbers, unit=unit, bounce_s=0.0), self.stage.clock
        )
        self.board.set_contact(("discrete", 4), closed=True)
        self.opened = self.stage.connect(self.board._slave.reply)
        self.sensors = ModbusSensors("room", settings, self.opened, self.stage.clock)

    def play(self, script, *, fails=False):
        return self.stage.play(self.sensors, lambda _: script(), fails=fails)


def test_everything_is_told_at_connect_then_what_moved():
    site = Site()

    def day():
        yield FIRST[-1]
        site.board.set_number(WARMTH, 216)  # less than its step
        yield 6
        site.board.set_number(WARMTH, -15)
        yield Measured("room", "warmth", -1.5, "Cel")
        site.board.set_contact(("discrete", 4), closed=False)
        yield InputSensed("room", "mains_lost", active=True)

    told = site.play(day)
    assert told[: len(FIRST)] == FIRST
    assert len(told) == len(FIRST) + 2


def test_unplugged_at_any_octet_it_comes_back_and_all_is_told_again():
    for octets in range(1, 60):
        site = Site()
        site.sensors._open_line = site.stage.cut(site.board._slave.reply, after=octets)
        assert site.play(lambda: iter([1000]), fails=True)[-1] == Gone("the cable is out")
        site.sensors._open_line = site.opened
        assert site.play(lambda: iter([FIRST[-1]])) == FIRST


def test_a_probe_that_was_torn_off_is_a_fault_and_no_value():
    site = Site()

    def torn():
        yield FIRST[-1]
        site.board.set_number(WARMTH, 0x7FFF)
        yield InputSensed("room", "warmth_fault", active=True)
        site.board.set_number(WARMTH, 200)
        yield InputSensed("room", "warmth_fault", active=False)
        yield Measured("room", "warmth", 20.0, "Cel")

    assert len([each for each in site.play(torn) if isinstance(each, Measured)]) == 3


def test_a_contact_that_flickers_is_not_told():
    readings = Readings("room", SETTINGS)
    image = {("holding", 0): 215, ("holding", 1): 480, ("discrete", 0): 0, ("discrete", 4): 1}
    list(readings.take(image, 0.0))
    smoke = {**image, ("discrete", 0): 1}
    assert list(readings.take(smoke, 1.0)) == []
    assert readings.pause_s == 0.01
    assert list(readings.take(image, 1.05)) == []
    list(readings.take(smoke, 2.0))
    assert list(readings.take(smoke, 2.05)) == [InputSensed("room", "smoke", active=True)]


@pytest.mark.parametrize(
    ("registers", "measure", "value"),
    [
        ([215], Measure(0, unit="Cel", scale=0.1), 21.5),
        ([0xFFF1], Measure(0, kind="s16", unit="Cel", scale=0.1), -1.5),
        ([10015], Measure(0, kind="m16", unit="Cel", scale=0.1), -1.5),
        ([615], Measure(0, unit="Cel", scale=0.1, offset=-40), 21.5),
        ([0, 0x41AC], Measure(0, kind="f32", words="low first", unit="Cel"), 21.5),
    ],
    ids=["plain", "two's complement", "magnitude", "offset", "float, low word first"],
)
def test_makers_write_a_temperature_in_five_ways(registers, measure, value):
    image = {("input", i): word for i, word in enumerate(registers)}
    assert measure.measured(image) == pytest.approx(value)


def test_two_of_the_same_are_told_apart_by_their_serial_number():
    ours = msgspec.structs.replace(SETTINGS, serial=Serial(30, wanted="00a1b2c3"))
    assert Site(ours).play(lambda: iter([DeviceBack]))[0] == DeviceBack(
        "room", "Modbus sensors, unit 2, serial number 00A1B2C3"
    )
    (error,) = Site(msgspec.structs.replace(SETTINGS, serial=Serial(30, wanted="00A1B2C4"))).play(
        lambda: iter([DeviceBack]), fails=True
    )
    assert isinstance(error, Misbehaved)
    assert "serial number 00A1B2C3: it is another one, 00A1B2C4 is configured" in error.text


def test_a_wrong_device_on_the_port_is_named():
    site = Site()
    site.stage.connect(lambda _: b"login: \r\n")
    (error,) = site.play(lambda: iter([DeviceBack]), fails=True)
    assert isinstance(error, Misbehaved)
    assert "'login:'" in error.text
    (silent,) = Site(unit=3).play(lambda: iter([DeviceBack]), fails=True)
    assert silent == Gone("no reply from unit 2", frame=silent.frame)


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_every_line(bad):
    site = Site()
    site.sensors._open_line = lambda: BadLine(site.opened(), bad, seed=2, every=5)
    assert site.play(lambda: iter([FIRST[-1], 20])) == FIRST


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("neither", {"measures": {}, "inputs": {}}),
        ("two points", {"inputs": {"warmth": Contact(0)}}),
        ("two points", {"inputs": {"warmth_fault": Contact(0)}}),
        ("low must", {"measures": {"x": Measure(0, unit="V", low=2, high=1)}}),
    ],
)
def test_contradictions_are_refused(words, change):
    with pytest.raises(Misuse, match=words):
        ModbusSensors("room", msgspec.structs.replace(SETTINGS, **change), lambda: None)
