"""The door unit over real bytes, TCP and pty: orders, events, dangers, a pulled cable."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from queue import Queue
from threading import Event

import pytest

from drivers.door.registers import Point, RegisterMap
from drivers.door.unit import DoorSettings, DoorUnit
from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings, Totals
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import Crossed, DeviceBack, DeviceLost, DoorAnswered, DoorSensed
from drivers.line.serial_line import open_serial
from drivers.modbus.settings import ModbusTiming
from drivers.pump import BackOff, Pump
from tests.drivers.stage import Stage
from tests.lines import EVERY, Answering, BadLine

SETTINGS = DoorSettings("door")
LOCKED = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=0)
NAMED = "Modbus door unit, firmware 1.2"
OURS = f"{NAMED}, serial number 1A2B3C4D"
BACK = DeviceBack("door", OURS)
NEW = Totals()
COIL_ONLY = replace(RegisterMap(), command=None)
OTHER_WIRING = RegisterMap(
    open=Point(10, 1, "closed contact", inverted=True),
    bolted=Point(14, 1, "bolt"),
    exit=Point(11, 1, "exit"),
    fire=Point(12, 1, "fire loop", inverted=True),
    powered=Point(13, 1, "relay off", inverted=True),
    limit_ms=Point(40, 16, "limit"),
    command=Point(41, 16, "command"),
    heartbeat=Point(50, 16, "heartbeat"),
    openings=Point(100, 32, "openings"),
    entered=Point(110, 32, "entered"),
    left=Point(120, 32, "left"),
    firmware=Point(130, 16, "firmware"),
)


class Site:
    """An emulated door, its cable and a pumped driver; time at the door stands still until it is told."""

    def __init__(self, make_plug, settings=SETTINGS, totals=NEW, wrap=lambda line: line):
        self.now = 0.0
        self.door = EmulatedDoor(
            EmulatedDoorSettings(registers=settings.registers), totals, clock=lambda: self.now
        )
        self.plug = make_plug(self.door)
        self.events = Queue()
        self.unit = DoorUnit(settings, lambda: wrap(open_serial(self.plug.url, 115200, "E")))
        self.pump = Pump(self.unit, self.events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))

    def until(self, wanted):
        """The events up to and with `wanted`."""
        seen = []
        while not seen or seen[-1] != wanted:
            seen.append(self.events.get(timeout=10))
        return seen

    def until_kind(self, kind):
        """The next event of this kind."""
        while not isinstance(event := self.events.get(timeout=10), kind):
            pass
        return event

    def close(self):
        assert self.pump.stop()
        self.plug.close()


@pytest.fixture(params=["tcp", "pty"])
def make_plug(request, tmp_path):
    return TcpPlug if request.param == "tcp" else lambda door: PtyPlug(door, tmp_path / "ttyDOOR")


@pytest.fixture
def site(make_plug):
    made = Site(make_plug)
    made.pump.start()
    made.until(LOCKED)
    yield made
    made.close()


def test_at_connect_it_says_who_it_is_and_how_it_stands(make_plug):
    site = Site(make_plug, totals=Totals(openings=7, entered=5, left=4))
    site.pump.start()
    assert site.until(Crossed("door", 5, 4))[:2] == [BACK, replace(LOCKED, openings=7)]
    site.close()


@pytest.mark.parametrize(
    ("serial", "wanted", "told"),
    [
        (0x1A2B3C4D, "1a2b3c4d", BACK),
        (0x1A2B3C4D, "1A2B3C4E", Misbehaved(f"{OURS}: it is another one, 1A2B3C4E is configured")),
        (None, "", DeviceBack("door", NAMED)),
        (None, "1A2B3C4D", Unsupported(f"{NAMED} tells no serial number, and 1A2B3C4D is configured")),
    ],
)
def test_two_alike_are_told_apart(serial, wanted, told):
    stage, door = Stage(), EmulatedDoor(EmulatedDoorSettings(serial=serial), clock=lambda: 0.0)
    unit = DoorUnit(replace(SETTINGS, serial=wanted), stage.connect(door._slave.reply), stage.clock)

    def identified(_stage):
        yield DeviceBack

    assert stage.play(unit, identified, fails=True)[0] == told


def test_a_visit(site):
    site.unit.release(8000)
    seen = site.until(replace(LOCKED, released=True))
    assert seen.count(DoorAnswered("door", "release")) == 1
    assert site.door.push()
    site.until(replace(LOCKED, released=True, open=True, openings=1))
    site.door.cross(entered=1)
    site.until(Crossed("door", 1, 0))
    site.door.close()
    site.now = 8.1
    site.until(replace(LOCKED, openings=1))


def test_the_limit_is_the_unit_s_own(site):
    site.unit.release(3000)
    site.until(replace(LOCKED, released=True))
    assert site.pump.stop()
    site.now = 2.9
    assert site.door.see().free == ("order",)
    site.now = 3.1
    assert site.door.see().powered


def test_secure_ends_a_release(site):
    site.unit.release(60_000)
    site.until(replace(LOCKED, released=True))
    site.unit.secure()
    assert DoorAnswered("door", "secure") in site.until(LOCKED)


@pytest.mark.parametrize("limit_ms", [0, -1, 600_001])
def test_an_impossible_limit_is_misuse(site, limit_ms):
    site.unit.release(limit_ms)
    answer = site.until_kind(DoorAnswered)
    assert isinstance(answer.error, Misuse)
    assert site.door.see().powered


def test_fire_and_exit_are_seen_and_no_secure_is_written(site):
    site.door.trip_fire()
    site.until(replace(LOCKED, released=True, fire=True))
    site.unit.release(1000)
    site.until(DoorAnswered("door", "release"))
    site.unit.secure()
    assert isinstance(site.until_kind(DoorAnswered).error, Misuse)
    assert site.door.see().free == ("fire", "order")
    site.door.reset_fire()
    site.until(replace(LOCKED, released=True))
    site.door.press_exit()
    site.until(replace(LOCKED, released=True, exit_pressed=True))
    site.unit.secure()
    assert isinstance(site.until_kind(DoorAnswered).error, Misuse)


def test_no_secure_is_written_to_a_door_that_was_not_seen():
    """The line answers the first question (who are you) and breaks at the next read."""
    door = EmulatedDoor(clock=lambda: 0.0)
    line = Answering(lambda frame: [door._slave.reply(frame)])
    unit = DoorUnit(SETTINGS, lambda: line)
    events, stop = [], Event()

    def post(event):
        events.append(event)
        if event == BACK:
            unit.secure()
        if isinstance(event, DoorAnswered):
            stop.set()

    unit.run(post, stop)
    assert events[1] == DoorAnswered("door", "secure", Misuse("the door was not seen yet"))
    assert all(frame[1] != 5 and frame[2:4] != b"\0\2" for frame in line.written)


def test_a_dead_controller_leaves_the_way_out_free(site):
    assert site.pump.stop()
    site.door.press_exit()
    assert site.door.push()
    site.door.close()
    site.now = 5.1
    assert site.door.see().free == ("silence",)
    assert site.door.push()


def test_unplugged_and_back(site):
    site.plug.unplug()
    assert isinstance(site.until_kind(DeviceLost).cause, Gone)
    site.unit.release(1000)
    site.unit.secure()
    answers = [site.until_kind(DoorAnswered) for _ in range(2)]
    assert [answer.verb for answer in answers] == ["release", "secure"]
    assert all(isinstance(answer.error, Gone) for answer in answers)
    site.door.trip_fire()
    site.door.push()
    site.door.cross(left=2)
    site.plug.plug()
    seen = site.until(Crossed("door", 0, 2))
    assert seen == [
        BACK,
        replace(LOCKED, released=True, fire=True, open=True, openings=1),
        Crossed("door", 0, 2),
    ]


def test_every_order_is_answered_once_though_the_cable_is_pulled_among_them(site):
    count = 40
    for i in range(count):
        site.unit.release(1000)
        if i == count // 2:
            site.plug.unplug()
    answers = [site.until_kind(DoorAnswered) for _ in range(count)]
    assert {answer.verb for answer in answers} == {"release"}
    site.plug.plug()
    site.until(BACK)
    assert site.pump.stop()
    left = [site.events.get() for _ in range(site.events.qsize())]
    assert not [event for event in left if isinstance(event, DoorAnswered)]


def test_an_order_from_before_is_not_carried_out_later():
    now = [0.0]
    door = EmulatedDoor(clock=lambda: 0.0)
    unit = DoorUnit(
        SETTINGS, lambda: Answering(lambda frame: [door._slave.reply(frame)]), clock=lambda: now[0]
    )
    unit.release(8000)
    now[0] = 2.1
    events, stop = [], Event()

    def post(event):
        events.append(event)
        if isinstance(event, DoorAnswered):
            stop.set()

    unit.run(post, stop)
    assert isinstance(events[1].error, Gone)
    assert "order" not in door.see().free


def test_one_write_carries_limit_and_release():
    door = EmulatedDoor(clock=lambda: 0.0)
    line = Answering(lambda frame: [door._slave.reply(frame)])
    unit, stop = DoorUnit(SETTINGS, lambda: line), Event()
    unit.release(8000)
    unit.run(lambda event: stop.set() if isinstance(event, DoorAnswered) else None, stop)
    orders = [frame for frame in line.written if frame[1] == 16 and frame[2:4] == b"\0\0"]
    assert [frame[:-2].hex(" ") for frame in orders] == ["01 10 00 00 00 03 06 00 00 1f 40 00 01"]


def test_another_request_stands_between_two_orders():
    """A late echo of the first cannot be taken for the second's: replies come in order."""
    door = EmulatedDoor(clock=lambda: 0.0)
    line = Answering(lambda frame: [door._slave.reply(frame)])
    unit, stop, answers = DoorUnit(SETTINGS, lambda: line), Event(), []

    def post(event):
        if isinstance(event, DoorAnswered):
            answers.append(event)
            if len(answers) == 3:
                stop.set()

    for _ in range(3):
        unit.release(8000)
    unit.run(post, stop)
    orders = [i for i, frame in enumerate(line.written) if frame[1] == 16 and frame[2:4] == b"\0\0"]
    assert len(orders) == 3
    for one, other in pairwise(orders):
        assert other > one + 1


@pytest.mark.parametrize("busy", range(1, 8))
def test_a_release_waits_for_the_one_request_on_the_line(busy):
    """Whichever request of a round is on the line, a heartbeat's too, the release is the next one."""
    stage, door = Stage(), EmulatedDoor(clock=lambda: 0.0)
    settings = DoorSettings("door", moving_ms=1, idle_ms=1, heartbeat_ms=50)
    unit = DoorUnit(settings, stage.connect(door._slave.reply), stage.clock)

    def arrives(stage):
        yield Crossed
        yield busy
        unit.release(8000)
        asked = len(stage.written)
        yield DoorAnswered
        assert stage.written[asked][1:4] == b"\x10\0\0"

    stage.play(unit, arrives)


def test_at_rest_the_totals_wait_and_a_contact_does_not():
    stage, door = Stage(), EmulatedDoor(clock=lambda: 0.0)
    settings = DoorSettings("door", moving_ms=1, idle_ms=1)
    unit = DoorUnit(settings, stage.connect(door._slave.reply), stage.clock)
    opened = replace(LOCKED, open=True, openings=1)

    def night(stage):
        yield Crossed
        stage.now += 4
        yield 8
        asked.extend(stage.written)
        yield 60
        asked[:] = stage.written[len(asked) :]
        door.force()
        yield opened

    asked = []
    told = stage.play(unit, night)
    assert [frame[1] for frame in asked].count(4) == 1  # 60 questions take 0.6 s on this stage
    assert told[-1] == opened


@pytest.mark.parametrize("registers", [COIL_ONLY, OTHER_WIRING], ids=["coil only", "other wiring"])
def test_other_boards_are_other_maps(registers):
    site = Site(TcpPlug, DoorSettings("door", registers=registers, max_release_ms=60_000))
    site.pump.start()
    site.until(LOCKED)
    site.unit.release(8000)
    site.until(replace(LOCKED, released=True))
    site.unit.secure()
    site.until(LOCKED)
    site.door.trip_fire()
    site.until(replace(LOCKED, released=True, fire=True))
    site.close()


def test_a_board_with_another_map_is_unsupported():
    site = Site(TcpPlug)
    far = replace(RegisterMap(), firmware=Point(60, 16, "firmware"))
    unit = DoorUnit(DoorSettings("door", registers=far), lambda: open_serial(site.plug.url))
    with pytest.raises(Unsupported):
        unit.run(lambda _: None, Event())
    site.plug.close()


def test_unplugged_at_any_octet_an_order_is_answered_once_and_it_comes_back():
    for octets in range(1, 120):
        stage, door = Stage(), EmulatedDoor(clock=lambda: 0.0)
        breaking = stage.cut(door._slave.reply, after=octets)
        at_once = replace(SETTINGS, timing=ModbusTiming(gap_s=0.0), idle_ms=0, moving_ms=0)
        unit = DoorUnit(at_once, breaking, stage.clock)
        unit.release(1000)
        told = stage.play(unit, lambda _: iter([3000]), fails=True)
        assert isinstance(told[-1], Gone)
        unit.abandon(told.append)
        assert len([each for each in told if isinstance(each, DoorAnswered)]) == 1
        unit._open_line = stage.connect(door._slave.reply)
        assert stage.play(unit, lambda _: iter([BACK])) == [BACK]


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_visit_over_every_line(bad):
    lines = iter(range(1000))
    site = Site(TcpPlug, wrap=lambda line: BadLine(line, bad, seed=next(lines)))
    site.pump.start()
    site.until(LOCKED)
    site.unit.release(60_000)
    assert DoorAnswered("door", "release") in site.until(replace(LOCKED, released=True))
    site.door.push()
    site.until(replace(LOCKED, released=True, open=True, openings=1))
    site.close()
